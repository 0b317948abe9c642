/** What the encoders know of the making that they are part of. */

import { setImmediate as nextTurn } from "node:timers/promises";

export interface Making {
  /** Ends it; what was begun is left to another maker. */
  readonly signal: AbortSignal;
  /** Where programs are looked for. */
  readonly env: NodeJS.ProcessEnv;
  /** A program that neither takes a frame nor ends for so long hangs, and is ended. */
  readonly silenceLimitMs: number;
  /** The user's script, whose packages may be used; undefined where there is none. */
  readonly scriptPath: string | undefined;
  /** Tells how far it is, e.g. in frames or bytes. */
  progress(done: number, total: number): void;
  /** Tells that it is made in another way than asked for, and why. */
  note(message: string): void;
}

/**
 * Lets the thread hear what it is told, between two pieces of long work.
 * @throws the signal's reason where it is to end.
 */
export async function breathe(making: Making): Promise<void> {
  await nextTurn();
  making.signal.throwIfAborted();
}
