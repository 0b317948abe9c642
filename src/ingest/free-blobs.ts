/**
 * Freeing what nothing refers to any more, while scripts may be logging the
 * same pictures again. Whether a blob is named is asked when it is already out
 * of the way (see media/remove-blobs.ts): first of the journals, then of the
 * store, so that a line which is folded in between is seen in one of them.
 */

import type { DataFolder } from "../journal/data-folder.ts";
import { collectBlobs } from "../media/blob-collector.ts";
import { BlobFolder } from "../media/blob-folder.ts";
import { putBackLostRemovals, removeBlobs } from "../media/remove-blobs.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { Store } from "../store/store.ts";
import { UnfoldedNames } from "./unfolded-names.ts";

/** Blobs that are asked for, and out of the way, at once. */
const BATCH_BLOBS = 200;

/** Which of these blobs somebody else names who is not asked here, e.g. manifests of artifacts. */
export type UsedElsewhere = (hashes: readonly BlobHash[]) => readonly BlobHash[];

/** What went, or would go. */
export interface FreedBlobs {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Removes those of `candidates` that neither the store nor an unfolded line names, nor anybody else, however young they are.
 * @throws the system's error where one cannot be removed.
 */
export async function freeBlobs(
  folder: DataFolder,
  store: Store,
  candidates: Iterable<BlobHash>,
  usedElsewhere?: UsedElsewhere,
): Promise<FreedBlobs> {
  const all = [...new Set(candidates)];
  if (all.length === 0) return { count: 0, bytes: 0 };
  const blobs = new BlobFolder(folder);
  const findUnused = await openUnused(folder, store, usedElsewhere);
  let [count, bytes] = [0, 0];
  for (let at = 0; at < all.length; at += BATCH_BLOBS) {
    const unused = await findUnused(all.slice(at, at + BATCH_BLOBS));
    for (const freed of (await removeBlobs(blobs, unused, findUnused)).values()) {
      count += 1;
      bytes += freed;
    }
  }
  return { count, bytes };
}

export interface CollectUnusedOptions {
  /** Only tells what would go. */
  readonly dryRun?: boolean;
  /** Asked last. */
  readonly usedElsewhere?: UsedElsewhere;
  /** What was written later than so long ago is let be; 1 h unless told. */
  readonly olderThanMs?: number;
  /** Epoch milliseconds; now unless told. */
  readonly now?: number;
}

/**
 * Removes all blobs that neither the store nor an unfolded line names, and what was left while being written.
 * @throws the system's error where a folder cannot be read or a file not be removed.
 */
export async function collectUnusedBlobs(
  folder: DataFolder,
  store: Store,
  options: CollectUnusedOptions = {},
): Promise<FreedBlobs & { readonly files: readonly string[] }> {
  const blobs = new BlobFolder(folder);
  if (options.dryRun !== true) putBackLostRemovals(blobs, options.now ?? Date.now());
  const findUnused = await openUnused(folder, store, options.usedElsewhere);
  const { blobCount, bytes, files } = await collectBlobs(blobs, { findUnused, ...options });
  return { count: blobCount, bytes, files };
}

/** Tells which blobs nothing names. The journals are asked first: what is folded in between is in the store. */
async function openUnused(
  folder: DataFolder,
  store: Store,
  usedElsewhere: UsedElsewhere = () => [],
): Promise<(hashes: readonly BlobHash[]) => Promise<readonly BlobHash[]>> {
  const unfolded = await UnfoldedNames.open(folder, store);
  return async (hashes) => {
    const unused = await store.unusedBlobs(unfolded.unnamed(hashes));
    const used = new Set(usedElsewhere(unused));
    return unused.filter((hash) => !used.has(hash));
  };
}
