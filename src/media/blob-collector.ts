/**
 * Finds what nothing names and removes it: blobs whose runs were deleted or
 * whose journals never came to name them, and what was left while being written.
 * Young ones are let be, since a script keeps a blob before it names it.
 */

import { rmSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { type BlobHash, isBlobHash } from "../protocol/media.ts";
import type { BlobFolder } from "./blob-folder.ts";
import { readNames } from "./read-names.ts";
import { removeBlobs } from "./remove-blobs.ts";

const HOUR_MS = 3_600_000;
/** So many are asked for, and out of the way, at once. */
const BATCH = 200;

export interface CollectOptions {
  /** Of these hashes, those that no unfolded line of a journal names and the store does not refer to; asked in this order. */
  findUnused(hashes: readonly BlobHash[]): Promise<readonly BlobHash[]>;
  /** What was written later than so long ago is let be. Default 1 h. */
  readonly olderThanMs?: number;
  /** Only tells what would be removed. */
  readonly dryRun?: boolean;
  /** Epoch milliseconds; default: now. */
  readonly now?: number;
}

/** What was removed, or would be. */
export interface CollectReport {
  readonly blobCount: number;
  /** Of the blobs and of what was left while being written. */
  readonly bytes: number;
  /** Their paths below the blobs folder, with `/`. */
  readonly files: readonly string[];
}

/** What all blobs take on the disk. */
export interface BlobBytes {
  readonly readyBytes: number;
  readonly pendingBytes: number;
  /** Of each blob, ready or pending. */
  readonly perBlob: ReadonlyMap<BlobHash, number>;
}

interface BlobFile {
  readonly path: string;
  /** Below the blobs folder, with `/`. */
  readonly name: string;
  readonly hash: BlobHash;
  readonly isPending: boolean;
  readonly stats: Stats;
}

/** @throws the system's error where a folder cannot be read or a file not be removed. */
export async function collectBlobs(
  blobs: BlobFolder,
  options: CollectOptions,
): Promise<CollectReport> {
  const { olderThanMs = HOUR_MS, dryRun = false, now = Date.now() } = options;
  const isOld = (stats: Stats) => now - stats.mtimeMs >= olderThanMs;
  const byHash = Map.groupBy(listBlobFiles(blobs), ({ hash }) => hash);
  const old = [...byHash].filter(([, files]) => files.every(({ stats }) => isOld(stats)));
  const report = { blobCount: 0, bytes: 0, files: [] as string[] };
  for (let from = 0; from < old.length; from += BATCH) {
    const batch = new Map(old.slice(from, from + BATCH));
    const unused = await options.findUnused([...batch.keys()]);
    const gone = dryRun ? unused : (await removeBlobs(blobs, unused, options.findUnused)).keys();
    for (const hash of gone) {
      const files = batch.get(hash) ?? [];
      report.blobCount += 1;
      report.bytes += files.reduce((sum, { stats }) => sum + stats.size, 0);
      report.files.push(...files.map(({ name }) => name));
    }
  }
  for (const { name, stats } of listTemporary(blobs)) {
    if (!isOld(stats)) continue;
    report.bytes += stats.size;
    report.files.push(`temporary/${name}`);
    if (!dryRun) rmSync(join(blobs.temporaryPath, name), { force: true });
  }
  return report;
}

/** @throws the system's error where a folder cannot be read. */
export function blobBytes(blobs: BlobFolder): BlobBytes {
  let readyBytes = 0;
  let pendingBytes = 0;
  const perBlob = new Map<BlobHash, number>();
  for (const { hash, isPending, stats } of listBlobFiles(blobs)) {
    if (isPending) pendingBytes += stats.size;
    else readyBytes += stats.size;
    perBlob.set(hash, (perBlob.get(hash) ?? 0) + stats.size);
  }
  return { readyBytes, pendingBytes, perBlob };
}

/** All files of blobs; what else lies in their folders is nobody's. */
function* listBlobFiles(blobs: BlobFolder): Generator<BlobFile> {
  for (const folder of readNames(blobs.path)) {
    if (!/^([0-9a-f]{2}|pending)$/.test(folder)) continue;
    for (const file of readNames(join(blobs.path, folder))) {
      const [hash] = file.split(".");
      const path = join(blobs.path, folder, file);
      if (!isBlobHash(hash) || !blobs.filesOf(hash).includes(path)) continue;
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      const isPending = folder === "pending";
      yield { path, name: `${folder}/${file}`, hash, isPending, stats };
    }
  }
}

/** Files that were being written; those that wait to be put back belong to a maker. */
function* listTemporary(
  blobs: BlobFolder,
): Generator<{ readonly name: string; readonly stats: Stats }> {
  for (const name of readNames(blobs.temporaryPath)) {
    if (name.endsWith(".removed")) continue;
    const stats = statSync(join(blobs.temporaryPath, name), { throwIfNoEntry: false });
    if (stats !== undefined) yield { name, stats };
  }
}
