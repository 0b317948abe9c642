/**
 * The pyramid of a segment on disk. Level 1 has an entry for 64 records, each
 * level above one for four entries; a level exists where the one below has
 * more than one page. A page holds up to 512 entries of one level of one
 * column, or of an axis: there, the lowest and highest x of each entry and the
 * order of the records that have them, once for all columns.
 *
 * An entry that holds a value which is no number has the count −1: whoever
 * needs it looks below.
 */

import type { PointOrder } from "../../series/bucket-accumulator.ts";
import { decodeNumbers, encodeFlat } from "../../series/number-codec.ts";
import {
  decodeRollups,
  encodeRollups,
  joinArrays,
  joinRollups,
  ROLLUP_FANOUT,
  ROLLUP_POINTS,
  type Rollups,
  rollUpRollups,
  rollUpValues,
  sliceRollups,
  splitArrays,
} from "../../series/rollups.ts";
import type { Column } from "../store.ts";
import { keepBlob, unpackBlob } from "./column-blob.ts";
import { DamagedData, decodeAt } from "./damage.ts";
import type { Database } from "./database.ts";
import { columnNumbers, nonNumbers, type Records, type SegmentLane } from "./records.ts";

/** Entries of a page. */
export const PAGE_ENTRIES = 512;

/** Numbers of the axes among the columns of a segment; see `segments.ts`. */
export const AXIS_COLUMNS: Readonly<Record<SegmentLane, number>> = { step: 0, time: 1 };

/** Entries of an axis: what is true of the first and of the last record of each. */
export interface AxisEntries {
  readonly length: number;
  /** x, writer, record number; on the time axis the step as well. */
  readonly first: readonly Float64Array[];
  readonly last: readonly Float64Array[];
}

/** Entries of `level` that `records` records make. */
export function entryCount(records: number, level: number): number {
  let entries = Math.ceil(records / ROLLUP_POINTS);
  for (let l = 1; l < level; l++) entries = Math.ceil(entries / ROLLUP_FANOUT);
  return entries;
}

/** The lowest level that fits into one page. */
export function topLevel(records: number): number {
  let level = 1;
  while (entryCount(records, level) > PAGE_ENTRIES) level++;
  return level;
}

/** Where `segment`, `level`, `column` and `page` lie in the table: 23, 4, 20 and 16 bits. */
const PAGE_ID = "(? << 40) | (? << 36) | (? << 16) | ?";
const NO_BYTES = new Uint8Array(0);
type PageKey = readonly [segment: number, level: number, column: number, page: number];

/** How the entries of a column, or of an axis, are joined, cut, and made into the level above. */
interface EntryKind<Entries extends { readonly length: number }> {
  readonly join: (a: Entries, b: Entries) => Entries;
  readonly slice: (entries: Entries, from: number, to: number) => Entries;
  readonly above: (below: Entries) => Entries;
  readonly encode: (entries: Entries) => Uint8Array;
  readonly decode: (bytes: Uint8Array, length: number) => Entries;
}

const VALUES: EntryKind<Rollups> = {
  join: joinRollups,
  slice: sliceRollups,
  above: (below) => markAbove(below, rollUpRollups(below)),
  encode: encodeRollups,
  decode: decodeRollups,
};

const AXIS: EntryKind<AxisEntries> = {
  join: (a, b) => mapAxis(a.length + b.length, a, (end, i) => joined(a[end][i]!, b[end][i]!)),
  slice: (entries, from, to) =>
    mapAxis(Math.min(to, entries.length) - from, entries, (end, i) =>
      entries[end][i]!.subarray(from, to),
    ),
  above: axisAbove,
  encode: (entries) => joinArrays(0, [...entries.first, ...entries.last].map(encodeFlat)),
  decode: decodeAxis,
};

/** Where an append begins, and how many records the segment had and has. */
export interface Append {
  readonly segment: number;
  /** A multiple of the records of a chunk; what lay behind it is written anew. */
  readonly base: number;
  readonly countBefore: number;
  readonly count: number;
}

