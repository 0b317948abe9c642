/**
 * So many things of a kind load at once, those asked for first. A browser opens
 * six connections to a server: without a bound, pictures that are still being
 * made, or the steps of hundreds of keys, would keep the page from all else.
 */

export class LoadSlots {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  /** @param most At least 1. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Calls `begin` once there is a slot, at once or later. Returns how to give it back, or to wait no longer. */
  take(begin: () => void): () => void {
    let isHeld = false;
    let isOver = false;
    const start = () => {
      isHeld = true;
      this.#taken += 1;
      begin();
    };
    if (this.#taken < this.#most) start();
    else this.#waiting.add(start);
    return () => {
      if (isOver) return;
      isOver = true;
      this.#waiting.delete(start);
      if (isHeld) this.#release();
    };
  }

  #release(): void {
    this.#taken -= 1;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    next();
  }
}

/** Of the six connections one is the stream of changes, one is kept for reads. */
export const imageSlots = new LoadSlots(4);
/** Steps out of sight wait for those in sight, and pictures for neither. */
export const stepSlots = new LoadSlots(2);

/** Resolves once there is a slot, with how to give it back; rejects where it is wanted no more. */
export function slotOf(slots: LoadSlots, signal: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const giveBack = slots.take(() => queueMicrotask(() => resolve(giveBack)));
    signal.addEventListener("abort", () => {
      giveBack();
      reject(signal.reason);
    });
  });
}
