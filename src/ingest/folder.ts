/**
 * Folds the journals of a data folder into a store, and removes those whose
 * run is over. The store keeps how far each journal is folded, in the same
 * transaction as its data; all that is kept here is memory that can be lost.
 *
 * Laws: any number of folders, stopped anywhere and started again, fold each
 * record exactly once; a journal that cannot be folded stays as it is and
 * keeps no other waiting; a journal goes only when all of it is folded and
 * the store has it on the disk itself, its run has ended or its writer has left
 * the run to others, and the run's head says what a `resume` has to know, or
 * when its run was deleted and the deletion was stopped before it came to the
 * disk; none goes that has still to be sent to another machine.
 */

import { statSync } from "node:fs";
import type { DataFolder } from "../journal/data-folder.ts";
import { PIECE_BYTES } from "../journal/journal-reader.ts";
import { isMarkedDeleted, removeRun } from "../journal/run-head.ts";
import type { Store } from "../store/store.ts";
import type { FoldChange, FoldProgress, FoldReport } from "./fold-report.ts";
import { JournalFinder } from "./journal-finder.ts";
import { type FoldStep, JournalFold } from "./journal-fold.ts";
import { releaseFolded, releaseLeft, removeReleased } from "./remove-folded.ts";
import { RunEnds } from "./run-ends.ts";

export type { FoldChange, FoldProgress, FoldReport } from "./fold-report.ts";

/** A living writer touches its journal every 30 s; what was not touched for so long is seldom looked at. */
const COLD_AFTER_MS = 5 * 60_000;
const COLD_LOOK_EVERY = 16;

export interface FolderOptions {
  /** Bytes read and folded at once; 4 MiB unless told. */
  readonly pieceBytes?: number;
  readonly now?: () => number;
  readonly onChange?: (change: FoldChange) => void;
}

export class Folder {
  readonly #folder: DataFolder;
  readonly #store: Store;
  readonly #options: FolderOptions;
  readonly #now: () => number;
  readonly #finder: JournalFinder;
  readonly #runEnds: RunEnds;
  readonly #folds = new Map<string, JournalFold>();
  #turns = 0;
  readonly #report = { bytes: 0, removedJournals: 0 };

  constructor(folder: DataFolder, store: Store, options: FolderOptions = {}) {
    this.#folder = folder;
    this.#store = store;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#runEnds = new RunEnds(store);
    this.#finder = new JournalFinder(folder, this.#now);
  }

  /** What was done since this folder was made. */
  get report(): FoldReport {
    const skipped = [...this.#folds.values()].flatMap((fold) => fold.skipped ?? []);
    return { ...this.#report, skipped };
  }

  /**
   * Folds what stands on disk now, and removes what is over.
   * @throws {@link TrackioError} of the store, e.g. `storage_full`; a journal's own trouble is in the report.
   */
  async foldAll(
    options: { readonly onProgress?: FoldProgress; readonly signal?: AbortSignal } = {},
  ): Promise<FoldReport> {
    this.look();
    const folds = [...this.#folds.values()].filter((fold) => !this.#isGone(fold));
    let totalBytes = 0;
    for (const fold of folds) totalBytes += await fold.pendingBytes();
    let doneBytes = 0;
    options.onProgress?.(doneBytes, totalBytes);
    for (const fold of folds) {
      for (let more = true; more; ) {
        options.signal?.throwIfAborted();
        const step = await this.#foldPiece(fold);
        more = step.more;
        doneBytes += step.bytes;
        options.onProgress?.(Math.min(doneBytes, totalBytes), totalBytes);
      }
    }
    await this.tidy();
    return this.report;
  }

  /** Looks for new journals. How many are known is told. */
  look(): number {
    for (const file of this.#finder.find()) {
      const known = this.#folds.get(file.source);
      if (known !== undefined) known.grown(file.sizeBytes, file.modifiedMs);
      else
        this.#folds.set(
          file.source,
          new JournalFold(this.#folder, this.#store, this.#runEnds, file, this.#now),
        );
    }
    return this.#folds.size;
  }

  /**
   * Folds one piece of every known journal that has grown, so that a long one
   * keeps no other waiting.
   * @param options.withCold Also of those that nobody has touched for long, which else are seldom looked at.
   * @returns Bytes folded, and whether more are waiting.
   */
  async foldOnce(
    options: { readonly withCold?: boolean } = {},
  ): Promise<{ readonly bytes: number; readonly more: boolean }> {
    let bytes = 0;
    let more = false;
    const withCold = this.#turns++ % COLD_LOOK_EVERY === 0 || options.withCold === true;
    const coldBefore = this.#now() - COLD_AFTER_MS;
    for (const fold of [...this.#folds.values()]) {
      if (!withCold && fold.file.modifiedMs < coldBefore) continue;
      if (this.#isGone(fold)) continue;
      const step = await this.#foldPiece(fold);
      bytes += step.bytes;
      more ||= step.more;
    }
    return { bytes, more };
  }

  /** Removes the journals of runs that are over, and what a deletion that was stopped left on disk. */
  async tidy(): Promise<void> {
    for (const { file, skipped } of this.#folds.values()) {
      if (skipped?.code !== "deleted") continue;
      const { key, id } = file;
      if (isMarkedDeleted(this.#folder, key, id)) removeRun(this.#folder, key, id);
    }
    const byRun = Map.groupBy(this.#folds.values(), ({ file }) => `${file.key}/${file.id}`);
    await this.#runEnds.learn(Array.from(byRun.values(), ([fold]) => fold!.file));
    const released: JournalFold[] = [];
    for (const folds of byRun.values()) {
      const { key, id } = folds[0]!.file;
      const hasEnded = (await this.#runEnds.endedAt(key, id)) !== undefined;
      const ofRun = hasEnded
        ? await releaseFolded(this.#folder, this.#store, folds, this.#now())
        : await releaseLeft(this.#folder, this.#store, folds);
      released.push(...ofRun);
    }
    for (const fold of await removeReleased(this.#store, released)) {
      this.#folds.delete(fold.file.source);
      this.#report.removedJournals += 1;
    }
  }

  #isGone(fold: JournalFold): boolean {
    const stats = statSync(fold.file.path, { throwIfNoEntry: false });
    if (stats === undefined) this.#folds.delete(fold.file.source);
    else fold.grown(stats.size, stats.mtimeMs);
    return stats === undefined;
  }

  async #foldPiece(fold: JournalFold): Promise<FoldStep> {
    const step = await fold.foldPiece(this.#options.pieceBytes ?? PIECE_BYTES);
    this.#report.bytes += step.bytes;
    if (step.change !== undefined) this.#options.onChange?.(step.change);
    return step;
  }
}
