/** Opens the store of a data folder, for those who may not know where it lies. */

import { mkdirSync } from "node:fs";
import { DataFolder } from "../journal/data-folder.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { Store } from "../store/store.ts";

export interface OpenStore {
  readonly folder: DataFolder;
  readonly store: Store;
}

/** For the one thread that folds; makes what is not there. */
export async function openStoreForFolding(root: string): Promise<OpenStore> {
  const folder = new DataFolder(root);
  mkdirSync(folder.projectsPath, { recursive: true });
  return { folder, store: await SqliteStore.open(folder.databaseFile) };
}

/** For a thread that reads beside it. */
export async function openStoreForReading(root: string): Promise<OpenStore> {
  const folder = new DataFolder(root);
  return { folder, store: await SqliteStore.open(folder.databaseFile, { readOnly: true }) };
}
