/** Files that `save()` keeps with the project. */

import { globSync, statSync } from "node:fs";
import { basename, extname, isAbsolute, relative, resolve, sep } from "node:path";
import { examineFile, quotePath } from "../media/given-file.ts";
import { recogniseMedia } from "../media/recognise.ts";
import { TrackioError } from "../protocol/errors.ts";
import { isSavedPath, type SavedFile } from "../protocol/media.ts";
import { describeValue } from "./describe-value.ts";
import { pathOf, readFirstGivenBytes } from "./media/encoded-media.ts";
import type { RunMediaKeeper } from "./run-media-keeper.ts";

/** Types that no content tells. */
const TYPES: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".json": "application/json",
  ".jsonl": "application/jsonl",
  ".md": "text/markdown",
  ".yaml": "application/yaml",
  ".yml": "application/yaml",
};

/**
 * The absolute paths that `pattern` means: the file of just that name, else all files that it matches as a glob.
 * @throws {@link TrackioError} where there is none.
 */
export function findFilesToSave(pattern: unknown): readonly string[] {
  const path = pathOf(pattern);
  if (path === undefined || path === "") {
    throw new TrackioError(
      "invalid_argument",
      `save() takes the path of a file or a glob, e.g. "checkpoints/*.json"; this is ${describeValue(pattern)}.`,
    );
  }
  // A NUL is in no pattern; whoever examines the file tells of it.
  if (path.includes("\0") || isThere(path)) return [resolve(path)];
  const matches = globSync(path, { cwd: process.cwd(), withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => resolve(entry.parentPath, entry.name));
  if (matches.length > 0) return matches.sort();
  throw new TrackioError(
    "not_found",
    `No file is, or matches, ${quotePath(path)}; check the path, which begins at ${quotePath(process.cwd())}.`,
  );
}

function isThere(path: string): boolean {
  try {
    return statSync(resolve(path), { throwIfNoEntry: false }) !== undefined;
  } catch {
    // No path that a file could have; as a glob it may yet match some.
    return false;
  }
}

/** @throws {@link TrackioError} naming the path, where it cannot be taken or written. */
export function keepSavedFile(absolutePath: string, keeper: RunMediaKeeper): SavedFile {
  examineFile(absolutePath);
  const path = nameOf(absolutePath);
  if (!isSavedPath(path)) {
    throw new TrackioError(
      "invalid_argument",
      `No project keeps a file named ${quotePath(path)}; rename it, without control characters, backslashes or a drive's letter.`,
    );
  }
  const { blob, bytes } = keeper.keepFile(absolutePath, { mayBeEmpty: true });
  return { path, blob, type: typeOf(absolutePath), bytes };
}

/** Its path relative to the working folder; of a file outside of that, its name alone. */
function nameOf(absolutePath: string): string {
  const path = relative(process.cwd(), absolutePath).split(sep);
  const isOutside = path[0] === ".." || isAbsolute(path.join(sep));
  return isOutside ? basename(absolutePath) : path.join("/");
}

function typeOf(path: string): string {
  const head = readFirstGivenBytes(path);
  const type = recogniseMedia(head)?.type ?? TYPES[extname(path).toLowerCase()];
  return type ?? (isText(head) ? "text/plain" : "application/octet-stream");
}

/** Whether it begins as UTF-8 without control characters that no text has; its last letter may be cut. */
function isText(head: Uint8Array): boolean {
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 27))) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
