/** What the system's own errors mean for the journal room, in one place. */

import { TrackioError } from "../protocol/errors.ts";

/** The system's name of a file error, e.g. `ENOSPC`; undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  // Not imported: all of it loads then, which takes as long as a third of the rest of the SDK.
  const { types } = process.getBuiltinModule("node:util");
  const isOfSystem = types.isNativeError(error) && "errno" in error && "code" in error;
  return isOfSystem && typeof error.code === "string" ? error.code : undefined;
}

/** Whether the file or folder was not there. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Turns a failed write below `root` into a sentence with its remedy; other errors are returned as they are. */
export function explainWriteError(error: unknown, root: string): unknown {
  switch (errorCode(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return new TrackioError(
        "storage_full",
        `No space left to write in ${root}; free some, or set TRACKIO_DIR to a folder on another disk.`,
        { cause: error },
      );
    case "EMFILE":
    case "ENFILE":
      return new TrackioError(
        "unavailable",
        `Too many open files to write in ${root} (each open run has one); finish() the runs that are done, or raise the limit (ulimit -n).`,
        { cause: error },
      );
    case undefined:
      return error;
    default:
      return new TrackioError(
        "unavailable",
        `Cannot write in ${root} (${errorCode(error)}); set TRACKIO_DIR to a folder that you may write to.`,
        { cause: error },
      );
  }
}
