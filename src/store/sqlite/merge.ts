/**
 * Merging segments of a lane. A merge moves records, some 100,000 a slice, from
 * its sources to its target: the target grows by what comes next in order, each
 * source's `from` moves behind what it gave. So at any time target and sources
 * together hold each record once. A target points to itself until its merge is
 * done, so that nothing else is added to it.
 *
 * Sizes fall off geometrically: a segment that is not larger than four times
 * all smaller ones together is merged with them, so that a lane has few
 * segments and a record is moved few times. Segments that are in order in both
 * lanes are left alone while they are few, since merging would give each lane
 * a copy of its own.
 */

import type { Database } from "./database.ts";
import { keyCountOf } from "./key-sets.ts";
import {
  comparison,
  joinRecords,
  pickRecords,
  type Records,
  type SegmentLane,
  sliceRecords,
} from "./records.ts";
import {
  appendToSegment,
  CHUNK_RECORDS,
  createSegment,
  FIRST_KEY,
  firstRecord,
  isInLane,
  LANES,
  listSegments,
  loadChunk,
  removeChunks,
  removeSegment,
  type Segment,
} from "./segments.ts";

/** Segments that are merged at once; of a key set with many keys fewer, so that their values fit into memory. */
const MOST_SOURCES = 16;
const MOST_MERGED_VALUES = 8_000_000;
/** Segments in order in both lanes that are left alone. */
const MOST_IN_BOTH = 8;
const SIZE_RATIO = 4;

/** Does a slice of the merges of a lane; false where nothing is to be merged. `isFinal`: nothing more is expected. */
export function mergeSlice(
  db: Database,
  keySet: number,
  lane: SegmentLane,
  isFinal: boolean,
): boolean {
  const keyCount = keyCountOf(db, keySet);
  const segments = listSegments(db, keySet).filter((segment) => isInLane(segment, lane));
  const target = segments.find((segment) => intoOf(segment, lane) === segment.id);
  const sources = target
    ? segments.filter((segment) => intoOf(segment, lane) === target.id && segment.id !== target.id)
    : chooseSources(segments, lane, isFinal, mostSources(keyCount));
  if (sources.length === 0) return false;
  const { records, taken } = nextRecords(db, keyCount, sources, lane);
  const id = target?.id ?? createTarget(db, keySet, lane, sources, records);
  if (target) appendToSegment(db, target, records);
  let left = 0;
  sources.forEach((source, i) => {
    if (moveOn(db, source, lane, taken[i]!)) left++;
  });
  if (left === 0) db.run(`UPDATE segments SET ${lane}_into = NULL WHERE id = ?`, id);
  return true;
}

/** Which segments are to be merged next; none, or at least two. */
function chooseSources(
  segments: readonly Segment[],
  lane: SegmentLane,
  isFinal: boolean,
  most: number,
): readonly Segment[] {
  const sizeOf = (segment: Segment) => segment.count - firstRecord(segment, lane);
  const bySize = segments.toSorted((a, b) => sizeOf(a) - sizeOf(b) || a.id - b.id);
  const inBoth = bySize.filter((segment) => segment.lanes === LANES.both);
  if (inBoth.length > MOST_IN_BOTH) return inBoth.slice(0, most);
  const own = bySize.filter((segment) => segment.lanes !== LANES.both);
  let [smaller, count] = [0, 0];
  own.forEach((segment, i) => {
    if (i > 0 && (isFinal || sizeOf(segment) <= SIZE_RATIO * smaller)) count = i + 1;
    smaller += sizeOf(segment);
  });
  return own.slice(0, Math.min(count, most));
}

/** Two at least; each has two chunks in memory. */
function mostSources(keyCount: number): number {
  const values = 2 * CHUNK_RECORDS * (FIRST_KEY + keyCount);
  return Math.max(2, Math.min(MOST_SOURCES, Math.floor(MOST_MERGED_VALUES / values)));
}

/** The records that come next in the lane, and how many of them each source gives. */
function nextRecords(
  db: Database,
  keyCount: number,
  sources: readonly Segment[],
  lane: SegmentLane,
): { readonly records: Records; readonly taken: readonly number[] } {
  const windows = sources.map((source) => readWindow(db, source, lane, keyCount));
  const all = joinRecords(windows);
  const compare = comparison(all, lane);
  const rows = new Uint32Array(all.count);
  const taken = sources.map(() => 0);
  let begin = 0;
  const heads = windows.map((window, i) => {
    const source = sources[i]!;
    const head = { i, row: begin, end: begin + window.count, hasMore: false };
    head.hasMore = firstRecord(source, lane) + window.count < source.count;
    begin = head.end;
    return head;
  });
  let count = 0;
  while (heads.length > 0) {
    let first = heads[0]!;
    for (const head of heads) if (compare(head.row, first.row) < 0) first = head;
    rows[count++] = first.row++;
    taken[first.i]! += 1;
    if (first.row < first.end) continue;
    // Behind the end of a window whose source has more, the order is not known yet.
    if (first.hasMore) break;
    heads.splice(heads.indexOf(first), 1);
  }
  return { records: pickRecords(all, rows.subarray(0, count)), taken };
}

/** The rest of the chunk that a source is at, and the chunk behind it: so the shortest window has a chunk's records. */
function readWindow(db: Database, source: Segment, lane: SegmentLane, keyCount: number): Records {
  const from = firstRecord(source, lane);
  const chunk = Math.floor(from / CHUNK_RECORDS);
  const last = Math.min(chunk + 1, Math.ceil(source.count / CHUNK_RECORDS) - 1);
  const chunks = Array.from({ length: last - chunk + 1 }, (_, i) =>
    loadChunk(db, source, chunk + i, keyCount),
  );
  const records = joinRecords(chunks);
  return sliceRecords(records, from - chunk * CHUNK_RECORDS, records.count);
}

function createTarget(
  db: Database,
  keySet: number,
  lane: SegmentLane,
  sources: readonly Segment[],
  records: Records,
): number {
  const id = createSegment(db, keySet, LANES[lane], records);
  for (const { id: source } of [...sources, { id }]) {
    db.run(`UPDATE segments SET ${lane}_into = ? WHERE id = ?`, id, source);
  }
  return id;
}

/** Moves a source behind the records that it gave; false where it has no more for the lane. */
function moveOn(db: Database, source: Segment, lane: SegmentLane, taken: number): boolean {
  const from = firstRecord(source, lane) + taken;
  const hasMore = from < source.count;
  const lanes = hasMore ? source.lanes : source.lanes & ~LANES[lane];
  const after: Segment = { ...source, lanes, [`${lane}_from`]: from };
  if (lanes === 0) {
    removeSegment(db, source);
    return false;
  }
  removeChunks(db, source.id, goneChunks(source), goneChunks(after));
  const into = hasMore ? intoOf(source, lane) : null;
  db.run(`UPDATE segments SET lanes = ?, ${lane}_from = ? WHERE id = ?`, lanes, from, source.id);
  if (into === null && !hasMore) {
    db.run(`UPDATE segments SET ${lane}_into = NULL WHERE id = ?`, source.id);
  }
  return hasMore;
}

/** Chunks that no lane of the segment sees any more. */
function goneChunks(segment: Segment): number {
  const froms = (["step", "time"] as const)
    .filter((lane) => isInLane(segment, lane))
    .map((lane) => firstRecord(segment, lane));
  return Math.floor(Math.min(...froms) / CHUNK_RECORDS);
}

function intoOf(segment: Segment, lane: SegmentLane): number | null {
  return lane === "step" ? segment.step_into : segment.time_into;
}
