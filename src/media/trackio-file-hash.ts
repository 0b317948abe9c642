/**
 * What a Trackio client calls a file by: its path below the client's media
 * folder, unique since it ends with a random name. A record names it before its
 * bytes are there, so the blob takes its name from the path and not from the
 * bytes; and a path proves itself, since it hashes to the name.
 */

import { createHash } from "node:crypto";
import type { BlobHash } from "../protocol/media.ts";

/** The blob's name of the file at `path`: relative, with `/`, e.g. `mnist/dainty-sunset-0/6/2953f1c0.png`. */
export function trackioFileHash(path: string): BlobHash {
  return createHash("sha256").update("trackio-file\0").update(path).digest("hex") as BlobHash;
}
