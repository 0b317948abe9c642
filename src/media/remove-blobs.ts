/**
 * Takes blobs out of the folder while scripts may be logging them again. Each is
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
  readonly hash: BlobHash;
  readonly slot: Slot;
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Removes the blobs, in whatever state they are, but for those that are named after all.
 * @param findUnused Which of them nothing names: first the unfolded journals are to be asked, then the store, so that a line which is being folded is seen by one of them.
 * @returns bytes that were freed, by blob; without those that stay or were not there.
 */
export async function removeBlobs(
  blobs: BlobFolder,
  hashes: readonly BlobHash[],
  findUnused: (hashes: readonly BlobHash[]) => Promise<readonly BlobHash[]>,
): Promise<ReadonlyMap<BlobHash, number>> {
  const taken: TakenFile[] = [];
  let unused: ReadonlySet<BlobHash> = new Set();
  const freed = new Map<BlobHash, number>();
  try {
    for (const hash of hashes) takeAway(blobs, hash, taken);
    unused = new Set(await findUnused([...new Set(taken.map(({ hash }) => hash))]));
  } finally {
    // An error of the asking decides nothing: then all of them stay.
    for (const file of taken) {
      if (!unused.has(file.hash)) {
        putBack(blobs, file);
        continue;
      }
      rmSync(file.path, { force: true });
      freed.set(file.hash, (freed.get(file.hash) ?? 0) + file.sizeBytes);
    }
  }
  return freed;
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
    if (!isBlobHash(hash) || !SLOTS.includes(slot as Slot)) continue;
    putBack(blobs, { hash, slot: slot as Slot, path });
  }
}

/** Adds the files of a blob to `taken`, one by one, so that none is forgotten where the next one will not go. */
function takeAway(blobs: BlobFolder, hash: BlobHash, taken: TakenFile[]): void {
  // Two that take the same blob away must not take it from each other.
  const nonce = Math.random().toString(36).slice(2);
  makeFolder(blobs.temporaryPath);
  for (const slot of SLOTS) {
    const path = join(blobs.temporaryPath, `${hash}.${slot}.${nonce}${SUFFIX}`);
    try {
      renameSync(fileOf(blobs, hash, slot), path);
      taken.push({ hash, slot, path, sizeBytes: statSync(path).size });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

function putBack(blobs: BlobFolder, file: Pick<TakenFile, "hash" | "slot" | "path">): void {
  const target = fileOf(blobs, file.hash, file.slot);
  try {
    makeFolder(dirname(target));
    renameSync(file.path, target);
  } catch (error) {
    // Another process has put it back, or removed it.
    if (!isMissing(error)) throw error;
  }
}

function fileOf(blobs: BlobFolder, hash: BlobHash, slot: Slot): string {
  if (slot === "ready") return blobs.readyFile(hash);
  return slot === "failed" ? blobs.failedFile(hash) : blobs.pendingFile(hash, slot);
}
