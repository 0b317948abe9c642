/**
 * Which blobs journals name in bytes that are not in the store. A journal is
 * searched for hashes as it lies there, whole lines or torn: what may be a
 * blob's name counts as one. What was found stays found, also when it is folded
 * meanwhile, so that nothing falls between a journal and the store.
 */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { DataFolder } from "../journal/data-folder.ts";
import { isMissing } from "../journal/file-errors.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { Store } from "../store/store.ts";
import { JournalFinder } from "./journal-finder.ts";

const READ_BYTES = 1024 ** 2;
/** A hash with its quotation marks, less a byte: so much of one read may belong to a name that ends in the next. */
const OVERLAP_BYTES = 65;

export class UnfoldedNames {
  readonly #finder: JournalFinder;
  /** Bytes of each journal that were searched, or are folded. */
  readonly #searched = new Map<string, number>();
  readonly #names = new Set<BlobHash>();

  /** Begins behind what `store` has folded by now. */
  static async open(folder: DataFolder, store: Store): Promise<UnfoldedNames> {
    const names = new UnfoldedNames(folder);
    for (const { path, source } of names.#finder.find()) {
      names.#searched.set(path, await store.offset(source));
    }
    return names;
  }

  private constructor(folder: DataFolder) {
    this.#finder = new JournalFinder(folder, Date.now);
  }

  /** Those of the blobs that no line names which was not folded when this was opened, or has come since. */
  unnamed(blobs: readonly BlobHash[]): BlobHash[] {
    for (const { path } of this.#finder.find()) {
      if (!this.#searched.has(path)) this.#searched.set(path, 0);
    }
    for (const [path, from] of this.#searched) {
      const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (sizeBytes > from) this.#searched.set(path, collectNames(path, from, this.#names));
    }
    return blobs.filter((blob) => !this.#names.has(blob));
  }
}

/** Adds what looks like the names of blobs in a file from byte `from` on; gives its size as far as it was read. */
export function collectNames(path: string, from: number, names: Set<BlobHash>): number {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return from;
    throw error;
  }
  try {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (let at = Math.max(0, from - OVERLAP_BYTES); ; ) {
      const count = readSync(fd, buffer, 0, READ_BYTES, at);
      const text = buffer.toString("latin1", 0, count);
      for (const [, hash] of text.matchAll(/"([0-9a-f]{64})"/g)) names.add(hash as BlobHash);
      if (count < READ_BYTES) return at + count;
      at += count - OVERLAP_BYTES;
    }
  } finally {
    closeSync(fd);
  }
}
