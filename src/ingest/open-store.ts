/** Opens the store of a data folder, for those who may not know where it lies. */

import { DataFolder } from "../journal/data-folder.ts";
import { explainWriteError } from "../journal/file-errors.ts";
import { makeFolder } from "../journal/make-folder.ts";
import { TrackioError } from "../protocol/errors.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { hasTrackioData } from "./trackio-folder/find-databases.ts";

export interface OpenStore {
  readonly folder: DataFolder;
  readonly store: Store;
}

/**
 * For the one thread that folds; makes what is not there.
 * @throws {@link TrackioError} `unavailable`, `storage_full` where it cannot be made; of the store where it cannot be opened.
 */
export async function openStoreForFolding(root: string): Promise<OpenStore> {
  const folder = new DataFolder(root);
  try {
    makeFolder(folder.projectsPath);
  } catch (error) {
    const explained = explainWriteError(error, folder.root);
    if (!(explained instanceof TrackioError) || !hasTrackioData(root)) throw explained;
    throw new TrackioError(
      explained.code,
      `${explained.message} What Trackio for Python wrote there can be copied: trackio import '${root}' --dir FOLDER.`,
      { cause: error },
    );
  }
  return { folder, store: await SqliteStore.open(folder.databaseFile) };
}

/** For a thread that reads beside it. */
export async function openStoreForReading(root: string): Promise<OpenStore> {
  const folder = new DataFolder(root);
  return { folder, store: await SqliteStore.open(folder.databaseFile, { readOnly: true }) };
}
