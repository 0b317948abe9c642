/**
 * Segments: sorted runs of records of one key set, in chunks of 4,096. All
 * chunks but the last are full, so that the place of a record is arithmetic.
 * A segment lies in the step lane (by step, writer, record), in the time lane
 * (by time, then as the step lane), or, where both orders are the same, in
 * both. A read of an axis merges the few segments of its lane.
 *
 * While segments of a lane are merged into another one, each keeps a `from`:
 * the records before it have moved on, and the lane does not see them any more.
 *
 * Columns of a chunk: 0 steps, 1 times, 2 record numbers, 3 writers, 4 + k the
 * values of key k.
 */

import type { Column } from "../store.ts";
import { decodeColumn, encodeColumn, numbersIn, packBlob, unpackBlob } from "./column-blob.ts";
import { DamagedData, decodeAt } from "./damage.ts";
import type { Database } from "./database.ts";
import { joinRecords, orderAt, type Records, type SegmentLane } from "./records.ts";
import { type Append, appendAxis, appendValueRollups, removeRollups } from "./rollup-pages.ts";

/** Records of a chunk; all but the last of a segment are full. */
export const CHUNK_RECORDS = 4096;
/** Columns of a chunk that are no keys. */
export const STEPS = 0;
export const TIMES = 1;
export const RECORDS = 2;
export const WRITERS = 3;
export const FIRST_KEY = 4;

/** Lanes that a segment lies in. */
export const LANES: Readonly<Record<SegmentLane | "both", number>> = { step: 1, time: 2, both: 3 };

export interface Segment {
  readonly id: number;
  readonly key_set: number;
  readonly lanes: number;
  readonly count: number;
  readonly step_from: number;
  readonly step_into: number | null;
  readonly time_from: number;
  readonly time_into: number | null;
  readonly last_step: number;
  readonly last_exact: string | null;
  readonly last_time: number;
  readonly last_writer: number;
  readonly last_record: number;
}

/** Where `segment`, `chunk` and `column` lie in the table: 23, 20 and 20 bits. */
const COLUMN_ID = "(? << 40) | (? << 20) | ?";

export function listSegments(db: Database, keySet: number): Segment[] {
  return db.all(
    "SELECT * FROM segments WHERE key_set = ? ORDER BY id",
    keySet,
  ) as unknown as Segment[];
}

export function isInLane(segment: Segment, lane: SegmentLane): boolean {
  return (segment.lanes & LANES[lane]) !== 0;
}

/** The first record of the segment that the lane still sees. */
export function firstRecord(segment: Segment, lane: SegmentLane): number {
  return lane === "step" ? segment.step_from : segment.time_from;
}

/** Makes a segment of sorted records. */
export function createSegment(
  db: Database,
  keySet: number,
  lanes: number,
  records: Records,
): number {
  const id = db.run(
    `INSERT INTO segments (key_set, lanes, count, step_from, time_from, last_step, last_time, last_writer, last_record)
     VALUES (?, ?, 0, 0, 0, 0, 0, 0, 0)`,
    keySet,
    lanes,
  );
  writeRecords(db, { segment: id, base: 0, countBefore: 0, count: records.count }, lanes, records);
  return id;
}

/** Adds sorted records, none of which comes before the segment's last one. */
export function appendToSegment(db: Database, segment: Segment, records: Records): void {
  // The rollups of the first chunk are written with the second one.
  const isSmall = segment.count <= CHUNK_RECORDS;
  const base = isSmall ? 0 : segment.count - (segment.count % CHUNK_RECORDS);
  const kept =
    base < segment.count
      ? [loadChunk(db, segment, Math.floor(base / CHUNK_RECORDS), records.columns.length)]
      : [];
  const count = segment.count + records.count;
  const countBefore = isSmall ? 0 : segment.count;
  const all = joinRecords([...kept, records]);
  writeRecords(db, { segment: segment.id, base, countBefore, count }, segment.lanes, all);
}

