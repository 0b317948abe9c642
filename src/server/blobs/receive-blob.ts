/**
 * A blob that comes over HTTP: its bytes go to the disk as they come, under a
 * name of their own, and get the blob's name when all of them are there and
 * are what they say.
 *
 * Laws: nothing is written outside the blobs' folder; what is answered is on
 * the disk itself; a body that is cut off leaves nothing; what is here already
 * is not changed.
 */

import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { explainWriteError } from "../../journal/file-errors.ts";
import { makeFolder } from "../../journal/make-folder.ts";
import type { BlobFolder } from "../../media/blob-folder.ts";
import { writeFailure } from "../../media/failed-blob.ts";
import { discardPending } from "../../media/ready-file.ts";
import { discard, newTemporaryPath } from "../../media/temporary-file.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { BlobHash } from "../../protocol/media.ts";

/** In which state a blob may be sent; the others mean something on the sender's machine only. */
export const UPLOAD_STATES = ["given", "raw", "ready", "failed"] as const;
export type UploadState = (typeof UPLOAD_STATES)[number];

const LONGEST_REASON = 4_096;

/**
 * Keeps the blob; reads the body to its end.
 * @returns Bytes of the body.
 * @throws {@link TrackioError} `invalid_argument` where the bytes do not have the hash; `storage_full`, `unavailable`; the body's
 *   own error where it was cut off.
 */
export async function receiveBlob(
  blobs: BlobFolder,
  hash: BlobHash,
  state: UploadState,
  body: ReadableStream<Uint8Array> | null,
): Promise<number> {
  if (state === "failed") return receiveFailure(blobs, hash, body);
  if (isHere(blobs, hash)) return await skip(body);
  const temporary = explained(blobs, () => newTemporaryPath(blobs));
  try {
    const received = await writeBody(blobs, temporary, body);
    if (state !== "ready" && received.hash !== hash) throw wrongBytes(hash, received.hash);
    await place(blobs, hash, state, temporary);
    return received.sizeBytes;
  } catch (error) {
    throw explainWriteError(error, blobs.path);
  } finally {
    discard(temporary);
  }
}

/** Whether there is nothing to be done for it: it is here, or about to be. */
function isHere(blobs: BlobFolder, hash: BlobHash): boolean {
  const { state } = blobs.find(hash);
  return state !== "missing" && state !== "failed";
}

async function writeBody(
  blobs: BlobFolder,
  path: string,
  body: ReadableStream<Uint8Array> | null,
): Promise<{ readonly hash: string; readonly sizeBytes: number }> {
  const hash = createHash("sha256");
  const file = await open(path, "wx").catch((error: unknown) => {
    throw explainWriteError(error, blobs.path);
  });
  try {
    const sizeBytes = await writeChunks(file, hash, body);
    await file.sync();
    return { hash: hash.digest("hex"), sizeBytes };
  } finally {
    await file.close();
  }
}

async function writeChunks(
  file: FileHandle,
  hash: Hash,
  body: ReadableStream<Uint8Array> | null,
): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    hash.update(chunk);
    for (let from = 0; from < chunk.length; ) {
      from += (await file.write(chunk, from, chunk.length - from)).bytesWritten;
    }
    sizeBytes += chunk.length;
  }
  return sizeBytes;
}

/** Bytes that are shown as they are, are ready: they are on the disk itself. */
async function place(
  blobs: BlobFolder,
  hash: BlobHash,
  state: Exclude<UploadState, "failed">,
  temporary: string,
): Promise<void> {
  const target = state === "raw" ? blobs.pendingFile(hash, "raw") : blobs.readyFile(hash);
  makeFolder(dirname(target));
  // The same one from two senders at once: the later replaces equal bytes, or another making of the same.
  await rename(temporary, target);
  await syncFolder(dirname(target));
  discard(blobs.failedFile(hash));
  if (state !== "raw") discardPending(blobs, hash);
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function receiveFailure(
  blobs: BlobFolder,
  hash: BlobHash,
  body: ReadableStream<Uint8Array> | null,
): Promise<number> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes <= 4 * LONGEST_REASON) chunks.push(chunk);
  }
  const reason = readReason(Buffer.concat(chunks).toString());
  if (blobs.find(hash).state === "missing") {
    explained(blobs, () => writeFailure(blobs, hash, reason.slice(0, LONGEST_REASON)));
  }
  return sizeBytes;
}

function readReason(text: string): string {
  try {
    const { reason } = JSON.parse(text) as { readonly reason?: unknown };
    if (typeof reason === "string") return reason;
  } catch {
    // No JSON: told as any other body without a reason.
  }
  throw new TrackioError(
    "invalid_argument",
    'A blob that failed is sent as JSON {"reason":"…"}, a sentence for people.',
  );
}

async function skip(body: ReadableStream<Uint8Array> | null): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of body ?? []) sizeBytes += chunk.length;
  return sizeBytes;
}

function wrongBytes(hash: BlobHash, actual: string): TrackioError {
  return new TrackioError(
    "invalid_argument",
    `The bytes that came have the SHA-256 ${actual} and not ${hash}; send them as they were given, or what was made of them with state=ready.`,
  );
}

function explained<Result>(blobs: BlobFolder, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw explainWriteError(error, blobs.path);
  }
}
