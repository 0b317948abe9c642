/** The user's `ffmpeg`, where there is one: its codecs are better than those that we bring. */

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

const foundByPath = new Map<string, string | undefined>();

/** Absolute path of the first `ffmpeg` on PATH; undefined where there is none. Looked for once per process and PATH. */
export function findFfmpeg(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const path = env.PATH ?? env.Path ?? "";
  if (!foundByPath.has(path)) foundByPath.set(path, search(path));
  return foundByPath.get(path);
}

function search(path: string): string | undefined {
  const name = process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg";
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // A folder that may not be looked into, or a file that may not be run, has none for us.
    return false;
  }
}
