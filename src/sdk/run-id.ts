/** New run ids, of the same form as {@link createRunId} gives, without its first 5 ms. */

import { closeSync, openSync, readSync } from "node:fs";
import { createRunId, type RunId } from "../protocol/ids.ts";

/**
 * 32 hexadecimal digits, random. The first use of `crypto` in a process takes
 * about 5 ms, all that `init` may take; where the system gives random bytes as
 * a file they take microseconds.
 */
export function createRunIdQuickly(): RunId {
  if (process.platform === "win32") return createRunId();
  try {
    const bytes = Buffer.alloc(16);
    const fd = openSync("/dev/urandom", "r");
    try {
      if (readSync(fd, bytes) === bytes.length) return bytes.toString("hex") as RunId;
    } finally {
      closeSync(fd);
    }
  } catch {
    // No such device here: the slow way works everywhere.
  }
  return createRunId();
}
