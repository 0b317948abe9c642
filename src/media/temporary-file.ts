/**
 * Files while they are written: each under a name of its own in `blobs/temporary`,
 * whole before it gets its name, and gone again when its writing failed.
 */

import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../journal/file-errors.ts";
import { makeFolder } from "../journal/make-folder.ts";
import type { BlobFolder } from "./blob-folder.ts";

/** Node takes less than 2 GB at once. */
const LONGEST_WRITE_BYTES = 1024 ** 3;

/** A path in `blobs/temporary` that nobody else has. The folder is made where it is not there. */
export function newTemporaryPath(blobs: BlobFolder): string {
  makeFolder(blobs.temporaryPath);
  const random = () => Math.random().toString(36).slice(2);
  return join(blobs.temporaryPath, `${process.pid}-${random()}${random()}`);
}

/**
 * Has `make` fill a temporary file and `place` take it away; what is left of it
 * after an error is removed.
 */
export function viaTemporary<Result>(
  blobs: BlobFolder,
  make: (path: string) => void,
  place: (path: string) => Result,
): Result {
  const path = newTemporaryPath(blobs);
  try {
    make(path);
    return place(path);
  } catch (error) {
    discard(path);
    throw error;
  }
}

/** Removes a file that may be gone already; one that will not go is left to the collector. */
export function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

/** Writes the chunks, one after the other, into a new file. */
export function writeChunks(path: string, chunks: readonly Uint8Array[]): void {
  const fd = openSync(path, "wx");
  try {
    for (const chunk of chunks) {
      for (let from = 0; from < chunk.length; ) {
        from += writeSync(fd, chunk, from, Math.min(chunk.length - from, LONGEST_WRITE_BYTES));
      }
    }
  } finally {
    closeSync(fd);
  }
}
