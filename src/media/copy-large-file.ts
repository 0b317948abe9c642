/** A file that was too large to copy within `log()`, copied by a maker if it is still the one that was logged. */

import {
  closeSync,
  constants,
  copyFileSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { errorCode } from "../journal/file-errors.ts";
import { TrackioError } from "../protocol/errors.ts";
import { explainReadError, quotePath } from "./given-file.ts";
import { breathe, type Making } from "./making.ts";
import type { PathDescriptor } from "./pending-descriptor.ts";

const PIECE_BYTES = 8 * 1024 ** 2;

/**
 * Clones the file to `outPath`, or copies it where the file system cannot clone.
 * @throws {@link TrackioError} `not_found` or `conflict` where it is gone or has changed; the system's error where it cannot be written.
 */
export async function copyLargeFile(
  given: PathDescriptor,
  outPath: string,
  making: Making,
): Promise<void> {
  checkUnchanged(given, "before it was copied");
  if (!clone(given.path, outPath)) await copyPieces(given, outPath, making);
  checkUnchanged(given, "while it was copied");
}

function checkUnchanged(given: PathDescriptor, when: string): void {
  const stats = reading(given, () => statSync(given.path, { throwIfNoEntry: false }));
  if (stats === undefined) {
    throw new TrackioError(
      "not_found",
      `The file ${quotePath(given.path)} was gone ${when}; keep a file larger than 64 MB until it is copied.`,
    );
  }
  if (stats.size === given.size && stats.mtimeMs === given.mtimeMs) return;
  throw new TrackioError(
    "conflict",
    `The file ${quotePath(given.path)} was changed ${when}; log it when it is written to its end, or under a name of its own.`,
  );
}

/** What the system says against reading the file becomes a sentence about it. */
function reading<Result>(given: PathDescriptor, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw explainReadError(error, given.path);
  }
}

function clone(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined || errorCode(error) === "ENOSPC") throw error;
    // The file system cannot clone, or not from there to here; other trouble the copying will tell.
    return false;
  }
}

async function copyPieces(given: PathDescriptor, to: string, making: Making): Promise<void> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const source = reading(given, () => openSync(given.path, "r"));
  try {
    const target = openSync(to, "w");
    try {
      for (let done = 0; ; ) {
        const count = readSync(source, piece, 0, PIECE_BYTES, done);
        if (count === 0) break;
        for (let from = 0; from < count; ) from += writeSync(target, piece, from, count - from);
        done += count;
        making.progress(done, given.size);
        await breathe(making);
      }
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}
