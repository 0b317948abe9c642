/** How long to wait before the next attempt: longer each time, and never in step with others who wait for the same server. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

export class BackOff {
  #failures = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Attempts that failed since the last one that did not. */
  get failures(): number {
    return this.#failures;
  }

  /** The last attempt failed: so long is to be waited, between half and all of 0.5, 1, 2, … 30 s. */
  next(): number {
    const limitMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    return limitMs * (0.5 + this.#random() / 2);
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
