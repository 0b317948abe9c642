/** Answers as HTTP wants them. */

import type { ServerResponse } from "node:http";
import { Duplex } from "node:stream";
import { promisify } from "node:util";
import { createGzip, gzip } from "node:zlib";
import type { Context } from "hono";
import { ERROR_OUTCOMES, type ErrorCode } from "../protocol/errors.ts";
import type { AnswerBytes } from "./reading/question.ts";

/** Smaller answers gain nothing. */
const GZIP_FROM_BYTES = 16 * 1024;
/** Three times as fast as what is usual, and five in a hundred larger. */
const FAST = { level: 1 };
const RETRY_AFTER_SECONDS = "2";
const gzipInPool = promisify(gzip);

/** JSON bytes, compressed (in libuv's threads) where they are many and the client takes it. */
export async function sendJson(c: Context, bytes: AnswerBytes): Promise<Response> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "cache-control": "no-store",
    vary: "accept-encoding",
  };
  if (bytes.length < GZIP_FROM_BYTES || !acceptsGzip(c)) return c.body(bytes, 200, headers);
  const packed = new Uint8Array(await gzipInPool(bytes, FAST));
  return c.body(packed, 200, { ...headers, "content-encoding": "gzip" });
}

/** Text that comes piece by piece, compressed on its way where the client takes it. */
export function packStream(
  c: Context,
  stream: ReadableStream<AnswerBytes>,
  given: { readonly [name: string]: string },
): Response {
  const headers = { ...given, "cache-control": "no-store", vary: "accept-encoding" };
  if (!acceptsGzip(c)) return c.body(stream, 200, headers);
  // Node's own types of web streams and the browser's are two; what runs is one.
  const gzip = Duplex.toWeb(createGzip(FAST)) as unknown as TransformStream<
    AnswerBytes,
    AnswerBytes
  >;
  const packed = stream.pipeThrough(gzip);
  return c.body(packed, 200, { ...headers, "content-encoding": "gzip" });
}

/** What gives a body piece by piece. */
export interface PieceSource {
  /** The next piece; undefined at the end. */
  next(): Promise<AnswerBytes | undefined>;
  /** No more is wanted, or there is no more; may be called again. */
  end(): Promise<unknown>;
}

/**
 * The body that `source` gives, each piece taken when the connection has room for it.
 * @param onTrouble Takes an error in the middle, and ends the connection; without it the stream fails.
 */
export function streamPieces(
  source: PieceSource,
  onTrouble?: (error: unknown) => void,
): ReadableStream<AnswerBytes> {
  let isCancelled = false;
  return new ReadableStream(
    {
      pull: async (controller) => {
        try {
          const piece = await source.next();
          if (isCancelled) return;
          if (piece !== undefined) return controller.enqueue(piece);
        } catch (error) {
          if (isCancelled) return;
          if (onTrouble === undefined) {
            await source.end();
            throw error;
          }
          onTrouble(error);
        }
        await source.end();
        controller.close();
      },
      cancel: async () => {
        isCancelled = true;
        await source.end();
      },
    },
    { highWaterMark: 0 },
  );
}

export function acceptsGzip(c: Context): boolean {
  const accepted = c.req.header("accept-encoding") ?? "";
  return /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*($|,))/i.test(accepted);
}

/**
 * Gives the memory of `bytes` back as soon as they are on their way. Left to
 * the garbage collector, large answers make it stop the event loop several
 * times a second.
 */
export function freeWhenSent(c: Context, bytes: AnswerBytes): void {
  outgoingOf(c)?.once("finish", () => bytes.buffer.transfer(0));
}

/**
 * What ends the connection in the middle of an answer, which is the only way to tell a client that its rest will not
 * come; undefined where there is no connection.
 */
export function breakOff(
  c: Context,
  log: (line: string) => void,
): ((error: unknown) => void) | undefined {
  const outgoing = outgoingOf(c);
  if (outgoing === undefined) return undefined;
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    log(`${c.req.method} ${c.req.path} was broken off: ${message}`);
    outgoing.destroy();
  };
}

function outgoingOf(c: Context): ServerResponse | undefined {
  return ((c.env ?? {}) as { readonly outgoing?: ServerResponse }).outgoing;
}

/** Whether the client says that it has what `etag` names (If-None-Match). */
export function isKnownToClient(c: Context, etag: string): boolean {
  const known = c.req.header("if-none-match")?.split(/\s*,\s*/) ?? [];
  return known.some((other) => other === "*" || other.replace(/^W\//, "") === etag);
}

/** An error in the form of `errorSchema`. What may go better later says when to ask again. */
export function sendError(code: ErrorCode, message: string, status?: number): Response {
  const httpStatus = status ?? ERROR_OUTCOMES[code].httpStatus;
  const headers = new Headers({ "cache-control": "no-store" });
  if (httpStatus === 503) headers.set("retry-after", RETRY_AFTER_SECONDS);
  return Response.json({ error: { code, message } }, { status: httpStatus, headers });
}