/** Writes the rollups of a column whose values from record `base` on are `column`. */
export function appendValueRollups(
  db: Database,
  append: Append,
  number: number,
  column: Column,
): void {
  const entries = rollUpValues(columnNumbers(column));
  const marks = nonNumbers(column);
  if (marks) {
    for (let row = 0; row < marks.length; row++) {
      if (marks[row]) entries.count[Math.floor(row / ROLLUP_POINTS)] = -1;
    }
  }
  appendEntries(db, append, number, VALUES, entries);
}

/** Writes the entries of an axis for the records from `base` on. */
export function appendAxis(
  db: Database,
  append: Append,
  lane: SegmentLane,
  records: Records,
): void {
  const xs = lane === "step" ? columnNumbers(records.steps) : records.times;
  const arrays = [xs, records.writers, records.records];
  if (lane === "time") arrays.push(columnNumbers(records.steps));
  const length = Math.ceil(records.count / ROLLUP_POINTS);
  const pick = (rowOf: (entry: number) => number) =>
    arrays.map((values) => Float64Array.from({ length }, (_, entry) => values[rowOf(entry)]!));
  const entries: AxisEntries = {
    length,
    first: pick((entry) => entry * ROLLUP_POINTS),
    last: pick((entry) => Math.min((entry + 1) * ROLLUP_POINTS, records.count) - 1),
  };
  appendEntries(db, append, AXIS_COLUMNS[lane], AXIS, entries);
}

/** Entries of a page that a read looks at. */
export interface PageRange {
  readonly segment: number;
  readonly level: number;
  readonly page: number;
  /** Entries of the page. */
  readonly length: number;
  /** The first entry (inclusive) and the last one (exclusive) that are wanted. */
  readonly from: number;
  readonly to: number;
}

/** Reads rollups of a column; undefined where it has none. */
export function readRollups(db: Database, range: PageRange, column: number): Rollups | undefined {
  const key: PageKey = [range.segment, range.level, column, range.page];
  const bytes = readBlob(db, key);
  return (
    bytes &&
    decodeAt(
      () => placeOf(key),
      () => decodeRollups(bytes, range.length, range.from, range.to),
    )
  );
}

/** Entries of an axis as a read needs them: the order of records is decoded where it decides. */
export interface AxisRange {
  readonly firstX: Float64Array;
  readonly lastX: Float64Array;
  /** `entry` counts from the first entry of the range. */
  order(entry: number, end: "first" | "last"): PointOrder;
}

/** Reads entries of an axis; undefined where there are none. */
export function readAxis(db: Database, range: PageRange, lane: SegmentLane): AxisRange | undefined {
  const { segment, level, page, length, from, to } = range;
  const key: PageKey = [segment, level, AXIS_COLUMNS[lane], page];
  const bytes = readBlob(db, key);
  if (bytes === undefined) return undefined;
  const place = () => placeOf(key);
  const parts = decodeAt(place, () => splitArrays(bytes));
  const decode = (part: number) =>
    decodeAt(place, () => decodeNumbers(parts[part] ?? NO_BYTES, length, from, to));
  let whole: AxisEntries | undefined;
  return {
    firstX: decode(0),
    lastX: decode(parts.length / 2),
    order: (entry, end) => {
      whole ??= decodeAt(place, () => decodeAxis(bytes, length));
      const [x, writer, record, step = x] = whole[end];
      const at = from + entry;
      return { step: step![at]!, writer: writer![at]!, record: record![at]! };
    },
  };
}

/** Removes all pages of a segment. */
export function removeRollups(db: Database, segment: number): void {
  db.run("DELETE FROM rollups WHERE id >= ? << 40 AND id < ? << 40", segment, segment + 1);
}

