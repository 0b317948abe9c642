/**
 * Files that Trackio for Python laid into the data folder, below `media/` and
 * `artifacts/`: they are sent from where they lie. Their paths come from clients
 * and from records that anybody may have written.
 *
 * Law: nothing is opened but a plain file below the folder, whatever its path
 * says and wherever links in it lead; never a database.
 */

import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { join, posix, sep } from "node:path";
import type { DataFolder } from "../../journal/data-folder.ts";
import { RECOGNISE_BYTES, recogniseMedia } from "../../media/recognise.ts";
import { type BlobHash, isSavedPath } from "../../protocol/media.ts";
import { BlobFile } from "./blob-file.ts";

const NEVER = new Set([".db", ".db-journal", ".db-wal", ".db-shm", ".sqlite", ".sqlite3"]);
/** What the system says where a path leads nowhere, or to what is no file. */
const NOT_THERE = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
  "ENAMETOOLONG",
  "EACCES",
  "EISDIR",
  "ENXIO",
]);

/** The file at `path` below the media folder, open; undefined where there is none that may be sent. @param hash What it goes by. */
export function openMediaFile(
  folder: DataFolder,
  path: string,
  hash: BlobHash,
): Promise<BlobFile | undefined> {
  return openBelow(join(folder.root, "media"), path, hash);
}

/** @param root A folder of ours. @param path Below it, with `/`. */
export async function openBelow(
  root: string,
  path: string,
  hash: BlobHash,
): Promise<BlobFile | undefined> {
  if (!isSavedPath(path) || NEVER.has(posix.extname(path).toLowerCase())) return undefined;
  let handle: FileHandle | undefined;
  try {
    const base = await realpath(root);
    const real = await realpath(join(base, path));
    if (!real.startsWith(base + sep) || NEVER.has(posix.extname(real).toLowerCase())) {
      return undefined;
    }
    // A pipe would be waited for; a link in the last part was put there since.
    handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile()) {
      await handle.close();
      return undefined;
    }
    const first = new Uint8Array(Math.min(stats.size, RECOGNISE_BYTES));
    const { bytesRead } = await handle.read(first, 0, first.length, 0);
    const type = recogniseMedia(first.subarray(0, bytesRead))?.type ?? "application/octet-stream";
    const version = `${hash}-${stats.size}-${Math.trunc(stats.mtimeMs)}`;
    return new BlobFile(hash, handle, { sizeBytes: stats.size, type, isReady: false, version });
  } catch (error) {
    await handle?.close();
    if (NOT_THERE.has((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
