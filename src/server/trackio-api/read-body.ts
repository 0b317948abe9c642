/** A request's body, whole, for calls that have little to say. Log calls and uploads read theirs piece by piece instead. */

import type { Context } from "hono";
import { CallError } from "./trackio-call.ts";

/** The longest list of files of an artifact is far below this. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** @throws {@link CallError} 400 where it is larger than 256 MB. */
export async function readBody(c: Context): Promise<Uint8Array> {
  const body = c.req.raw.body;
  if (body === null) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of body) {
    sizeBytes += piece.length;
    if (sizeBytes > MAX_BODY_BYTES) {
      throw new CallError(400, "The request is larger than 256 MB; send less at once.");
    }
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
