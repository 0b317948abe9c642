/** Long work steps back: behind the server's event loop, and behind the training script that it serves. */

import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

const LONG_WORK_PRIORITY = 5;

/** Lowers the priority of the calling thread, where the system has one for each thread (Linux). */
export function lowerThreadPriority(): void {
  if (process.platform !== "linux") return;
  try {
    const threadId = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(threadId, LONG_WORK_PRIORITY);
  } catch {
    // A system that keeps /proc or priorities to itself: the work is done all the same.
  }
}
