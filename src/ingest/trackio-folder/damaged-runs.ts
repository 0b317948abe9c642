/** The runs of a database that cannot be read to their end, since the file is damaged there, or the disk at fault. */

import type { KnownRun } from "./known-run.ts";

/** What could not be read is tried again so seldom: the disk may have been at fault, or somebody may have mended the file. */
const AGAIN_AFTER_MS = 60_000;

export class DamagedRuns {
  readonly #reasons = new Map<KnownRun, string>();
  #addedMs = 0;

  /** Why the first of them cannot be read; undefined where there is none. */
  get reason(): string | undefined {
    return this.#reasons.values().next().value;
  }

  add(run: KnownRun, reason: string, nowMs: number): void {
    this.#reasons.set(run, reason);
    this.#addedMs = nowMs;
  }

  clear(): void {
    this.#reasons.clear();
  }

  /** All of them, where it is time to try them again; they are none of these any more. */
  takeDue(nowMs: number): readonly KnownRun[] {
    if (this.#reasons.size === 0 || nowMs - this.#addedMs < AGAIN_AFTER_MS) return [];
    const due = [...this.#reasons.keys()];
    this.clear();
    return due;
  }
}
