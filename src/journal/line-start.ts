import { readSync } from "node:fs";

const NEWLINE = 0x0a;
const WINDOW_BYTES = 64 * 1024;

/** Where the line begins that byte `offset` lies in; `offset` itself where a newline stands before it. */
export function lineStart(fd: number, offset: number): number {
  // Most often one byte tells.
  for (let to = offset, windowBytes = 1; to > 0; windowBytes = WINDOW_BYTES) {
    const from = Math.max(0, to - windowBytes);
    const buffer = Buffer.allocUnsafe(to - from);
    const at = buffer.subarray(0, readSync(fd, buffer, 0, to - from, from)).lastIndexOf(NEWLINE);
    if (at >= 0) return from + at + 1;
    to = from;
  }
  return 0;
}
