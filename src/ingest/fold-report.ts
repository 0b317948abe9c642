/** What folding tells: changes for pages, a report for people. */

import type { ProjectKey, RunId } from "../protocol/ids.ts";

/** What a fold changed of a run; merged by whoever tells it on. */
export interface FoldChange {
  readonly project: ProjectKey;
  readonly run: RunId;
  /** Lowest new step and time, as far as they are known; absent where no point came. */
  readonly from?: { readonly step: number; readonly time: number };
  /** The run may have keys that it did not have. */
  readonly newKeys: boolean;
  /** There may be new pictures, videos, tables or files. */
  readonly media?: boolean;
  /** The run is new, or its status, config or summary changed. */
  readonly facts: boolean;
}

/** A journal that is left as it is, and why. */
export interface SkippedJournal {
  readonly source: string;
  readonly code: string;
  /** A sentence for people. */
  readonly reason: string;
}

export interface FoldReport {
  /** Bytes of journals folded by this folder. */
  readonly bytes: number;
  readonly removedJournals: number;
  readonly skipped: readonly SkippedJournal[];
}

/** Bytes folded of the bytes that are to be folded, for a progress bar. */
export type FoldProgress = (doneBytes: number, totalBytes: number) => void;
