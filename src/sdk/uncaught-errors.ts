/**
 * Which error nobody caught. Node tells of all of them before the script ends.
 * Deno tells, and then ends the script without the event `exit`. Bun tells of
 * what was thrown, but of a rejected promise only those who listen for it, who
 * then have it on their hands: it is handed back as it was, so that Bun shows
 * and ends as it would have.
 */

/** An error that is ending the script, or is about to. */
export interface UncaughtError {
  readonly error: unknown;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Whether listeners of `exit` are told 0, whatever the process ends with. */
  readonly isToldAsZero?: true;
}

let onError: ((error: UncaughtError) => void) | undefined;

/** @param listener Told at once, before the script ends; it may yet go on, where it catches what nobody caught. */
export function watchErrors(listener: (error: UncaughtError) => void): void {
  onError = listener;
  process.on("uncaughtExceptionMonitor", onUncaught);
  if (isBun()) process.prependListener("unhandledRejection", onRejection);
}

export function unwatchErrors(): void {
  onError = undefined;
  process.off("uncaughtExceptionMonitor", onUncaught);
  process.off("unhandledRejection", onRejection);
}

/** Whether an uncaught error ends the script without the event `exit`. */
export function endsWithoutExit(): boolean {
  return process.versions.deno !== undefined;
}

function isBun(): boolean {
  return process.versions.bun !== undefined;
}

function onUncaught(error: unknown): void {
  onError?.({ error, atMs: Date.now() });
}

function onRejection(reason: unknown): void {
  // Those who listen besides us decide what becomes of the script.
  if (process.listenerCount("unhandledRejection") > 1) return;
  onError?.({ error: reason, atMs: Date.now(), isToldAsZero: true });
  process.off("unhandledRejection", onRejection);
  Promise.reject(reason);
}
