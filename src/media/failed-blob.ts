/** Why there is no blob, where one was referred to. */

import { readFileSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { isMissing } from "../journal/file-errors.ts";
import { makeFolder } from "../journal/make-folder.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { BlobFolder } from "./blob-folder.ts";
import type { FailedBlob } from "./pending-descriptor.ts";
import { viaTemporary, writeChunks } from "./temporary-file.ts";

/** Files the reason; the pending file is left to the caller. @throws the system's error. */
export function writeFailure(blobs: BlobFolder, hash: BlobHash, reason: string): void {
  const failure: FailedBlob = { reason };
  viaTemporary(
    blobs,
    (path) => writeChunks(path, [Buffer.from(`${JSON.stringify(failure)}\n`)]),
    (path) => {
      const target = blobs.failedFile(hash);
      makeFolder(dirname(target));
      renameSync(path, target);
    },
  );
}

/** The reason, for people; undefined where the blob has not failed. */
export function readFailure(blobs: BlobFolder, hash: BlobHash): string | undefined {
  try {
    const { reason } = JSON.parse(readFileSync(blobs.failedFile(hash), "utf8")) as FailedBlob;
    return typeof reason === "string" ? reason : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof SyntaxError) return "Its making failed; the note of why is damaged.";
    throw error;
  }
}
