/** The last step of a blob: brought to the disk itself, then given its name for ever. */

import { existsSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../journal/make-folder.ts";
import type { BlobHash } from "../protocol/media.ts";
import { type BlobFolder, PENDING_KINDS } from "./blob-folder.ts";
import { writeFailure } from "./failed-blob.ts";
import { syncFile, syncFolder } from "./sync-file.ts";
import { discard } from "./temporary-file.ts";

/**
 * Makes a whole file the ready blob, and removes what it was made from.
 * Stopped anywhere, it can be done again.
 * @throws the system's error.
 */
export function placeReady(blobs: BlobFolder, hash: BlobHash, file: string): void {
  const target = blobs.readyFile(hash);
  const folder = dirname(target);
  const isNewFolder = !existsSync(folder);
  syncFile(file);
  makeFolder(folder);
  renameSync(file, target);
  syncFolder(folder);
  if (isNewFolder) syncFolder(blobs.path);
  discard(blobs.failedFile(hash));
  discardPending(blobs, hash);
}

/** Files why there is no blob, and removes what it could not be made from. @throws the system's error. */
export function placeFailed(blobs: BlobFolder, hash: BlobHash, reason: string): void {
  writeFailure(blobs, hash, reason);
  discardPending(blobs, hash);
}

/** Removes what a ready or failed blob no longer needs. */
export function discardPending(blobs: BlobFolder, hash: BlobHash): void {
  for (const kind of PENDING_KINDS) discard(blobs.pendingFile(hash, kind));
}
