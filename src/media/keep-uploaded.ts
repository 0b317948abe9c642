/** Takes a file that was uploaded over as a blob, where its bytes are what its client says. */

import { copyFileSync, renameSync } from "node:fs";
import { errorCode } from "../journal/file-errors.ts";
import { makeFolder } from "../journal/make-folder.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { BlobFolder } from "./blob-folder.ts";
import { hashFile } from "./hash-blob.ts";
import { explained } from "./keep-blob.ts";
import { discard, viaTemporary } from "./temporary-file.ts";

/**
 * Moves the file among the blobs where it hashes to `claimed`, and leaves it where it is where not.
 * @returns its true hash.
 * @throws {@link TrackioError} `storage_full`, `unavailable` where it cannot be written.
 */
export function keepUploaded(blobs: BlobFolder, path: string, claimed: BlobHash): BlobHash {
  const { hash } = hashFile(path);
  if (hash === claimed) explained(blobs, () => place(blobs, path, hash));
  return hash;
}

function place(blobs: BlobFolder, path: string, hash: BlobHash): void {
  const { state } = blobs.find(hash);
  if (state === "ready" || state === "given") {
    discard(path);
    return;
  }
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
