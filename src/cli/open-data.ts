/**
 * Opens the data folder for one command, with all that was logged folded into
 * the store first. The only place of the command line that chooses a store.
 */

import { accessSync, constants, existsSync } from "node:fs";
import type { FoldReport } from "../ingest/fold-report.ts";
import { Folder } from "../ingest/folder.ts";
import { hasTrackioData } from "../ingest/trackio-folder/find-databases.ts";
import { followTrackioFolder } from "../ingest/trackio-folder/follow-trackio-folder.ts";
import type { DataFolder } from "../journal/data-folder.ts";
import { TrackioError } from "../protocol/errors.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { findDataFolder } from "./find-data-folder.ts";
import { formatCount } from "./format.ts";
import { ProgressBar } from "./progress-bar.ts";
import type { Terminal } from "./terminal.ts";

/** After new data, so long a command goes on to pack it well; where no dashboard ever runs, nobody else does. */
const COMPACT_MS = 100;

export interface OpenData extends AsyncDisposable {
  readonly folder: DataFolder;
  readonly store: Store;
}

/**
 * The data folder that `dir`, else the environment, names. Where nothing has
 * been logged yet nothing is made on disk, and the store is empty; where the
 * folder may not be written to, or its disk is full, what is folded already is
 * read: who is to make room has to see what takes it.
 * @throws {@link TrackioError} `not_found` where `dir` is given and is no folder.
 */
export async function openData(terminal: Terminal, dir?: string): Promise<OpenData> {
  const folder = findDataFolder(terminal, dir);
  if (dir !== undefined && !existsSync(folder.root)) {
    throw new TrackioError(
      "not_found",
      `There is no folder '${folder.root}'; name the one that the script logs to.`,
    );
  }
  const store = await openStore(folder);
  const data = { folder, store, [Symbol.asyncDispose]: () => store.close() };
  try {
    if (canWrite(folder)) await foldAll(terminal, data);
    else noteReadOnly(terminal, folder.root);
  } catch (error) {
    await store.close();
    throw error;
  }
  return data;
}

function noteReadOnly(terminal: Terminal, root: string): void {
  const way = hasTrackioData(root)
    ? ` What Trackio for Python wrote there can be copied: trackio import '${root}' --dir FOLDER.`
    : "";
  terminal.note(`${root} is read-only: what is not folded yet is not shown.${way}\n`);
}

async function openStore(folder: DataFolder): Promise<Store> {
  if (!existsSync(folder.storePath) && !hasTrackioData(folder.root)) return new MemoryStore();
  if (canWrite(folder)) return await SqliteStore.open(folder.databaseFile);
  if (!existsSync(folder.databaseFile)) return new MemoryStore();
  return await SqliteStore.open(folder.databaseFile, { readOnly: true });
}

function canWrite(folder: DataFolder): boolean {
  const path = existsSync(folder.storePath) ? folder.storePath : folder.root;
  if (!existsSync(path)) return true;
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    // Not ours to write: it is read as it is.
    return false;
  }
}

async function foldAll(terminal: Terminal, { folder, store }: OpenData): Promise<void> {
  const bar = new ProgressBar(terminal, "Folding what was logged");
  const trackio = followTrackioFolder(folder, store, () => undefined);
  const readBar = new ProgressBar(terminal, "Reading the rows that Trackio wrote", formatCount);
  let report: FoldReport;
  try {
    report = await new Folder(folder, store).foldAll({
      onProgress: (done, total) => bar.update(done, total),
    });
    await trackio.readAll(({ done, total }) => readBar.update(done, total));
    if (report.bytes > 0 || trackio.progress.total > 0) await store.compact(COMPACT_MS);
  } catch (error) {
    if (!(error instanceof TrackioError) || error.code !== "storage_full") throw error;
    terminal.note(`${error.message} What is not folded yet is not shown.\n`);
    return;
  } finally {
    bar.end();
    readBar.end();
    await trackio.close();
  }
  for (const skipped of [...report.skipped, ...trackio.skipped])
    terminal.note(`${skipped.reason}\n`);
}
