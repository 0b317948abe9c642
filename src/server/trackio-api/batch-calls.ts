/**
 * The calls that clients log with: a list of entries, of any length. A plain body
 * of up to 8 MB is taken at once, any other of more than 256 KB entry by entry; a
 * larger one goes to a file first, so that memory is bounded by the largest entry.
 *
 * Laws: nothing in a body makes one of these calls fail; a client would send it
 * again for ever. Nobody waits for all of a long batch: after some entries
 * whoever else asks has a turn.
 */

import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as turnOfOthers } from "node:timers/promises";
import type { Context } from "hono";
import { parseExactJson } from "../../ingest/trackio/exact-json.ts";
import { findPlainBatch } from "../../ingest/trackio/plain-batch.ts";
import type { TrackioLog } from "../../ingest/trackio/trackio-log.ts";
import type { Json } from "../../protocol/json.ts";
import type { ServerContext } from "../server-context.ts";
import { readArguments } from "./call-arguments.ts";
import { CallError } from "./call-error.ts";
import { EntrySplitter } from "./entry-splitter.ts";
import { bodyOf, joinPieces } from "./read-body.ts";

export interface BatchCall {
  readonly name: string;
  /** The parameter with the entries. */
  readonly field: string;
  readonly log: (log: TrackioLog, entries: readonly Json[]) => Promise<void>;
}

export const BATCH_CALLS: readonly BatchCall[] = [
  { name: "bulk_log", field: "logs", log: (log, entries) => log.logRecords(entries) },
  { name: "bulk_log_system", field: "logs", log: (log, entries) => log.logSystem(entries) },
  { name: "bulk_alert", field: "alerts", log: (log, entries) => log.logAlerts(entries) },
];

const IN_MEMORY_BYTES = 8 * 1024 * 1024;
/** Entries of a large body that are parsed together. */
const PIECE_BYTES = 64 * 1024;
/** They hold the thread for 20 ms where they are odd, as bare NaN is. */
const CHUNK_BYTES = 256 * 1024;
/** What an entry costs besides its bytes, however short it is. */
const ENTRY_COST_BYTES = 128;
/** Entries that are logged without giving others a turn: each may have a table. */
const TURN_ENTRIES = 100;
/** One takes twenty times its size in memory while it is logged. */
const MAX_ENTRY_BYTES = 64 * 1024 * 1024;

/** Reads the body and logs what is in it. @throws the system's error where it cannot be written; {@link CallError} 400 where there are no entries at all. */
export async function takeBatch(call: BatchCall, c: Context, server: ServerContext): Promise<void> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  const body = bodyOf(c)[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await body.next();
    if (done === true) return await takeText(call, joinPieces(pieces), server.trackio.log);
    pieces.push(value);
    sizeBytes += value.length;
    if (sizeBytes > IN_MEMORY_BYTES) break;
  }
  await takeLarge(call, pieces, body, server);
}

async function takeText(call: BatchCall, bytes: Uint8Array, log: TrackioLog): Promise<void> {
  if (call.name === "bulk_log" && (await takePlain(call, bytes, log))) return;
  if (bytes.length > CHUNK_BYTES && (await takePieces(call, piecesOf(bytes), log))) return;
  const body = bytes.length === 0 ? undefined : parseExactJson(bytes);
  if (body === undefined && bytes.some((byte) => byte > 0x20)) {
    keepUnreadable(call, "the body is no JSON", bytes, log);
    return;
  }
  const given = entriesIn(call, body);
  if (Array.isArray(given)) await logInTurns(call, given as Json[], log);
  else keepUnreadable(call, `${call.field} is no list`, bytes, log);
}

/** What a client sends at once as a rule is one turn, and so one write for each of its runs. */
async function logInTurns(
  call: BatchCall,
  entries: readonly Json[],
  log: TrackioLog,
): Promise<void> {
  for (let from = 0; from < entries.length; from += TURN_ENTRIES) {
    if (from > 0) await turnOfOthers();
    await call.log(log, entries.slice(from, from + TURN_ENTRIES));
  }
}

/** Whether the batch was such that its bytes need not be parsed. */
async function takePlain(call: BatchCall, bytes: Uint8Array, log: TrackioLog): Promise<boolean> {
  const batch = findPlainBatch(bytes);
  if (batch === undefined) return false;
  const rest = parseExactJson(batch.rest);
  const entries = rest === undefined ? undefined : entriesIn(call, rest);
  if (!Array.isArray(entries) || entries.length > 0) return false;
  const outcome = log.logPlainBatch(batch);
  if (outcome !== "no run") return outcome === "logged";
  if (!(await log.beginRun(batch))) return true;
  // Others have had a turn, and batches of theirs the same memory.
  return log.logPlainBatch(findPlainBatch(bytes)!) === "logged";
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
  const path = server.trackio.uploads.temporaryPath();
  try {
    await pipeline(Readable.from(allOf(begun, rest)), createWriteStream(path, { flags: "wx" }));
    const pieces = createReadStream(path, { highWaterMark: PIECE_BYTES });
    const isFound = await takePieces(call, pieces as AsyncIterable<Buffer>, server.trackio.log);
    if (!isFound) throw new CallError(400, `Missing required parameter: ${call.field}`);
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

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    yield bytes.subarray(from, from + PIECE_BYTES);
  }
}

/** Logs the entries in the pieces of a body. @returns false where there is no list of them. */
async function takePieces(
  call: BatchCall,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  log: TrackioLog,
): Promise<boolean> {
  let entries: Buffer[] = [];
  let sizeBytes = 0;
  const splitter = new EntrySplitter(call.field, (entry) => {
    // Its piece of the file is given up with the next one.
    entries.push(Buffer.from(entry));
    sizeBytes += entry.length + ENTRY_COST_BYTES;
  });
  for await (const piece of pieces) {
    splitter.push(piece);
    if (sizeBytes < CHUNK_BYTES) continue;
    const found = entries;
    entries = [];
    sizeBytes = 0;
    await takeEntries(call, found, log);
    await turnOfOthers();
  }
  await takeEntries(call, entries, log);
  const { isFound, unfinished } = splitter;
  if (unfinished.length > 0) keepUnreadable(call, "an entry without an end", unfinished, log);
  return isFound;
}

async function takeEntries(
  call: BatchCall,
  entries: readonly Buffer[],
  log: TrackioLog,
): Promise<void> {
  const isOne = entries.length === 1;
  if (entries.some(({ length }) => length > MAX_ENTRY_BYTES)) {
    if (isOne) keepUnreadable(call, "an entry of more than 64 MB", entries[0]!, log);
    else for (const entry of entries) await takeEntries(call, [entry], log);
    return;
  }
  const text = `[${entries.map(String).join(",")}]`;
  const parsed = parseExactJson(text);
  if (Array.isArray(parsed)) await logInTurns(call, parsed as Json[], log);
  else if (isOne) keepUnreadable(call, "an entry is no JSON", entries[0]!, log);
  // One of them is no JSON, which costs the others nothing.
  else for (const entry of entries) await takeEntries(call, [entry], log);
}

/** As much of it as is kept of anything unreadable. */
function keepUnreadable(call: BatchCall, why: string, bytes: Uint8Array, log: TrackioLog): void {
  const text = Buffer.from(bytes.subarray(0, 256 * 1024)).toString();
  log.unreadable.keep(call.name, why, text, Date.now());
  log.unreadable.write();
}
