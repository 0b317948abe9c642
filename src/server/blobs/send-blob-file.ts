/**
 * Sends a file in answer to a request: whole, a range of it, or that the client
 * has it. What is in it comes from whoever logged it, or from the internet
 * through a training set: it comes in a sandbox, so that an SVG or a page among
 * them has no power over ours even when a person opens it by its address.
 */

import type { Context } from "hono";
import { attachmentNamed } from "../content-disposition.ts";
import { breakOff, freeWhenSent, isKnownToClient, sendError, streamPieces } from "../respond.ts";
import { type BlobFile, CHUNK_BYTES } from "./blob-file.ts";
import { type AskedRange, parseByteRange } from "./byte-range.ts";

/** No script, nothing from elsewhere; a picture's own styles, and the video that a tab of its own shows. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src 'self'";

/**
 * And no origin, so that it is a stranger to our own page. What can only be played runs nothing whatever it holds, and a
 * browser that shows it in a tab of its own loads it as what the tab's origin may read: a sandbox would keep it silent.
 */
function policyFor(type: string): string {
  return /^(video|audio)\//.test(type) ? POLICY : `sandbox; ${POLICY}`;
}

export interface SendOptions {
  /** Makes it a download of that name. */
  readonly name?: string | undefined;
  /** MIME type in place of the one that its bytes say. */
  readonly type?: string;
  readonly log: (line: string) => void;
}

/** Takes care of closing it, whatever happens. */
export async function sendBlobFile(
  c: Context,
  blob: BlobFile,
  options: SendOptions,
): Promise<Response> {
  try {
    return await send(c, blob, options);
  } catch (error) {
    await blob.close();
    throw error;
  }
}

async function send(
  c: Context,
  blob: BlobFile,
  { name, log, type = blob.type }: SendOptions,
): Promise<Response> {
  const etag = `"${blob.version}"`;
  const headers: Record<string, string> = {
    etag,
    "cache-control": blob.isReady ? "public, max-age=31536000, immutable" : "no-store",
    "accept-ranges": "bytes",
    "content-security-policy": policyFor(type),
    ...(name === undefined ? {} : { "content-disposition": attachmentNamed(name) }),
  };
  if (isKnownToClient(c, etag)) {
    await blob.close();
    return c.body(null, 304, headers);
  }
  const asked = rangeOf(c, blob.sizeBytes, etag);
  if (asked === "unsatisfiable") {
    await blob.close();
    return refuseRange(c, blob);
  }
  headers["content-type"] = type;
  const range = asked ?? { from: 0, to: blob.sizeBytes };
  headers["content-length"] = String(range.to - range.from);
  if (asked !== undefined) {
    headers["content-range"] = `bytes ${range.from}-${range.to - 1}/${blob.sizeBytes}`;
  }
  const status = asked === undefined ? 200 : 206;
  if (c.req.method === "HEAD") {
    await blob.close();
    return c.body(null, status, headers);
  }
  if (range.to - range.from > CHUNK_BYTES) {
    const stream = streamPieces(blob.pieces(range), breakOff(c, log));
    return c.body(stream, status, headers);
  }
  const bytes = await blob.read(range);
  await blob.close();
  freeWhenSent(c, bytes);
  return c.body(bytes, status, headers);
}

/** Only of a GET, and only where the client means the blob that this is (If-Range). */
function rangeOf(c: Context, sizeBytes: number, etag: string): AskedRange {
  const ifRange = c.req.header("if-range");
  if (c.req.method !== "GET" || (ifRange !== undefined && ifRange !== etag)) return undefined;
  return parseByteRange(c.req.header("range"), sizeBytes);
}

function refuseRange(c: Context, blob: BlobFile): Response {
  const message = `The blob has ${blob.sizeBytes} bytes; the range ${c.req.header("range")} lies beyond them.`;
  const response = sendError("invalid_argument", message, 416);
  response.headers.set("content-range", `bytes */${blob.sizeBytes}`);
  return response;
}
