import { readFileSync } from "node:fs";
import { isMissing } from "./file-errors.ts";

/** The text of the file; undefined where there is none. @throws the system's error where it cannot be read. */
export function readTextIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
