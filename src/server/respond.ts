/** Answers as HTTP wants them. */

import type { ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Context } from "hono";
import { ERROR_OUTCOMES, type ErrorCode } from "../protocol/errors.ts";
import type { AnswerBytes } from "./reading/question.ts";

/** Smaller answers gain nothing. */
const GZIP_FROM_BYTES = 16 * 1024;
const gzipInPool = promisify(gzip);

/** JSON bytes, compressed (in libuv's threads) where they are many and the client takes it. */
export async function sendJson(c: Context, bytes: AnswerBytes): Promise<Response> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "cache-control": "no-store",
    vary: "accept-encoding",
  };
  if (bytes.length < GZIP_FROM_BYTES || !acceptsGzip(c)) return c.body(bytes, 200, headers);
  const packed = new Uint8Array(await gzipInPool(bytes, { level: 1 }));
  return c.body(packed, 200, { ...headers, "content-encoding": "gzip" });
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
  const { outgoing } = (c.env ?? {}) as { readonly outgoing?: ServerResponse };
  outgoing?.once("finish", () => bytes.buffer.transfer(0));
}

/** An error in the form of `errorSchema`. */
export function sendError(code: ErrorCode, message: string, status?: number): Response {
  return Response.json(
    { error: { code, message } },
    {
      status: status ?? ERROR_OUTCOMES[code].httpStatus,
      headers: { "cache-control": "no-store" },
    },
  );
}
