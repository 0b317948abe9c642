/** Bringing what was written to the disk itself, where it outlives a loss of power. */

import { closeSync, fsyncSync, openSync } from "node:fs";
import { errorCode } from "../journal/file-errors.ts";

/** Brings a file to the disk itself; nothing to do where a maker has taken it meanwhile. */
export function syncFile(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, "r+");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Brings the names in a folder to the disk itself, where the system can. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
