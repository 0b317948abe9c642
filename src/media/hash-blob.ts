/** The name of a blob: SHA-256 of what was given. */

import { closeSync, openSync, readSync } from "node:fs";
import type { BlobHash } from "../protocol/media.ts";

const READ_BYTES = 1024 ** 2;
/** Node takes less than 2 GB at once. */
const LONGEST_PIECE_BYTES = 1024 ** 3;

export interface HashedBytes {
  readonly hash: BlobHash;
  readonly sizeBytes: number;
}

/** Of the whole file, as it is read; its size is that of what was read. */
export function hashFile(path: string): HashedBytes {
  const hash = createSha256();
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const fd = openSync(path, "r");
  let sizeBytes = 0;
  try {
    for (;;) {
      const count = readSync(fd, buffer, 0, READ_BYTES, null);
      if (count === 0) break;
      hash.update(buffer.subarray(0, count));
      sizeBytes += count;
    }
  } finally {
    closeSync(fd);
  }
  return { hash: hash.digest("hex") as BlobHash, sizeBytes };
}

/** Of all of them, one after the other. */
export function hashChunks(chunks: readonly Uint8Array[]): HashedBytes {
  const hash = createSha256();
  let sizeBytes = 0;
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += LONGEST_PIECE_BYTES) {
      hash.update(chunk.subarray(from, from + LONGEST_PIECE_BYTES));
    }
    sizeBytes += chunk.length;
  }
  return { hash: hash.digest("hex") as BlobHash, sizeBytes };
}

/** Loaded when the first blob is kept: a script without media does not pay for it. */
function createSha256() {
  return process.getBuiltinModule("node:crypto").createHash("sha256");
}
