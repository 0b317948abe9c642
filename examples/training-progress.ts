/**
 * A progress bar for the demo's training. It asks the server for the runs,
 * as any page may: each run's config tells how many steps it will have.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { RunList } from "../src/protocol/api.ts";

const RUN_COUNT = 3;
const BAR_WIDTH = 30;
/** Twice a second looks alive. */
const INTERVAL_MS = 500;

export class TrainingProgress {
  readonly #url: string;

  /** @param url The server's address, without `/` at its end. */
  constructor(url: string) {
    this.#url = url;
  }

  /** Draws until `ended` settles, where standard error is a terminal; settles as it does. */
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

  async #draw(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { share, number } = await this.#readShare(signal);
      const full = Math.round(share * BAR_WIDTH);
      const bar = "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
      const percent = `${Math.floor(share * 100)}`.padStart(3);
      const text = `Training, run ${number} of ${RUN_COUNT}  ${bar} ${percent} %`;
      if (!signal.aborted) process.stderr.write(`\r\u001b[K${text}`);
      await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** How much of all steps is logged, and which run is on. A server that does not answer is asked again. */
  async #readShare(signal: AbortSignal): Promise<{ share: number; number: number }> {
    try {
      const response = await fetch(`${this.#url}/api/v1/projects/digits/runs`, { signal });
      if (!response.ok) return { share: 0, number: 1 };
      const { runs } = (await response.json()) as RunList;
      const shares = runs.map(({ config, lastStep }) => {
        const stepCount = Number(config.epochs) * Number(config.batches);
        return lastStep === undefined ? 0 : Math.min(1, (lastStep + 1) / stepCount);
      });
      const done = shares.reduce((sum, share) => sum + share, 0);
      return { share: done / RUN_COUNT, number: Math.max(1, runs.length) };
    } catch {
      // Between two runs, or at the end: the next look tells.
      return { share: 0, number: 1 };
    }
  }
}
