import { readdirSync } from "node:fs";
import { isMissing } from "../journal/file-errors.ts";

/** Names in a folder; none where it is not there. @throws the system's error where it cannot be read. */
export function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
