/** Takes a file that was sent over as a blob. */

import { copyFileSync, renameSync } from "node:fs";
import { errorCode } from "../journal/file-errors.ts";
import { makeFolder } from "../journal/make-folder.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { BlobFolder } from "./blob-folder.ts";
import { explained } from "./keep-blob.ts";
import { discard, viaTemporary } from "./temporary-file.ts";

/**
 * Moves the file among the blobs, under the name of `hash`; where that is there already, the file goes.
 * @throws {@link TrackioError} `storage_full`, `unavailable` where it cannot be written.
 */
export function keepUploaded(blobs: BlobFolder, path: string, hash: BlobHash): void {
  const { state } = blobs.find(hash);
  if (state === "ready" || state === "given") discard(path);
  else explained(blobs, () => place(blobs, path, hash));
}

function place(blobs: BlobFolder, path: string, hash: BlobHash): void {
  makeFolder(blobs.pendingPath);
  const target = blobs.pendingFile(hash, "given");
  try {
    renameSync(path, target);
  } catch (error) {
    if (errorCode(error) !== "EXDEV") throw error;
    // Uploads lie on another disk.
    viaTemporary(
      blobs,
      (copy) => copyFileSync(path, copy),
      (copy) => renameSync(copy, target),
    );
    discard(path);
  }
}
