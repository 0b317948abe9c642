/**
 * Takes a blob out of the folder while scripts may be logging it again. It is
 * renamed away first and only then asked for: a script that found it before
 * looks again after its line is written, and keeps it anew; one whose line was
 * written before is found by the asking, and the blob is put back.
 *
 * Law: a blob that a journal or the store names is never lost, also when the
 * process is killed in between: what was taken away and not decided upon for a
 * minute is put back by the next maker.
 */

import { renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMissing } from "../journal/file-errors.ts";
import { makeFolder } from "../journal/make-folder.ts";
import { type BlobHash, isBlobHash } from "../protocol/media.ts";
import { type BlobFolder, PENDING_KINDS } from "./blob-folder.ts";
import { readNames } from "./read-names.ts";

const SUFFIX = ".removed";
const UNDECIDED_LIMIT_MS = 60_000;

/** Files of a blob: the ready one, the failed one, the pending ones. */
const SLOTS = ["ready", "failed", ...PENDING_KINDS] as const;
type Slot = (typeof SLOTS)[number];

interface TakenFile {
  readonly slot: Slot;
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Removes the blob, in whatever state it is, unless it is named after all.
 * @param isNamed Whether anything names it: first the unfolded journals are to be asked, then the store, so that a line which is being folded is seen by one of them.
 * @returns bytes that were freed; undefined where it stays or was not there.
 */
export async function removeBlob(
  blobs: BlobFolder,
  hash: BlobHash,
  isNamed: () => boolean | Promise<boolean>,
): Promise<number | undefined> {
  const taken = takeAway(blobs, hash);
  if (taken.length === 0) return undefined;
  let stays = true;
  try {
    stays = await isNamed();
  } finally {
    // An error of the asking decides nothing: then it stays, too.
    for (const file of taken) {
      if (stays) putBack(blobs, hash, file.slot, file.path);
      else rmSync(file.path, { force: true });
    }
  }
  return stays ? undefined : taken.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Puts back what a process took away that ended before it decided. */
export function putBackLostRemovals(blobs: BlobFolder, nowMs: number): void {
  for (const name of readNames(blobs.temporaryPath)) {
    if (!name.endsWith(SUFFIX)) continue;
    const [hash, slot] = name.split(".");
    const path = join(blobs.temporaryPath, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    // The change time is that of the renaming.
    if (stats === undefined || nowMs - stats.ctimeMs < UNDECIDED_LIMIT_MS) continue;
    if (isBlobHash(hash) && SLOTS.includes(slot as Slot)) putBack(blobs, hash, slot as Slot, path);
  }
}

function takeAway(blobs: BlobFolder, hash: BlobHash): TakenFile[] {
  const taken: TakenFile[] = [];
  // Two that take the same blob away must not take it from each other.
  const nonce = Math.random().toString(36).slice(2);
  makeFolder(blobs.temporaryPath);
  for (const slot of SLOTS) {
    const path = join(blobs.temporaryPath, `${hash}.${slot}.${nonce}${SUFFIX}`);
    try {
      renameSync(fileOf(blobs, hash, slot), path);
      taken.push({ slot, path, sizeBytes: statSync(path).size });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return taken;
}

function putBack(blobs: BlobFolder, hash: BlobHash, slot: Slot, path: string): void {
  const target = fileOf(blobs, hash, slot);
  try {
    makeFolder(dirname(target));
    renameSync(path, target);
  } catch (error) {
    // Another process has put it back, or removed it.
    if (!isMissing(error)) throw error;
  }
}

function fileOf(blobs: BlobFolder, hash: BlobHash, slot: Slot): string {
  if (slot === "ready") return blobs.readyFile(hash);
  return slot === "failed" ? blobs.failedFile(hash) : blobs.pendingFile(hash, slot);
}
