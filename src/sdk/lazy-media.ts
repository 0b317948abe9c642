/**
 * The part of the SDK that reads, checks and keeps pictures, videos, sounds,
 * tables and files. It loads when the first of them is logged, at once and
 * without waiting, since `log()` is synchronous: what a script without media
 * imports stays as small as it was.
 *
 * It is a file of its own beside this one, and as shipped one with modules of
 * its own: its `TrackioError` is another class than that of the rest of the
 * SDK (but has the same `name`), and so is its `MediaRef`. What passes between
 * the two is read by its members, never by `instanceof`.
 */

import { TrackioError } from "../protocol/errors.ts";
import type * as MediaEncoding from "./media-encoding.ts";

let loaded: typeof MediaEncoding | undefined;

/** @throws {@link TrackioError} `unavailable` where the file is not there, as in a script that a bundler made one file of. */
export function lazyMedia(): typeof MediaEncoding {
  loaded ??= load();
  return loaded;
}

function load(): typeof MediaEncoding {
  const { createRequire } = process.getBuiltinModule("node:module");
  // The file has the extension that this one has: .ts from source, .js as shipped.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  try {
    const require = createRequire(import.meta.url);
    return require(`./media-encoding.${extension}`) as typeof MediaEncoding;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    throw new TrackioError(
      "unavailable",
      `The part of trackio that keeps media does not load (${reason}); where a bundler made one file of this script, mark "trackio" as external.`,
      { cause },
    );
  }
}
