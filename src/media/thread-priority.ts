/** Long work steps back: behind the server's event loop, and behind the training script that it serves. */

import { readlinkSync } from "node:fs";
import { getPriority, setPriority } from "node:os";

/** Steps of niceness below what the process was started with. */
const STEP_BACK = 5;
const LOWEST_PRIORITY = 19;

/** Lowers the priority of the calling thread, where the system has one for each thread (Linux). */
export function lowerThreadPriority(): void {
  if (process.platform !== "linux") return;
  try {
    const threadId = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(threadId, Math.min(LOWEST_PRIORITY, getPriority(threadId) + STEP_BACK));
  } catch {
    // A system that keeps /proc or priorities to itself: the work is done all the same.
  }
}
