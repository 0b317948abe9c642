/**
 * The parts of the SDK that read, check and keep pictures, videos, sounds,
 * tables and files. They load when the first of them is logged, at once and
 * without waiting, since `log()` is synchronous: what a script without media
 * imports stays as small as it was.
 *
 * Each is a file of its own beside this one, and as shipped one with modules of
 * its own: its `TrackioError` is another class than that of the rest of the
 * SDK (but has the same `name`), and so is its `MediaRef`. What passes between
 * them is read by its members, never by `instanceof`.
 */

import { TrackioError } from "../protocol/errors.ts";
import type * as MediaEncoding from "./media-encoding.ts";
import type * as TableEncoding from "./table-encoding.ts";

let media: typeof MediaEncoding | undefined;
let tables: typeof TableEncoding | undefined;

/** @throws {@link TrackioError} `unavailable` where the file is not there, as in a script that a bundler made one file of. */
export function lazyMedia(): typeof MediaEncoding {
  media ??= load("media-encoding") as typeof MediaEncoding;
  return media;
}

/** What only tables need. @throws as {@link lazyMedia} does. */
export function lazyTables(): typeof TableEncoding {
  tables ??= load("table-encoding") as typeof TableEncoding;
  return tables;
}

/** Gives what only tables need where there is no file to load it from: in a browser. */
export function provideTables(encoding: typeof TableEncoding): void {
  tables = encoding;
}

function load(name: string): unknown {
  const { createRequire } = process.getBuiltinModule("node:module");
  // The file has the extension that this one has: .ts from source, .js as shipped.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  try {
    return createRequire(import.meta.url)(`./${name}.${extension}`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    throw new TrackioError(
      "unavailable",
      `The part of trackio that keeps media does not load (${reason}); where a bundler made one file of this script, mark "trackio" as external.`,
      { cause },
    );
  }
}
