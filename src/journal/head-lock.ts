/**
 * Keeps two processes from changing one head at once. A change takes about a
 * millisecond, so a lock of more than two seconds belongs to a process that
 * died in the middle and is taken away. Nobody waits longer than `WAIT_LIMIT_MS`:
 * a script must never hang on a head, so after that the change is made anyway.
 */

import { closeSync, openSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "./file-errors.ts";

const STALE_AFTER_MS = 2_000;
const WAIT_LIMIT_MS = 500;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Runs `action` while no other process does so for the same run folder. */
export function withHeadLock<Result>(runFolder: string, action: () => Result): Result {
  const lock = join(runFolder, "head.lock");
  const isHeld = acquire(lock);
  try {
    return action();
  } finally {
    if (isHeld) release(lock);
  }
}

function acquire(lock: string): boolean {
  return waitFor(() => {
    try {
      closeSync(openSync(lock, "wx"));
      return true;
    } catch (error) {
      // Without a place for the lock (read-only, full) the change itself will say what is wrong.
      if (errorCode(error) !== "EEXIST") return true;
    }
    if (isStale(lock)) release(lock);
    return false;
  }, WAIT_LIMIT_MS);
}

/** Asks every millisecond, holding the thread, until it is so or `limitMs` are over; tells which. */
export function waitFor(isSo: () => boolean, limitMs: number): boolean {
  const deadline = Date.now() + limitMs;
  while (!isSo()) {
    if (Date.now() >= deadline) return false;
    Atomics.wait(sleeper, 0, 0, 1);
  }
  return true;
}

function isStale(lock: string): boolean {
  const stats = statSync(lock, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > STALE_AFTER_MS;
}

function release(lock: string): void {
  try {
    unlinkSync(lock);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}
