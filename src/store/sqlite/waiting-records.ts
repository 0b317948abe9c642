/** What happens to new records: they wait in tails, then move into segments by whole chunks. */

import type { Database } from "./database.ts";
import { keyCountOf } from "./key-sets.ts";
import {
  joinRecords,
  pickRecords,
  type Records,
  sliceRecords,
  sortedRows,
  sortedStretches,
} from "./records.ts";
import {
  appendToSegment,
  CHUNK_RECORDS,
  createSegment,
  LANES,
  listSegments,
  type Segment,
} from "./segments.ts";
import { addTail, listTails, loadTails, removeTails, type TailRow } from "./tails.ts";

/** Most records of a key set that wait, in order or not; of one with many keys fewer, so that their values fit into memory. */
const MOST_WAITING = 65_536;
const MOST_WAITING_VALUES = 4_000_000;
/** Rows of tier 0 are joined when there are so many. */
const MOST_LOOSE_ROWS = 64;
/** A stretch of records in order shorter than this is not worth a place of its own. */
const LEAST_STRETCH = 1024;

/** Takes new records of one writer, the numbers of which go on from those before. */
export function takeRecords(db: Database, keySet: number, writer: number, records: Records): void {
  const tails = listTails(db, keySet);
  const loose = tails.filter((row) => row.tier < 2 && row.writer === writer);
  const isChunk = countOf(loose) + records.count >= CHUNK_RECORDS;
  if (isChunk) packInOrder(db, keySet, writer, loose, records);
  else addLoose(db, keySet, writer, loose, records);
  const most = Math.min(MOST_WAITING, MOST_WAITING_VALUES / Math.max(1, records.columns.length));
  const isFull = countOf(tails) + records.count > Math.max(CHUNK_RECORDS, most);
  if (isFull) packAll(db, keySet);
  if (isChunk || isFull) db.run("INSERT OR IGNORE INTO work (key_set) VALUES (?)", keySet);
}

/** Adds a row of tier 0; many of them are joined. */
function addLoose(
  db: Database,
  keySet: number,
  writer: number,
  loose: readonly TailRow[],
  records: Records,
): void {
  const fresh = loose.filter((row) => row.tier === 0);
  if (fresh.length < MOST_LOOSE_ROWS) {
    addTail(db, keySet, writer, 0, records);
    return;
  }
  const joined = joinRecords([loadTails(db, fresh, records.columns.length), records]);
  removeTails(db, fresh);
  addTail(db, keySet, writer, 1, joined);
}

/** Packs all that waits: what is in order writer by writer, the rest sorted. Chunks need not be full. */
export function packAll(db: Database, keySet: number): void {
  const tails = listTails(db, keySet);
  const unsorted: Records[] = [];
  const keyCount = keyCountOf(db, keySet);
  for (const rows of Map.groupBy(tails, (row) => row.writer).values()) {
    const records = loadTails(db, rows, keyCount);
    if (isWorthPlacing(records)) place(db, keySet, records);
    else unsorted.push(records);
  }
  removeTails(db, tails);
  if (unsorted.length > 0) placeSorted(db, keySet, joinRecords(unsorted));
}

/** Moves whole chunks of records that are in order into segments; what is out of order goes on waiting. */
function packInOrder(
  db: Database,
  keySet: number,
  writer: number,
  loose: readonly TailRow[],
  fresh: Records,
): void {
  const records =
    loose.length === 0 ? fresh : joinRecords([loadTails(db, loose, fresh.columns.length), fresh]);
  removeTails(db, loose);
  if (!isWorthPlacing(records)) {
    addTail(db, keySet, writer, 2, records);
    return;
  }
  const lastStretch = sortedStretches(records).at(-1)!;
  const rest = (records.count - lastStretch) % CHUNK_RECORDS;
  place(db, keySet, sliceRecords(records, 0, records.count - rest));
  if (rest > 0) {
    addTail(db, keySet, writer, 1, sliceRecords(records, records.count - rest, records.count));
  }
}

function isWorthPlacing(records: Records): boolean {
  const stretches = sortedStretches(records).length;
  return stretches === 1 || records.count / stretches >= LEAST_STRETCH;
}

/** Puts each stretch of records that is in order behind the segment that ends last before it. */
function place(db: Database, keySet: number, records: Records): void {
  const starts = sortedStretches(records);
  starts.forEach((from, i) => {
    const stretch = sliceRecords(records, from, starts[i + 1] ?? records.count);
    const before = listSegments(db, keySet).filter(
      (segment) =>
        segment.lanes === LANES.both &&
        isOpen(segment) &&
        segment.last_time <= stretch.times[0]! &&
        endsBefore(segment, stretch),
    );
    const latest = before.toSorted((a, b) => a.last_step - b.last_step).at(-1);
    if (latest) appendToSegment(db, latest, stretch);
    else createSegment(db, keySet, LANES.both, stretch);
  });
}

/** Puts the records into each lane in its own order. */
function placeSorted(db: Database, keySet: number, records: Records): void {
  for (const lane of ["step", "time"] as const) {
    const sorted = pickRecords(records, sortedRows(records, lane));
    const latest = listSegments(db, keySet).findLast(
      (segment) =>
        segment.lanes === LANES[lane] &&
        isOpen(segment) &&
        (lane === "time" ? segment.last_time < sorted.times[0]! : endsBefore(segment, sorted)),
    );
    if (latest) appendToSegment(db, latest, sorted);
    else createSegment(db, keySet, LANES[lane], sorted);
  }
}

/** Nothing may be added to a segment that is being merged into another. */
function isOpen(segment: Segment): boolean {
  return segment.step_into === null && segment.time_into === null;
}

/** Whether all of the segment comes before the first of `records` in the order of records. */
function endsBefore(segment: Segment, records: Records): boolean {
  // Steps beyond 2^53 that look alike as numbers begin a segment of their own.
  if (records.steps.kind === "values" || segment.last_exact !== null) return false;
  const first = records.steps.values[0]!;
  if (segment.last_step !== first) return segment.last_step < first;
  const writers = segment.last_writer - records.writers[0]!;
  return (writers || segment.last_record - records.records[0]!) < 0;
}

function countOf(rows: readonly TailRow[]): number {
  return rows.reduce((sum, row) => sum + row.count, 0);
}
