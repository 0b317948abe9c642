/**
 * `POST /api/{name}`: the wire protocol of Trackio clients. Its envelope and its
 * error codes are the protocol's and not ours: 404 for a name that is not known,
 * 400 for what the client gave wrong (a missing token among it), 500 for all else.
 */

import { randomUUID } from "node:crypto";
import type { Context, Hono } from "hono";
import { formatExactJson, parseExactJson } from "../../ingest/trackio/exact-json.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import type { AnswerBytes } from "../reading/question.ts";
import { packStream, sendJson, streamPieces } from "../respond.ts";
import type { ServerContext } from "../server-context.ts";
import { BATCH_CALLS, takeBatch } from "./batch-calls.ts";
import { readArguments } from "./call-arguments.ts";
import { CallError } from "./call-error.ts";
import { readBody } from "./read-body.ts";
import { receiveUploads } from "./receive-uploads.ts";
import { AnswerPieces, type TrackioCall } from "./trackio-call.ts";

/** What a client is told that has no token, by what it wanted to do. */
const TOKEN_MISSING = {
  write:
    "A write_token is required to log metrics or upload to this server. Use the write-access URL from trackio.show(), set TRACKIO_WRITE_TOKEN, or send header X-Trackio-Write-Token.",
  upload:
    "A write_token is required to upload files to this server. Use the write-access URL from trackio.show(), set TRACKIO_WRITE_TOKEN, or send header X-Trackio-Write-Token.",
  mutate:
    "A write_token is required to delete or rename runs. Open the dashboard using the link that includes the write_token query parameter.",
} as const;

const EMPTY_ANSWER = '{"data":null}';

const encoder = new TextEncoder();

/** Adds the calls to `app`. A name without a call is answered too; `/api/v1/…` has two parts and stays what it is. */
export function serveTrackio(
  app: Hono,
  server: ServerContext,
  calls: readonly TrackioCall[],
): void {
  const byName = new Map(calls.map((call) => [call.name, call]));
  for (const call of BATCH_CALLS) {
    app.post(`/api/${call.name}`, async (c) => {
      try {
        checkWriter(c, server, "write");
        await takeBatch(call, c, server);
        server.accepted.note();
        return c.body(EMPTY_ANSWER, 200, { "content-type": "application/json" });
      } catch (error) {
        return refusalOf(error, c, server);
      }
    });
  }
  app.post("/api/upload", async (c) => {
    try {
      checkWriter(c, server, "upload");
      return c.json({ paths: await receiveUploads(c, server.trackio.uploads) });
    } catch (error) {
      return refusalOf(error, c, server);
    }
  });
  app.post("/api/:name", async (c) => {
    const name = c.req.param("name");
    const call = byName.get(name);
    if (call === undefined) return refuse(404, `Unknown API: ${name}`);
    try {
      const result = await answer(call, c, server);
      return await send(c, result);
    } catch (error) {
      return refusalOf(error, c, server);
    }
  });
  app.all("/api/:name", () => {
    return new Response("Method Not Allowed", { status: 405, headers: { allow: "POST" } });
  });
}

async function answer(
  call: TrackioCall,
  c: Context,
  server: ServerContext,
): Promise<Json | AnswerBytes | AnswerPieces> {
  const given = readArguments(
    call,
    parseExactJson(await readBody(c, server.access.mayWrite(c.req.raw))),
  );
  if (call.access !== "read") checkWriter(c, server, call.access);
  return await call.handle(given, server, c.req.raw);
}

/** @throws {@link CallError} 400 where the request does not bring the token. */
function checkWriter(c: Context, server: ServerContext, what: keyof typeof TOKEN_MISSING): void {
  if (!server.access.mayWrite(c.req.raw)) throw new CallError(400, TOKEN_MISSING[what]);
}

function envelope(result: Json | AnswerBytes): AnswerBytes {
  if (!(result instanceof Uint8Array)) return encoder.encode(`{"data":${formatExactJson(result)}}`);
  const bytes = new Uint8Array(result.length + 9);
  bytes.set(encoder.encode('{"data":'));
  bytes.set(result, 8);
  bytes[bytes.length - 1] = 0x7d;
  return bytes;
}

/** What is short at once; of what is long each piece is let go when it is on its way. */
async function send(c: Context, result: Json | AnswerBytes | AnswerPieces): Promise<Response> {
  if (!(result instanceof AnswerPieces)) return await sendJson(c, envelope(result));
  const { pieces } = result;
  if (pieces.length === 1) return await sendJson(c, envelope(pieces[0]!));
  const left = [encoder.encode('{"data":'), ...pieces, encoder.encode("}")].reverse();
  const stream = streamPieces({ next: async () => left.pop(), end: async () => undefined });
  return packStream(c, stream, { "content-type": "application/json" });
}

function refusalOf(error: unknown, c: Context, server: ServerContext): Response {
  if (error instanceof CallError) return refuse(error.status, error.message);
  if (error instanceof TrackioError) {
    // A message for people at this machine may name a file; where it lies is nobody else's business.
    const message = error.message.replaceAll(server.folder.root, "<data folder>");
    return refuse(error.code === "invalid_argument" ? 400 : 500, message);
  }
  if (c.req.raw.signal.aborted) return refuse(500, "The request was given up.");
  const id = randomUUID().slice(0, 8);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  server.log(`Request ${id} ${c.req.method} ${c.req.path} failed: ${text}`);
  return refuse(500, `The server failed at this (request ${id}); its log says more.`);
}

function refuse(status: number, error: string): Response {
  return Response.json({ error }, { status, headers: { "cache-control": "no-store" } });
}
