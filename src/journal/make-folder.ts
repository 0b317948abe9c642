/**
 * Makes a folder and those above it. Node's own `recursive` never returns where
 * the system says that there is no such place below a folder that is there, as
 * in /proc; a script must not hang on that.
 */

import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "./file-errors.ts";

/** Nothing to do where it is there already. @throws the system's error where it cannot be made. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Made by another process meanwhile; what is there and no folder, the next one below tells.
    if (errorCode(error) !== "EEXIST") throw error;
  }
}
