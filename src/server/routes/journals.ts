/**
 * Journals that scripts on other machines send as they write them: their bytes,
 * each at its offset. A body of any length is appended piece by piece as it
 * comes; what is answered is how much is here.
 */

import { utimesSync } from "node:fs";
import type { Context } from "hono";
import { isMissing } from "../../journal/file-errors.ts";
import {
  JournalOffsetError,
  openReceivedJournal,
  type ReceivedJournal,
} from "../../journal/received-journal.ts";
import { ERROR_OUTCOMES, TrackioError } from "../../protocol/errors.ts";
import { parseProjectKey, parseRunId } from "../../protocol/ids.ts";
import { isLane } from "../../protocol/run.ts";
import { checkMayWrite } from "../access/access.ts";
import type { Operation } from "../operation.ts";
import type { ServerContext } from "../server-context.ts";

const PATH = "/api/v1/journals/{project}/{run}/{writer}";
/** So much of a body is gathered before it is appended. */
const PIECE_BYTES = 1024 * 1024;
/** No line is longer: nobody could read it. */
const LONGEST_LINE_BYTES = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

export const appendJournal: Operation = {
  method: "post",
  path: PATH,
  id: "appendJournal",
  summary: "Append bytes of a journal that is written on another machine",
  description:
    "The body is the journal's file from byte `offset` on; kept is what ends with a newline. The first line makes the run. " +
    "An empty body is a sign of life, to be given every 30 seconds. Needs the write token.",
  query: {
    offset: "where in the sender's file the body begins; 0 unless told",
    silentMs:
      "how long ago the writer gave its last sign, where another sends what it left; so a run that is lost is not taken for one that runs",
    lane: "`system` where the journal holds system metrics",
  },
  bytes: "JSON Lines, see docs/format.md",
  streamsBody: true,
  answer: {
    contentType: "application/json",
    schema: "journalSizeSchema",
    description: "All that ends with a newline is on the server's disk",
  },
  otherAnswers: {
    403: "The write token is missing or wrong",
    404: "The journal goes on with a run that has to exist, and does not",
    409: "The body does not begin where the journal here ends: go on from `size`",
    410: "The run was deleted here",
  },
  handle: async (c, server) => {
    checkMayWrite(server.access, c.req.raw);
    const journal = journalOf(c, server);
    const offset = countOf("offset", c.req.query("offset"));
    const silentMs = countOf("silentMs", c.req.query("silentMs"));
    try {
      const size = await appendBody(journal, offset, c.req.raw.body);
      if (silentMs > 0) signedAt(journal.path, Date.now() - silentMs);
      return c.json({ size }, 200, NO_STORE);
    } catch (error) {
      if (!(error instanceof JournalOffsetError)) throw error;
      const { code, message, size } = error;
      return c.json({ size, error: { code, message } }, ERROR_OUTCOMES.conflict.httpStatus as 409);
    }
  },
};

export const getJournalSize: Operation = {
  method: "get",
  path: PATH,
  id: "getJournalSize",
  summary: "How much of a journal is here",
  description: "What a sender goes on from that does not know. Needs the write token.",
  answer: {
    contentType: "application/json",
    schema: "journalSizeSchema",
    description: "0 where there is none, or where all of it is folded and its run has ended",
  },
  otherAnswers: {
    403: "The write token is missing or wrong",
    410: "The run was deleted here",
  },
  handle: async (c, server) => {
    checkMayWrite(server.access, c.req.raw);
    return c.json({ size: journalOf(c, server).size() }, 200, NO_STORE);
  },
};

const NO_STORE = { "cache-control": "no-store" };

function journalOf(c: Context, { folder }: ServerContext): ReceivedJournal {
  const lane = c.req.query("lane");
  if (lane !== undefined && !isLane(lane)) {
    const shown = JSON.stringify(lane.slice(0, 40));
    throw new TrackioError("invalid_argument", `lane is ${shown}; it is "system", or left out.`);
  }
  return openReceivedJournal(folder, {
    projectKey: parseProjectKey(c.req.param("project")),
    run: parseRunId(c.req.param("run"), "run"),
    writer: c.req.param("writer") ?? "",
    lane,
  });
}

function countOf(name: string, text = "0"): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  const shown = JSON.stringify(text.slice(0, 40));
  throw new TrackioError("invalid_argument", `${name} is ${shown}; it is a whole number from 0.`);
}

/** A writer's sign of life is the modification time of its journal. */
function signedAt(path: string, timeMs: number): void {
  const time = Math.max(0, timeMs / 1_000);
  try {
    utimesSync(path, time, time);
  } catch (error) {
    // Folded to its end and removed in this moment: its run has ended.
    if (!isMissing(error)) throw error;
  }
}

/** @returns How much of the journal is here. @throws what `ReceivedJournal.append` throws; `invalid_argument` for a line that is too long. */
async function appendBody(
  journal: ReceivedJournal,
  offset: number,
  body: ReadableStream<Uint8Array> | null,
): Promise<number> {
  let size = offset;
  let hasAppended = false;
  for await (const lines of wholeLines(body)) {
    ({ size } = await journal.append(size, lines));
    hasAppended = true;
  }
  if (hasAppended) return size;
  return (await journal.append(offset, new Uint8Array())).size;
}

/** The body in pieces of about a megabyte that end with a newline; a last line without one is left out. */
async function* wholeLines(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  let chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  let hasNewline = false;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    hasNewline ||= chunk.includes(NEWLINE);
    if (sizeBytes < PIECE_BYTES) continue;
    if (!hasNewline) {
      if (sizeBytes > LONGEST_LINE_BYTES) throw tooLong();
      continue;
    }
    const bytes = Buffer.concat(chunks);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    yield bytes.subarray(0, end);
    chunks = end < bytes.length ? [bytes.subarray(end)] : [];
    sizeBytes = bytes.length - end;
    hasNewline = false;
  }
  const bytes = Buffer.concat(chunks);
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end > 0) yield bytes.subarray(0, end);
}

function tooLong(): TrackioError {
  return new TrackioError(
    "invalid_argument",
    "A line of the journal is longer than 256 MB, which nobody could read; log it as a file with save().",
  );
}