/** Writes `entries` of level 1 and what follows from them above. */
function appendEntries<Entries extends { readonly length: number }>(
  db: Database,
  { segment, base, countBefore, count }: Append,
  column: number,
  kind: EntryKind<Entries>,
  entries: Entries,
): void {
  let from = base / ROLLUP_POINTS;
  let added = entries;
  for (let level = 1; ; level++) {
    const total = entryCount(count, level);
    const hadParent = countBefore > 0 && entryCount(countBefore, level) > PAGE_ENTRIES;
    // A level that is made for the first time is made from the beginning of the one below.
    const begin = hadParent || total <= PAGE_ENTRIES ? from - (from % PAGE_ENTRIES) : 0;
    for (let page = Math.ceil(from / PAGE_ENTRIES) - 1; page * PAGE_ENTRIES >= begin; page--) {
      const kept = Math.min(from - page * PAGE_ENTRIES, PAGE_ENTRIES);
      const stored = Math.min(PAGE_ENTRIES, entryCount(countBefore, level) - page * PAGE_ENTRIES);
      const before = readPage(db, [segment, level, column, page], kind, stored);
      if (before === undefined) {
        throw new DamagedData(placeOf([segment, level, column, page]), "It is missing.");
      }
      added = kind.join(kind.slice(before, 0, kept), added);
    }
    writePages(db, [segment, level, column], kind, added, begin, from);
    if (total <= PAGE_ENTRIES) return;
    const above = hadParent ? Math.floor(from / ROLLUP_FANOUT) : 0;
    added = kind.above(kind.slice(added, above * ROLLUP_FANOUT - begin, added.length));
    from = above;
  }
}

/** Writes the pages of `entries`, whose first one is entry `begin` of its level, that hold entries from `from` on. */
function writePages<Entries extends { readonly length: number }>(
  db: Database,
  key: readonly [segment: number, level: number, column: number],
  kind: EntryKind<Entries>,
  entries: Entries,
  begin: number,
  from: number,
): void {
  const firstPage = Math.floor(from / PAGE_ENTRIES);
  for (let page = firstPage; page * PAGE_ENTRIES - begin < entries.length; page++) {
    const at = page * PAGE_ENTRIES - begin;
    const part = kind.slice(entries, at, Math.min(at + PAGE_ENTRIES, entries.length));
    const data = keepBlob(kind.encode(part));
    db.run(`INSERT OR REPLACE INTO rollups (id, data) VALUES (${PAGE_ID}, ?)`, ...key, page, data);
  }
}

function readPage<Entries extends { readonly length: number }>(
  db: Database,
  key: PageKey,
  kind: EntryKind<Entries>,
  length: number,
): Entries | undefined {
  const bytes = readBlob(db, key);
  return (
    bytes &&
    decodeAt(
      () => placeOf(key),
      () => kind.decode(bytes, length),
    )
  );
}

function placeOf([segment, level, column, page]: PageKey): string {
  return `page ${page} of level ${level} of the rollups of column ${column} of segment ${segment}`;
}

function readBlob(db: Database, key: PageKey): Uint8Array | undefined {
  const row = db.get(`SELECT data FROM rollups WHERE id = ${PAGE_ID}`, ...key);
  return (
    row &&
    decodeAt(
      () => placeOf(key),
      () => unpackBlob(row.data as Uint8Array),
    )
  );
}

/** Where an entry below is to be looked into, so is the one above. */
function markAbove(below: Rollups, above: Rollups): Rollups {
  for (let at = 0; at < below.length; at++) {
    if (below.count[at] === -1) above.count[Math.floor(at / ROLLUP_FANOUT)] = -1;
  }
  return above;
}

function axisAbove(below: AxisEntries): AxisEntries {
  const length = Math.ceil(below.length / ROLLUP_FANOUT);
  return mapAxis(length, below, (end, i) => {
    const values = below[end][i]!;
    const at = (entry: number) =>
      end === "first"
        ? entry * ROLLUP_FANOUT
        : Math.min((entry + 1) * ROLLUP_FANOUT, below.length) - 1;
    return Float64Array.from({ length }, (_, entry) => values[at(entry)]!);
  });
}

function decodeAxis(bytes: Uint8Array, length: number): AxisEntries {
  const arrays = splitArrays(bytes).map((part) => decodeNumbers(part, length));
  const half = arrays.length / 2;
  return { length, first: arrays.slice(0, half), last: arrays.slice(half) };
}

function mapAxis(
  length: number,
  like: AxisEntries,
  make: (end: "first" | "last", index: number) => Float64Array,
): AxisEntries {
  return {
    length,
    first: like.first.map((_, i) => make("first", i)),
    last: like.last.map((_, i) => make("last", i)),
  };
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
