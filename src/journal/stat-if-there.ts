/** The facts of a file that need not be there. */

import { type BigIntStats, type Stats, statSync } from "node:fs";
import { errorCode } from "./file-errors.ts";

/** Undefined where it is not there, also since no file can have such a long name. @throws the system's error. */
export function statIfThere(path: string): Stats | undefined {
  return unlessTooLong(() => statSync(path, { throwIfNoEntry: false }));
}

/** The same, exact. */
export function exactStatIfThere(path: string): BigIntStats | undefined {
  return unlessTooLong(() => statSync(path, { bigint: true, throwIfNoEntry: false }));
}

function unlessTooLong<Facts>(look: () => Facts): Facts | undefined {
  try {
    return look();
  } catch (error) {
    if (errorCode(error) === "ENAMETOOLONG") return undefined;
    throw error;
  }
}
