import { closeSync, openSync, readSync } from "node:fs";
import { RECOGNISE_BYTES } from "./recognise.ts";

/** As many first bytes of a file as tell what it is. @throws the system's error. */
export function readFirstBytes(path: string): Uint8Array {
  const buffer = Buffer.alloc(RECOGNISE_BYTES);
  const fd = openSync(path, "r");
  try {
    return buffer.subarray(0, readSync(fd, buffer, 0, RECOGNISE_BYTES, 0));
  } finally {
    closeSync(fd);
  }
}
