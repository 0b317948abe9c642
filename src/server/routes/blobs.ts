/**
 * Sends blobs. What is in them comes from whoever logged it, or from the
 * internet through a training set: each is answered as what its bytes are, and
 * in a sandbox, so that an SVG or a page among them has no power over ours even
 * when a person opens it by its address.
 */

import type { Context } from "hono";
import { TrackioError } from "../../protocol/errors.ts";
import { isBlobHash } from "../../protocol/media.ts";
import { type BlobFile, CHUNK_BYTES } from "../blobs/blob-file.ts";
import { type AskedRange, parseByteRange } from "../blobs/byte-range.ts";
import { attachmentNamed } from "../content-disposition.ts";
import type { Operation } from "../operation.ts";
import { breakOff, freeWhenSent, isKnownToClient, sendError, streamPieces } from "../respond.ts";
import type { ServerContext } from "../server-context.ts";

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

export const getBlob: Operation = {
  method: "get",
  path: "/api/v1/blobs/{hash}",
  id: "getBlob",
  summary: "The bytes of a picture, a video, a sound, a part of a table or a saved file",
  description:
    "A blob never changes, so that it may be kept for ever. What is still being made is waited for, about 5 seconds. " +
    "Several ranges at once are answered with the whole.",
  query: { name: "makes it a download of that name" },
  answer: {
    contentType: "*/*",
    description: "The bytes, of the type that they are recognised as",
  },
  otherAnswers: {
    206: "The range that was asked for (`Range: bytes=…`, also with `If-Range`)",
    304: "The client has it (`If-None-Match`)",
    404: "There is none, or none could be made: the message says why",
    416: "The range lies beyond the blob",
    503: "It is still being made; ask again after `Retry-After` seconds",
  },
  handle: async (c, server) => {
    const hash = c.req.param("hash");
    if (!isBlobHash(hash)) {
      const message = `No blob ${JSON.stringify(hash?.slice(0, 80))}: blobs are named by 64 hex digits, in lower case.`;
      throw new TrackioError("not_found", message);
    }
    const blob = await server.blobs.open(hash, c.req.raw.signal);
    try {
      return await sendBlob(c, server, blob);
    } catch (error) {
      await blob.close();
      throw error;
    }
  },
};

/** Takes care of closing it, unless it throws. */
async function sendBlob(c: Context, server: ServerContext, blob: BlobFile): Promise<Response> {
  const etag = `"${blob.hash}"`;
  const name = c.req.query("name");
  const headers: Record<string, string> = {
    etag,
    "cache-control": blob.isReady ? "public, max-age=31536000, immutable" : "no-store",
    "accept-ranges": "bytes",
    "content-security-policy": policyFor(blob.type),
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
  headers["content-type"] = blob.type;
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
    const stream = streamPieces(blob.pieces(range), breakOff(c, server.log));
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
