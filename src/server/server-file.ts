/** Tells scripts and commands on this data folder where its server is. */

import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../journal/replace-file.ts";

export interface ServerFile {
  readonly url: string;
  readonly pid: number;
  readonly host: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/** Writes the file whole; the newest server of a data folder is the one that is told. */
export function writeServerFile(root: string, file: ServerFile): void {
  const path = pathIn(root);
  mkdirSync(join(root, "store"), { recursive: true });
  replaceFile(path, `${JSON.stringify(file)}\n`);
}

/** Removes the file, unless another server has written its own since. */
export function removeServerFile(root: string, file: ServerFile): void {
  const path = pathIn(root);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (text === `${JSON.stringify(file)}\n`) rmSync(path, { force: true });
}

function pathIn(root: string): string {
  return join(root, "store", "server.json");
}
