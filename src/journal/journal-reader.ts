/**
 * Reads a journal from any byte on, also while it grows, and says of every
 * line what it is.
 *
 * Laws: only whole lines are read, a torn last one waits for its rest; a
 * damaged line is counted and costs no line but itself; a record's number is
 * the same whether the file was read from its beginning or from the middle.
 */

import { closeSync, openSync, readSync } from "node:fs";
import { TrackioError } from "../protocol/errors.ts";
import {
  type EventLine,
  type HeaderLine,
  JOURNAL_VERSION,
  type KeyPath,
  type RecordLine,
} from "../protocol/journal-line.ts";
import type { Json } from "../protocol/json.ts";
import { isLane } from "../protocol/run.ts";
import { isMissing } from "./file-errors.ts";
import { lineStart } from "./line-start.ts";
import { parseLines } from "./parse-lines.ts";
import { isStepField } from "./step-field.ts";

/** One record as written. */
export interface JournalRecord {
  readonly kind: "record";
  /** The same object for all records of one key set. */
  readonly keys: readonly KeyPath[];
  /** Its number in this journal, from 0; a damaged record has one too. */
  readonly number: number;
  /** As written; values begin at index 3, in the order of `keys`. A step `null` is one more than the highest of run and lane. */
  readonly line: RecordLine;
  /** Its own, where its key set says that it has one. */
  readonly id: string | undefined;
}

export interface JournalEvent {
  readonly kind: "event";
  readonly event: EventLine;
}

export interface JournalHeader {
  readonly kind: "header";
  readonly header: HeaderLine;
}

export type JournalEntry = JournalHeader | JournalRecord | JournalEvent;

/** What stands in a journal between two bytes. */
export interface JournalPiece {
  readonly from: number;
  /** Where the next piece begins: the end of the last whole line. */
  readonly to: number;
  /** In the order of the file. */
  readonly entries: readonly JournalEntry[];
  /** Lines in this piece that could not be read. */
  readonly damagedLines: number;
  /** Bytes after the last whole line: being written, or torn. 0 where more whole lines follow. */
  readonly tornBytes: number;
}

/** A key set as its line names it. */
export interface JournalKeySet {
  readonly keys: readonly KeyPath[];
  /** Whether an id stands behind the values of each record. */
  readonly ids: boolean;
}

/** What has to be known of the bytes before `offset` to read on from there. */
export interface JournalCursor {
  offset: number;
  /** Undefined at the beginning, or where the first line is damaged. */
  header: HeaderLine | undefined;
  /** Key sets by their numbers. */
  readonly sets: Map<number, JournalKeySet>;
  /** Number of the next record. */
  recordCount: number;
}

/** A cursor at the beginning of a journal. */
export function createJournalCursor(): JournalCursor {
  return { offset: 0, header: undefined, sets: new Map(), recordCount: 0 };
}

/** A cursor at byte `offset`, or at the beginning of the line that it lies in, made by looking through what stands before it. */
export function openJournalCursor(path: string, offset: number): JournalCursor {
  const cursor = createJournalCursor();
  const start = lineStartIn(path, offset);
  while (cursor.offset < start) {
    const piece = readJournal(path, cursor, Math.min(PIECE_BYTES, start - cursor.offset));
    if (piece.to === piece.from) break;
  }
  cursor.offset = start;
  return cursor;
}

function lineStartIn(path: string, offset: number): number {
  if (offset === 0) return 0;
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return offset;
    throw error;
  }
  try {
    return lineStart(fd, offset);
  } finally {
    closeSync(fd);
  }
}

/** How much {@link readJournal} reads at once where nothing else is asked. */
export const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * Reads whole lines from the cursor on and moves it behind them. About
 * `maxBytes` at once, but always at least one line where a whole one is there.
 * A journal that is gone has nothing more to read.
 * @throws {@link TrackioError} `unavailable` where a newer version of trackio wrote the journal.
 */
export function readJournal(
  path: string,
  cursor: JournalCursor,
  maxBytes: number = PIECE_BYTES,
): JournalPiece {
  const from = cursor.offset;
  const { bytes, wholeBytes } = readWholeLines(path, from, maxBytes);
  const entries: JournalEntry[] = [];
  let damagedLines = 0;
  let isFirst = from === 0;
  parseLines(bytes.subarray(0, wholeBytes), (parsed, firstByte) => {
    // Counted by its first byte, so that a damaged record keeps the numbers of those behind it.
    const number = firstByte === OPENING_BRACKET ? cursor.recordCount++ : -1;
    const entry = readEntry(cursor, parsed, number, isFirst ? path : undefined);
    isFirst = false;
    if (entry === DAMAGED) damagedLines += 1;
    else if (entry !== undefined) entries.push(entry);
  });
  cursor.offset = from + wholeBytes;
  return { from, to: cursor.offset, entries, damagedLines, tornBytes: bytes.length - wholeBytes };
}

