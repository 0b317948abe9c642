/**
 * A Trackio client reads right after it wrote, and expects its rows, since the
 * server it was written for keeps them before it answers. Ours has them in a
 * journal by then, and they are folded a moment later: so whoever reads waits
 * until what was accepted before is folded. Where nothing was accepted since the
 * last time this costs nothing.
 */

/** So long a read waits; then it answers with what there is. */
const LIMIT_MS = 2_000;

export class AcceptedWrites {
  readonly #catchUp: (limitMs: number) => Promise<boolean>;
  #accepted = 0;
  #folded = 0;
  #round: Promise<void> | undefined;

  /** @param catchUp Folds what stands on disk; resolves when it is in the store, true, or too much time has passed, false. */
  constructor(catchUp: (limitMs: number) => Promise<boolean>) {
    this.#catchUp = catchUp;
  }

  /** Something stands in a journal now. */
  note(): void {
    this.#accepted += 1;
  }

  /** Resolves when all that was noted before can be read, or after 2 s. */
  async settle(): Promise<void> {
    const wanted = this.#accepted;
    const deadline = performance.now() + LIMIT_MS;
    while (this.#folded < wanted && performance.now() < deadline) {
      // A round that others began may have begun too early for us; the next one has not.
      this.#round ??= this.#fold(deadline);
      await this.#round;
    }
  }

  async #fold(deadline: number): Promise<void> {
    const upTo = this.#accepted;
    try {
      if (await this.#catchUp(deadline - performance.now())) this.#folded = upTo;
      else await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      this.#round = undefined;
    }
  }
}
