/**
 * What `log()` was given is written down before it returns, as cheaply as it
 * can be: the bytes, files and numbers as they are, under the hash of just that.
 * Makers turn it into what is shown (see blob-maker.ts).
 *
 * Laws: what a call returned from is there after `kill -9`; after an error
 * nothing of it is left; nothing here waits for the disk itself, that is what
 * `syncKept` is for. What is there already is not written again.
 */

import { chmodSync, constants, copyFileSync, renameSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode, explainWriteError } from "../journal/file-errors.ts";
import { makeFolder } from "../journal/make-folder.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { BlobFolder, PendingKind } from "./blob-folder.ts";
import { examineFile, explainReadError, refuseEmpty } from "./given-file.ts";
import { hashChunks, hashFile } from "./hash-blob.ts";
import type { PathDescriptor } from "./pending-descriptor.ts";
import type { RawHeader } from "./raw-file.ts";
import { syncFile, syncFolder } from "./sync-file.ts";
import { discard, viaTemporary, writeChunks } from "./temporary-file.ts";

/** A file up to this size is copied before `log()` returns; a larger one by a maker. */
export const COPY_LIMIT_BYTES = 64 * 1024 ** 2;

/** What was kept. */
export interface KeptBlob {
  readonly hash: BlobHash;
  /** Of what was given: for a file that a maker will copy, of that file. */
  readonly sizeBytes: number;
  /** Where it lies now. */
  readonly path: string;
  /** False where it was there already. */
  readonly isNew: boolean;
}

/**
 * Keeps bytes that are shown as they are, e.g. those of a PNG.
 * @throws {@link TrackioError} `invalid_argument` where there are none; `storage_full`, `unavailable` where they cannot be written.
 */
export function keepBytes(blobs: BlobFolder, bytes: Uint8Array): KeptBlob {
  if (bytes.length === 0) {
    throw new TrackioError("invalid_argument", "There are no bytes in what was given to be kept.");
  }
  return keepChunks(blobs, "given", [bytes]);
}

/**
 * Keeps a file. Up to 64 MB it is cloned, or copied where the file system
 * cannot clone, and may change afterwards. Of a larger one path, size and
 * modification time are kept, and a maker copies it; it must not change before.
 * @param options.mayBeEmpty Whether a file without bytes is taken, too. Default false.
 * @throws {@link TrackioError} `not_found` or `invalid_argument` where the file cannot be taken; `storage_full`, `unavailable` where it cannot be written.
 */
export function keepFile(
  blobs: BlobFolder,
  path: string,
  options: { readonly mayBeEmpty?: boolean } = {},
): KeptBlob {
  const file = examineFile(path);
  if (options.mayBeEmpty !== true) refuseEmpty(file);
  const { size, mtimeMs, mode } = file.stats;
  if (size > COPY_LIMIT_BYTES) {
    const descriptor: PathDescriptor = { path: file.path, size, mtimeMs, host: hostname() };
    const text = Buffer.from(JSON.stringify(descriptor));
    return { ...keepChunks(blobs, "path", [text]), sizeBytes: size };
  }
  return explained(blobs, () =>
    viaTemporary(
      blobs,
      (copy) => {
        copyFile(file.path, copy);
        // The copy is ours: readable and removable, whatever the original was.
        chmodSync(copy, (mode & 0o666) | 0o600);
      },
      (copy) => {
        const { hash, sizeBytes } = hashFile(copy);
        return placePending(blobs, hash, sizeBytes, "given", copy);
      },
    ),
  );
}

/**
 * Keeps numbers as they are: the header as a line of JSON, then the chunks.
 * @throws {@link TrackioError} `storage_full`, `unavailable` where they cannot be written.
 */
export function keepRaw(
  blobs: BlobFolder,
  header: RawHeader,
  chunks: readonly Uint8Array[],
): KeptBlob {
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  return keepChunks(blobs, "raw", [line, ...chunks]);
}

/**
 * Brings what is still pending of these to the disk itself, the last first; what is ready is there already.
 * @param options.limitMs After so long no further one is begun: the system writes the rest in its time, and makers wait for that.
 * @throws {@link TrackioError} where the disk refuses.
 */
export function syncKept(
  blobs: BlobFolder,
  hashes: Iterable<BlobHash>,
  { limitMs }: { readonly limitMs: number },
): void {
  const untilMs = performance.now() + limitMs;
  explained(blobs, () => {
    let anyPending = false;
    for (const hash of [...hashes].reverse()) {
      if (anyPending && performance.now() >= untilMs) break;
      const found = blobs.find(hash);
      if (found.state === "ready" || found.state === "failed" || found.state === "missing") {
        continue;
      }
      anyPending = true;
      syncFile(found.path);
    }
    if (anyPending) syncFolder(blobs.pendingPath);
  });
}

/** Keeps the chunks as one pending file that is named after their hash. */
export function keepChunks(
  blobs: BlobFolder,
  kind: PendingKind,
  chunks: readonly Uint8Array[],
): KeptBlob {
  const { hash, sizeBytes } = hashChunks(chunks);
  const there = findKept(blobs, hash, sizeBytes);
  if (there !== undefined) return there;
  return explained(blobs, () =>
    viaTemporary(
      blobs,
      (path) => writeChunks(path, chunks),
      (path) => placePending(blobs, hash, sizeBytes, kind, path),
    ),
  );
}

/** The blob where it is kept already, in whatever state but failed. */
function findKept(blobs: BlobFolder, hash: BlobHash, sizeBytes: number): KeptBlob | undefined {
  const found = blobs.find(hash);
  if (found.state === "missing" || found.state === "failed") return undefined;
  return { hash, sizeBytes, path: found.path, isNew: false };
}

/** Gives a temporary file its name among the pending ones, or removes it where the blob is there. */
function placePending(
  blobs: BlobFolder,
  hash: BlobHash,
  sizeBytes: number,
  kind: PendingKind,
  temporary: string,
): KeptBlob {
  const there = findKept(blobs, hash, sizeBytes);
  if (there !== undefined) {
    discard(temporary);
    return there;
  }
  makeFolder(blobs.pendingPath);
  const path = blobs.pendingFile(hash, kind);
  renameSync(temporary, path);
  return { hash, sizeBytes, path, isNew: true };
}

function copyFile(from: string, to: string): void {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    // Both ends are named in the error; that it is gone or may not be read can only be the given one.
    const code = errorCode(error);
    throw code === "ENOENT" || code === "EACCES" ? explainReadError(error, from) : error;
  }
}

/** Runs `action`; what the system says against it becomes a sentence with its remedy. */
export function explained<Result>(blobs: BlobFolder, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw explainWriteError(error, blobs.path);
  }
}
