/**
 * How the demo's training goes, from the server's own read API, as any page
 * may ask: each run's config tells how many steps it will have.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Run, RunList } from "../src/protocol/api.ts";

const RUN_COUNT = 3;
const BAR_WIDTH = 30;
/** Twice a second looks alive. */
const INTERVAL_MS = 500;
/** What the training logged last is folded well within this. */
const SETTLE_MS = 10_000;

export class TrainingProgress {
  readonly #url: string;

  /** @param link To the dashboard, with or without a token. */
  constructor(link: string) {
    this.#url = new URL(link).origin;
  }

  /** Draws a bar on standard error, where that is a terminal, until `ended` settles; settles as it does. */
  async showUntil<T>(ended: Promise<T>): Promise<T> {
    if (!process.stderr.isTTY) return await ended;
    const stop = new AbortController();
    const drawing = this.#draw(stop.signal);
    try {
      return await ended;
    } finally {
      stop.abort();
      await drawing;
      process.stderr.write("\r\u001b[K");
    }
  }

  /** All runs, oldest first, once the server knows how each has ended or some seconds have passed. */
  async readOutcome(): Promise<readonly Run[]> {
    const until = Date.now() + SETTLE_MS;
    for (;;) {
      const runs = await this.#readRuns();
      const isSettled = runs.length === RUN_COUNT && runs.every((run) => run.endedAt !== undefined);
      if (isSettled || Date.now() > until) return runs;
      await delay(INTERVAL_MS);
    }
  }

  async #draw(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const runs = await this.#readRuns(signal);
      const share = runs.reduce((sum, run) => sum + shareOf(run), 0) / RUN_COUNT;
      const full = Math.round(share * BAR_WIDTH);
      const bar = "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
      const percent = `${Math.floor(share * 100)}`.padStart(3);
      const text = `Training, run ${Math.max(1, runs.length)} of ${RUN_COUNT}  ${bar} ${percent} %`;
      if (!signal.aborted) process.stderr.write(`\r\u001b[K${text}`);
      await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** None where the server does not know the project yet, or does not answer: it is asked again. */
  async #readRuns(signal?: AbortSignal): Promise<readonly Run[]> {
    try {
      const address = `${this.#url}/api/v1/projects/digits/runs`;
      const response = await fetch(address, signal === undefined ? {} : { signal });
      if (!response.ok) return [];
      return ((await response.json()) as RunList).runs.toReversed();
    } catch {
      // Not there yet, or just ending.
      return [];
    }
  }
}

function shareOf({ config, lastStep }: Run): number {
  const stepCount = Number(config.epochs) * Number(config.batches);
  return lastStep === undefined ? 0 : Math.min(1, (lastStep + 1) / stepCount);
}
