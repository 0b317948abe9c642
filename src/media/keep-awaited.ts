/**
 * A picture whose bytes come later, from a canvas or a library that renders
 * asynchronously: `log()` keeps a promise of it that names this process, so that
 * a point never refers to nothing; when the process is gone a maker says so.
 */

import { renameSync } from "node:fs";
import { makeFolder } from "../journal/make-folder.ts";
import { currentWriterProcess } from "../journal/process-liveness.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { BlobFolder } from "./blob-folder.ts";
import { writeFailure } from "./failed-blob.ts";
import { explained, keepChunks } from "./keep-blob.ts";
import type { AwaitedDescriptor } from "./pending-descriptor.ts";
import { discard, viaTemporary, writeChunks } from "./temporary-file.ts";

/**
 * Keeps a place for what is still being rendered.
 * @param what For people, e.g. `a canvas`.
 * @throws {@link TrackioError} `storage_full`, `unavailable` where it cannot be written.
 */
export function keepAwaited(
  blobs: BlobFolder,
  what: string,
): { readonly hash: BlobHash; readonly path: string } {
  const descriptor: AwaitedDescriptor = {
    what,
    process: currentWriterProcess(),
    nonce: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`,
  };
  const { hash, path } = keepChunks(blobs, "awaited", [Buffer.from(JSON.stringify(descriptor))]);
  return { hash, path };
}

/**
 * Fills the place that `keepAwaited` kept, with bytes that are shown as they
 * are or with the reason why there are none.
 * @throws {@link TrackioError} `storage_full`, `unavailable` where it cannot be written; the place stays as it was.
 */
export function settleAwaited(
  blobs: BlobFolder,
  hash: BlobHash,
  outcome: Uint8Array | { readonly reason: string },
): void {
  explained(blobs, () => {
    if (!(outcome instanceof Uint8Array)) writeFailure(blobs, hash, outcome.reason);
    else if (outcome.length === 0) writeFailure(blobs, hash, "It was rendered to no bytes at all.");
    else {
      viaTemporary(
        blobs,
        (path) => writeChunks(path, [outcome]),
        (path) => {
          makeFolder(blobs.pendingPath);
          renameSync(path, blobs.pendingFile(hash, "given"));
        },
      );
    }
    discard(blobs.pendingFile(hash, "awaited"));
  });
}
