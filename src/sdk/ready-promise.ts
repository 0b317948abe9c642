/**
 * A promise of what a server says of a run. Who waits for it keeps the script
 * alive, but not for ever: a script with nothing else to do gets an answer
 * after a while, and goes on. Bun and Deno do not say that it has nothing else
 * to do: there everybody gets it then.
 *
 * Law: it causes no unhandled rejection where nobody asks for it.
 */
export class ReadyPromise {
  readonly #promise: Promise<void>;
  readonly #settle: { readonly resolve: () => void; readonly reject: (error: Error) => void };
  #hold: NodeJS.Timeout | undefined;
  #giveUp: (() => void) | undefined;
  #isSettled = false;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#promise = promise;
    this.#settle = { resolve, reject };
    promise.catch(() => undefined);
  }

  /**
   * The promise, for whoever may wait for it.
   * @param holdMs So long it keeps the script alive.
   * @param givenUp Why it rejects when the script then has nothing else to do, or its runtime does not tell.
   */
  ask(holdMs: number, givenUp: () => Error): Promise<void> {
    if (!this.#isSettled && this.#giveUp === undefined) {
      const giveUp = () => this.reject(givenUp());
      this.#hold = setTimeout(() => (tellsIdle() ? undefined : giveUp()), holdMs);
      this.#giveUp = giveUp;
      waitUntilIdle(giveUp);
    }
    return this.#promise;
  }

  resolve(): void {
    this.#end();
    this.#settle.resolve();
  }

  reject(error: Error): void {
    this.#end();
    this.#settle.reject(error);
  }

  #end(): void {
    this.#isSettled = true;
    clearTimeout(this.#hold);
    if (this.#giveUp !== undefined) waitNoLonger(this.#giveUp);
    this.#giveUp = undefined;
  }
}

/** Whether the runtime tells a script that it has nothing else to do while it listens for signals, as ours do. */
function tellsIdle(): boolean {
  return process.versions.bun === undefined && process.versions.deno === undefined;
}

/** What is done when the script has nothing else to do; one listener for all, however many runs there are. */
const waiting = new Set<() => void>();

function waitUntilIdle(action: () => void): void {
  if (waiting.size === 0) process.on("beforeExit", onIdle);
  waiting.add(action);
}

function waitNoLonger(action: () => void): void {
  if (waiting.delete(action) && waiting.size === 0) process.off("beforeExit", onIdle);
}

function onIdle(): void {
  for (const action of [...waiting]) action();
}
