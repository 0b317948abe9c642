/**
 * A request's body. It is read from Node's own request where there is one: the
 * stream of the web's around it costs as much as what a batch is read for.
 */

import type { IncomingMessage } from "node:http";
import type { Context } from "hono";
import { CallError } from "./call-error.ts";

interface BodyLimit {
  readonly bytes: number;
  readonly text: string;
}

/** The longest list of files of an artifact is far below this. */
const WRITER_LIMIT: BodyLimit = { bytes: 256 * 1024 * 1024, text: "256 MB" };
/** Whoever may only read has a question; many at once must not fill the memory, nor one, whatever is in it, keep all others waiting. */
const READER_LIMIT: BodyLimit = { bytes: 512 * 1024, text: "512 KB" };

/** Node's request; undefined where there is no connection, as in a test. */
export function incomingOf(c: Context): IncomingMessage | undefined {
  return ((c.env ?? {}) as { readonly incoming?: IncomingMessage }).incoming;
}

/** The body in pieces, as they come. @throws where the client gives up. */
export function bodyOf(c: Context): AsyncIterable<Uint8Array> {
  return incomingOf(c) ?? (c.req.raw.body as AsyncIterable<Uint8Array> | null) ?? nothing();
}

/** All of the body, of calls that have little to say. @throws {@link CallError} 400 where it is larger than 256 MB, or 512 KB of one who may not write. */
export async function readBody(c: Context, mayWrite: boolean): Promise<Uint8Array> {
  const limit = mayWrite ? WRITER_LIMIT : READER_LIMIT;
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of bodyOf(c)) {
    sizeBytes += piece.length;
    if (sizeBytes > limit.bytes) {
      throw new CallError(400, `The request is larger than ${limit.text}; send less at once.`);
    }
    pieces.push(piece);
  }
  return joinPieces(pieces);
}

export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
