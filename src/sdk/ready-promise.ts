/**
 * A promise of what a server says of a run. Who waits for it keeps the script
 * alive, but not for ever: a script with nothing else to do gets an answer
 * after a while, and goes on.
 *
 * Law: it causes no unhandled rejection where nobody asks for it.
 */
export class ReadyPromise {
  readonly #promise: Promise<void>;
  readonly #settle: { readonly resolve: () => void; readonly reject: (error: Error) => void };
  #letGo: (() => void) | undefined;
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
   * @param givenUp Why it rejects when the script then has nothing else to do.
   */
  ask(holdMs: number, givenUp: () => Error): Promise<void> {
    if (!this.#isSettled && this.#letGo === undefined) {
      const hold = setTimeout(() => undefined, holdMs);
      const onIdle = (): void => this.reject(givenUp());
      process.once("beforeExit", onIdle);
      this.#letGo = () => {
        clearTimeout(hold);
        process.off("beforeExit", onIdle);
      };
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
    this.#letGo?.();
    this.#letGo = undefined;
  }
}