/** Records of one chunk, whole. */
export function loadChunk(
  db: Database,
  segment: Pick<Segment, "id" | "count">,
  chunk: number,
  keyCount: number,
): Records {
  const read = (column: number) => readColumn(db, segment, chunk, column);
  const numbers = (column: number) => read(column).values as Float64Array;
  return {
    count: chunkLength(segment.count, chunk),
    steps: read(STEPS),
    times: numbers(TIMES),
    records: numbers(RECORDS),
    writers: numbers(WRITERS),
    columns: Array.from({ length: keyCount }, (_, key) => read(FIRST_KEY + key)),
  };
}

/** One column of one chunk, or its rows `from` (inclusive) to `to` (exclusive). */
export function readColumn(
  db: Database,
  segment: Pick<Segment, "id" | "count">,
  chunk: number,
  column: number,
  from?: number,
  to?: number,
): Column {
  const row = db.get(`SELECT data FROM columns WHERE id = ${COLUMN_ID}`, segment.id, chunk, column);
  if (row === undefined) {
    throw new DamagedData(placeOf(segment, chunk, column), "It is missing.");
  }
  return decodeAt(
    () => placeOf(segment, chunk, column),
    () => {
      const bytes = unpackBlob(row.data as Uint8Array);
      const read = decodeColumn(bytes, chunkLength(segment.count, chunk), from, to);
      if (column === TIMES || column === RECORDS || column === WRITERS) numbersIn(read);
      return read;
    },
  );
}

function placeOf(segment: Pick<Segment, "id">, chunk: number, column: number): string {
  return `column ${column} of chunk ${chunk} of segment ${segment.id}`;
}

export function chunkLength(segmentCount: number, chunk: number): number {
  return Math.min(CHUNK_RECORDS, segmentCount - chunk * CHUNK_RECORDS);
}

/** Removes chunks `from` (inclusive) to `to` (exclusive). */
export function removeChunks(db: Database, segment: number, from: number, to: number): void {
  db.run(
    "DELETE FROM columns WHERE id >= (? << 40) | (? << 20) AND id < (? << 40) | (? << 20)",
    segment,
    from,
    segment,
    to,
  );
}

export function removeSegment(db: Database, segment: Segment): void {
  removeChunks(db, segment.id, 0, Math.ceil(segment.count / CHUNK_RECORDS));
  removeRollups(db, segment.id);
  db.run("DELETE FROM segments WHERE id = ?", segment.id);
}

/** Writes chunks and rollups of the records from `append.base` on, and what the segment's row says of them. */
function writeRecords(db: Database, append: Append, lanes: number, records: Records): void {
  const write = (number: number, column: Column) => writeColumn(db, append, number, column);
  write(STEPS, records.steps);
  write(TIMES, { kind: "numbers", values: records.times });
  write(RECORDS, { kind: "numbers", values: records.records });
  write(WRITERS, { kind: "numbers", values: records.writers });
  const hasRollups = append.count > CHUNK_RECORDS;
  records.columns.forEach((column, key) => {
    write(FIRST_KEY + key, column);
    if (hasRollups) appendValueRollups(db, append, FIRST_KEY + key, column);
  });
  if (hasRollups && lanes & LANES.step) appendAxis(db, append, "step", records);
  if (hasRollups && lanes & LANES.time) appendAxis(db, append, "time", records);
  const last = records.count - 1;
  const { step, writer, record } = orderAt(records, last);
  db.run(
    `UPDATE segments SET count = ?, last_step = ?, last_exact = ?, last_time = ?, last_writer = ?, last_record = ?
     WHERE id = ?`,
    append.count,
    Number(step),
    typeof step === "bigint" ? String(step) : null,
    records.times[last]!,
    writer,
    record,
    append.segment,
  );
}

function writeColumn(db: Database, append: Append, number: number, column: Column): void {
  const total = column.values.length;
  for (let at = 0; at < total; at += CHUNK_RECORDS) {
    const end = Math.min(at + CHUNK_RECORDS, total);
    const part: Column =
      column.kind === "numbers"
        ? { kind: "numbers", values: column.values.subarray(at, end) }
        : { kind: "values", values: column.values.slice(at, end) };
    const chunk = (append.base + at) / CHUNK_RECORDS;
    const data = packBlob(encodeColumn(part));
    db.run(
      `INSERT OR REPLACE INTO columns (id, data) VALUES (${COLUMN_ID}, ?)`,
      append.segment,
      chunk,
      number,
      data,
    );
  }
}