/** Where values begin in a record's line. */
export const FIRST_VALUE = 3;

const OPENING_BRACKET = 0x5b;
const NEWLINE = 0x0a;
const DAMAGED = Symbol("damaged");

/** Bytes from `from` on, and how many of them are whole lines. Reads on until it has one, or all. */
function readWholeLines(
  path: string,
  from: number,
  maxBytes: number,
): { bytes: Buffer; wholeBytes: number } {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return { bytes: Buffer.alloc(0), wholeBytes: 0 };
    throw error;
  }
  try {
    for (let wantedBytes = Math.max(maxBytes, 1); ; wantedBytes *= 2) {
      const buffer = Buffer.allocUnsafe(wantedBytes);
      const bytes = buffer.subarray(0, readFully(fd, buffer, from));
      const wholeBytes = bytes.lastIndexOf(NEWLINE) + 1;
      const isAtEnd = bytes.length < wantedBytes;
      if (isAtEnd) return { bytes, wholeBytes };
      // More follows, so what stands behind the last whole line is not torn.
      if (wholeBytes > 0) return { bytes: bytes.subarray(0, wholeBytes), wholeBytes };
    }
  } finally {
    closeSync(fd);
  }
}

function readFully(fd: number, buffer: Buffer, from: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const got = readSync(fd, buffer, filled, buffer.length - filled, from + filled);
    if (got === 0) break;
    filled += got;
  }
  return filled;
}

/** @param path Given for the first line of a file, which alone may be its header. */
function readEntry(
  cursor: JournalCursor,
  parsed: Json | undefined,
  number: number,
  path: string | undefined,
): JournalEntry | undefined | typeof DAMAGED {
  if (typeof parsed !== "object" || parsed === null) return DAMAGED;
  if (Array.isArray(parsed)) return readRecord(cursor, parsed, number);
  const line = parsed as { readonly [key: string]: Json };
  if ("trackio" in line) return path === undefined ? DAMAGED : readHeader(cursor, line, path);
  if ("set" in line) return readKeySet(cursor, line);
  if (typeof line.time !== "number") return undefined;
  return { kind: "event", event: line as unknown as EventLine };
}

function readRecord(
  cursor: JournalCursor,
  line: readonly Json[],
  number: number,
): JournalRecord | typeof DAMAGED {
  const set = cursor.sets.get(line[0] as number);
  if (set === undefined) return DAMAGED;
  const { keys, ids } = set;
  const end = keys.length + FIRST_VALUE;
  if (line.length !== (ids ? end + 1 : end)) return DAMAGED;
  if (typeof line[2] !== "number" || !isStepField(line[1])) return DAMAGED;
  const id = ids ? line[end] : undefined;
  if (ids && typeof id !== "string") return DAMAGED;
  const record = line as unknown as RecordLine;
  return { kind: "record", keys, number, line: record, id: id as string | undefined };
}

function readHeader(
  cursor: JournalCursor,
  line: { readonly [key: string]: Json },
  path: string,
): JournalHeader | typeof DAMAGED {
  if (typeof line.trackio !== "number") return DAMAGED;
  if (line.trackio > JOURNAL_VERSION) {
    throw new TrackioError(
      "unavailable",
      `${path} is a journal of version ${line.trackio}, and this trackio reads up to ${JOURNAL_VERSION}; update trackio to read it.`,
    );
  }
  const header = line as unknown as HeaderLine;
  if (typeof header.run?.id !== "string" || typeof header.writer?.id !== "string") return DAMAGED;
  // What belongs to another lane must never be taken for records of `log()`.
  if (header.lane !== undefined && !isLane(header.lane)) {
    throw new TrackioError(
      "unavailable",
      `${path} is of the lane ${JSON.stringify(header.lane).slice(0, 40)}, which this trackio does not know; update trackio to read it.`,
    );
  }
  cursor.header = header;
  return { kind: "header", header };
}

function readKeySet(
  cursor: JournalCursor,
  line: { readonly [key: string]: Json },
): undefined | typeof DAMAGED {
  const { set, keys, ids } = line;
  if (typeof set !== "number" || !Array.isArray(keys) || !keys.every(isKeyPath)) return DAMAGED;
  if (ids !== undefined && ids !== true) return DAMAGED;
  cursor.sets.set(set, { keys: keys as unknown as readonly KeyPath[], ids: ids === true });
  return undefined;
}

function isKeyPath(key: unknown): key is KeyPath {
  if (typeof key === "string") return true;
  return Array.isArray(key) && key.length > 0 && key.every((part) => typeof part === "string");
}
