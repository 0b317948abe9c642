/** A file that a script named by its path: what keeps it from being taken, in a sentence for people. */

import { closeSync, openSync, type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import { errorCode } from "../journal/file-errors.ts";
import { TrackioError } from "../protocol/errors.ts";

export interface GivenFile {
  /** Absolute. */
  readonly path: string;
  readonly stats: Stats;
}

/**
 * The file at `path`, once it is sure that it can be read.
 * @throws {@link TrackioError} `not_found` or `invalid_argument`, naming the path and what to do.
 */
export function examineFile(path: string): GivenFile {
  if (typeof path !== "string" || path === "") {
    throw refusal("This is no path of a file", path, "give the path of a file that is there");
  }
  if (path.includes("\0")) {
    throw refusal("No path may hold a NUL character, as this one does", path, "remove it");
  }
  const absolute = resolve(path);
  try {
    const stats = statSync(absolute);
    if (stats.isDirectory()) {
      throw refusal("This is a folder", absolute, "give the path of a file in it");
    }
    if (!stats.isFile()) {
      throw refusal("This is no regular file", absolute, "give the bytes instead of the path");
    }
    closeSync(openSync(absolute, "r"));
    return { path: absolute, stats };
  } catch (error) {
    throw explainReadError(error, absolute);
  }
}

/** @throws {@link TrackioError} `invalid_argument` where the file has no bytes. */
export function refuseEmpty(file: GivenFile): void {
  if (file.stats.size > 0) return;
  throw refusal("This file is empty", file.path, "give one that was written to its end");
}

/** Turns a failed read of `path` into a sentence with its remedy; other errors are returned as they are. */
export function explainReadError(error: unknown, path: string): unknown {
  switch (errorCode(error)) {
    case undefined:
      return error;
    case "ENOENT":
    case "ENOTDIR":
      return new TrackioError(
        "not_found",
        `There is no file ${quotePath(path)}; check the path, and that the file is written before it is logged.`,
        { cause: error },
      );
    case "ENAMETOOLONG":
      return refusal("No file system has a path as long as this one", path, "shorten it", error);
    case "EACCES":
    case "EPERM":
      return refusal("This file may not be read", path, "give this process read permission", error);
    case "EISDIR":
      return refusal("This is a folder", path, "give the path of a file in it", error);
    default:
      return refusal(
        `This file cannot be read (${errorCode(error)})`,
        path,
        "check it and its disk",
        error,
      );
  }
}

function refusal(what: string, path: unknown, remedy: string, cause?: unknown): TrackioError {
  return new TrackioError("invalid_argument", `${what}: ${quotePath(path)}; ${remedy}.`, { cause });
}

/** A path as a message shows it: control characters escaped, the middle of a long one left out. */
export function quotePath(path: unknown): string {
  const text = typeof path === "string" ? path : String(path);
  const shown = text.length <= 200 ? text : `${text.slice(0, 100)}…${text.slice(-60)}`;
  return JSON.stringify(shown);
}
