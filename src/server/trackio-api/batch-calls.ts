/**
 * The calls that clients log with: a list of entries, of any length. A body of
 * up to 8 MB is parsed at once, a larger one goes to a file first and from there
 * entry by entry, so that memory is bounded by the largest entry.
 *
 * Law: nothing in a body makes one of these calls fail; a client would send it
 * again for ever.
 */

import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Context } from "hono";
import { parseExactJson } from "../../ingest/trackio/exact-json.ts";
import { findPlainBatch } from "../../ingest/trackio/plain-batch.ts";
import type { TrackioLog } from "../../ingest/trackio/trackio-log.ts";
import type { Json } from "../../protocol/values.ts";
import type { ServerContext } from "../server-context.ts";
import { readArguments } from "./call-arguments.ts";
import { EntrySplitter } from "./entry-splitter.ts";
import { bodyOf, joinPieces } from "./read-body.ts";
import { CallError } from "./trackio-call.ts";

export interface BatchCall {
  readonly name: string;
  /** The parameter with the entries. */
  readonly field: string;
  readonly log: (log: TrackioLog, entries: readonly Json[]) => void;
}

export const BATCH_CALLS: readonly BatchCall[] = [
  { name: "bulk_log", field: "logs", log: (log, entries) => log.logRecords(entries) },
  { name: "bulk_log_system", field: "logs", log: (log, entries) => log.logSystem(entries) },
  { name: "bulk_alert", field: "alerts", log: (log, entries) => log.logAlerts(entries) },
];

const IN_MEMORY_BYTES = 8 * 1024 * 1024;
/** Entries of a large body that are logged together. */
const CHUNK_BYTES = 4 * 1024 * 1024;
/** A larger one cannot be made a text. */
const MAX_ENTRY_BYTES = 256 * 1024 * 1024;

/** Reads the body and logs what is in it. @throws the system's error where it cannot be written; {@link CallError} 400 where there are no entries at all. */
export async function takeBatch(call: BatchCall, c: Context, server: ServerContext): Promise<void> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  const body = bodyOf(c)[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await body.next();
    if (done === true) return takeText(call, joinPieces(pieces), server.trackio.log);
    pieces.push(value);
    sizeBytes += value.length;
    if (sizeBytes > IN_MEMORY_BYTES) break;
  }
  await takeLarge(call, pieces, body, server);
}

function takeText(call: BatchCall, bytes: Uint8Array, log: TrackioLog): void {
  if (call.name === "bulk_log" && takePlain(call, bytes, log)) return;
  const body = bytes.length === 0 ? undefined : parseExactJson(bytes);
  if (body === undefined && bytes.some((byte) => byte > 0x20)) {
    keepUnreadable(call, "the body is no JSON", bytes, log);
    return;
  }
  const given = entriesIn(call, body);
  if (Array.isArray(given)) call.log(log, given as Json[]);
  else keepUnreadable(call, `${call.field} is no list`, bytes, log);
}

/** Whether the batch was such that its bytes need not be parsed. */
function takePlain(call: BatchCall, bytes: Uint8Array, log: TrackioLog): boolean {
  const batch = findPlainBatch(bytes);
  if (batch === undefined) return false;
  const rest = parseExactJson(batch.rest);
  const entries = rest === undefined ? undefined : entriesIn(call, rest);
  return Array.isArray(entries) && entries.length === 0 && log.logPlainBatch(batch);
}

/** @throws {@link CallError} 400 where there are none. */
function entriesIn(call: BatchCall, body: Json | undefined): Json {
  const parameters = [{ name: call.field }, { name: "hf_token", otherwise: null }];
  return readArguments({ parameters }, body).values[call.field]!;
}

async function takeLarge(
  call: BatchCall,
  begun: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  server: ServerContext,
): Promise<void> {
  const path = await server.trackio.uploads.temporaryPath();
  try {
    await pipeline(Readable.from(allOf(begun, rest)), createWriteStream(path, { flags: "wx" }));
    await takeFile(call, path, server.trackio.log);
  } finally {
    await rm(path, { force: true });
  }
}

async function* allOf(
  begun: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* begun;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    yield next.value;
  }
}

/** Logs the entries in a file of a body. */
async function takeFile(call: BatchCall, path: string, log: TrackioLog): Promise<void> {
  let entries: Buffer[] = [];
  let sizeBytes = 0;
  const logEntries = () => {
    if (entries.length > 0) takeEntries(call, entries, log);
    entries = [];
    sizeBytes = 0;
  };
  const splitter = new EntrySplitter(call.field, (entry) => {
    if (sizeBytes + entry.length > CHUNK_BYTES) logEntries();
    // Its piece of the file is given up with the next one.
    entries.push(Buffer.from(entry));
    sizeBytes += entry.length;
  });
  for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    splitter.push(piece as Buffer);
  }
  logEntries();
  if (!splitter.isFound) throw new CallError(400, `Missing required parameter: ${call.field}`);
}

function takeEntries(call: BatchCall, entries: readonly Buffer[], log: TrackioLog): void {
  const isOne = entries.length === 1;
  if (isOne && entries[0]!.length > MAX_ENTRY_BYTES) {
    keepUnreadable(call, "an entry of more than 256 MB", entries[0]!, log);
    return;
  }
  const text = `[${entries.map(String).join(",")}]`;
  const parsed = parseExactJson(text);
  if (Array.isArray(parsed)) call.log(log, parsed as Json[]);
  else if (isOne) keepUnreadable(call, "an entry is no JSON", entries[0]!, log);
  // One of them is no JSON, which costs the others nothing.
  else for (const entry of entries) takeEntries(call, [entry], log);
}

/** As much of it as is kept of anything unreadable. */
function keepUnreadable(call: BatchCall, why: string, bytes: Uint8Array, log: TrackioLog): void {
  const text = Buffer.from(bytes.subarray(0, 256 * 1024)).toString();
  log.unreadable.keep(call.name, why, text, Date.now());
}
