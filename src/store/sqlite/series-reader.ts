/**
 * Reading a chart. For each series the segments of the lane and the tails are
 * looked through, from the top of each pyramid down: an entry that lies inside
 * the range, and inside one bucket or no wider than half of one, is taken whole,
 * any other is looked into, down to the points. So a read touches a few entries for each
 * bucket, whatever the number of points, and an entry is counted in the bucket
 * of its first point.
 */

import {
  BucketAccumulator,
  type Buckets,
  type PointOrigin,
} from "../../series/bucket-accumulator.ts";
import { ROLLUP_FANOUT, ROLLUP_POINTS, type Rollups } from "../../series/rollups.ts";
import { cellOf, gridOf } from "../choose-grid.ts";
import type { Column, Grid, SeriesAnswer, SeriesAxis, SeriesQuery } from "../store.ts";
import { runRow } from "./catalogue.ts";
import type { Database } from "./database.ts";
import { columnsOfSeries, type SeriesColumn } from "./key-sets.ts";
import { columnNumbers, nonNumbers, orderAt, type SegmentLane } from "./records.ts";
import { entryCount, PAGE_ENTRIES, topLevel } from "./rollup-pages.ts";
import { type LoadedTail, RunCache } from "./run-cache.ts";
import { CHUNK_RECORDS, FIRST_KEY, firstRecord, isInLane, type Segment } from "./segments.ts";
import { decodeStats, type SeriesStats } from "./series-stats.ts";

interface FoundSeries {
  readonly run: number;
  readonly id: number;
  readonly stats: SeriesStats;
}

/** The answer to a query, on one state of the data. */
export function readSeries(db: Database, query: SeriesQuery): SeriesAnswer {
  const { axis, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
  const found = findSeries(db, query);
  const extent = extentOf(found, axis);
  const low = Math.max(from, extent?.from ?? 0);
  const high = Math.max(low, Math.min(to, extent?.to ?? 0));
  const grid = gridOf(query.buckets, low, high);
  const range = { from, to, low, high };
  // Series of one run share what is read of its steps and times.
  const series = new Array<Buckets>(found.length);
  const byRun = Map.groupBy(found.keys(), (i) => found[i]?.run);
  for (const indexes of byRun.values()) {
    const cache = new RunCache(db, axis);
    for (const i of indexes) series[i] = readOne(db, cache, found[i], axis, grid, range);
  }
  return { grid, ...(extent && { extent }), series };
}

interface Range {
  readonly from: number;
  readonly to: number;
  /** The range in which there are points of any series. */
  readonly low: number;
  readonly high: number;
}

function findSeries(db: Database, query: SeriesQuery): (FoundSeries | undefined)[] {
  const runs = new Map<string, number | undefined>();
  return query.series.map(({ run, key }) => {
    if (!runs.has(run)) runs.set(run, runRow(db, query.project, run, query.lane));
    const id = runs.get(run);
    if (id === undefined) return undefined;
    const sql = "SELECT id, stats, last_step FROM series WHERE run = ? AND key = ?";
    const row = db.get(sql, id, key);
    if (row === undefined) return undefined;
    const stats = decodeStats(row.stats as Uint8Array, row.last_step as string | null);
    return { run: id, id: row.id as number, stats };
  });
}

/** Lowest and highest x of a series. */
function rangeOf({ stats }: FoundSeries, axis: SeriesAxis): { from: number; to: number } {
  return axis === "step"
    ? { from: stats.minStep, to: stats.lastStep }
    : { from: stats.minTime, to: stats.maxTime };
}

function extentOf(
  found: readonly (FoundSeries | undefined)[],
  axis: SeriesAxis,
): { from: number; to: number } | undefined {
  let extent: { from: number; to: number } | undefined;
  for (const series of found) {
    if (series === undefined) continue;
    const { from, to } = rangeOf(series, axis);
    extent = extent
      ? { from: Math.min(extent.from, from), to: Math.max(extent.to, to) }
      : { from, to };
  }
  return extent;
}

function readOne(
  db: Database,
  cache: RunCache,
  series: FoundSeries | undefined,
  axis: SeriesAxis,
  grid: Grid,
  { from, to, low, high }: Range,
): Buckets {
  if (series === undefined) return new BucketAccumulator(grid, 0, -1).finish();
  const whole = rangeOf(series, axis);
  const [first, last] = [Math.max(low, whole.from), Math.min(high, whole.to)];
  if (!(first <= last)) return new BucketAccumulator(grid, 0, -1).finish();
  const buckets = new BucketAccumulator(grid, cellOf(grid, first), cellOf(grid, last));
  for (const column of columnsOfSeries(db, series.id)) {
    scanColumn(cache, column, { axis, from, to, last, grid, buckets });
  }
  return buckets.finish();
}

interface Scan {
  readonly axis: SegmentLane;
  /** Inclusive. */
  readonly from: number;
  readonly to: number;
  /** Highest x of the series in the range: its bucket holds it, whatever entry it lies in. */
  readonly last: number;
  readonly grid: Grid;
  readonly buckets: BucketAccumulator;
}

function scanColumn(cache: RunCache, { keySet, number }: SeriesColumn, scan: Scan): void {
  for (const segment of cache.segments(keySet)) {
    if (isInLane(segment, scan.axis)) new SegmentScan(cache, segment, number, scan).run();
  }
  for (const tail of cache.tails(keySet)) scanTail(tail, number, scan);
}

/** What becomes of an entry: nothing, what is below it, or itself. */
const OUTSIDE = 0;
const BELOW = 1;
const WHOLE = 2;

/** Levels that a look into one or two entries goes down at once. */
const EDGE_LEVELS = 3;

/** A look through the pyramid of one column of one segment. */
class SegmentScan {
  readonly #cache: RunCache;
  readonly #segment: Segment;
  readonly #column: number;
  readonly #scan: Scan;
  /** Records before it have moved on. */
  readonly #first: number;
  readonly #stream = {};

  constructor(cache: RunCache, segment: Segment, number: number, scan: Scan) {
    this.#cache = cache;
    this.#segment = segment;
    this.#column = FIRST_KEY + number;
    this.#scan = scan;
    this.#first = firstRecord(segment, scan.axis);
  }

  run(): void {
    const { count } = this.#segment;
    if (count <= CHUNK_RECORDS) {
      this.#takePoints(this.#first, count);
      return;
    }
    const level = topLevel(count);
    const span = spanOf(level);
    this.#takeEntries(level, Math.floor(this.#first / span), entryCount(count, level));
  }

  /** Takes entries `from` (inclusive) to `to` (exclusive) of a level, page by page. */
  #takeEntries(level: number, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const page = Math.floor(at / PAGE_ENTRIES);
      const end = Math.min(to, (page + 1) * PAGE_ENTRIES);
      this.#takePage(level, page, at - page * PAGE_ENTRIES, end - page * PAGE_ENTRIES);
      at = end;
    }
  }

  /** Takes entries of a page: stretches that are taken whole, the others by what is below them. */
  #takePage(level: number, page: number, from: number, to: number): void {
    const axis = this.#cache.axis(this.#segment, level, page, from, to);
    const { firstX, lastX } = axis;
    const begin = page * PAGE_ENTRIES + from;
    const origin = { stream: this.#stream, order: axis.order };
    const kinds = this.#classify(level, begin, firstX, lastX);
    let rollups: Rollups | undefined;
    if (kinds.includes(WHOLE)) {
      rollups = this.#cache.rollups(this.#segment, this.#column, level, page, from, to);
      for (let i = 0; i < kinds.length; i++) {
        if (kinds[i] === WHOLE && !(rollups && rollups.count[i]! >= 0)) kinds[i] = BELOW;
      }
    }
    for (let at = 0; at < kinds.length; ) {
      const start = at;
      const kind = kinds[at];
      while (at < kinds.length && kinds[at] === kind) at++;
      if (kind === BELOW) {
        let narrowest = Number.POSITIVE_INFINITY;
        for (let i = start; i < at; i++) narrowest = Math.min(narrowest, lastX[i]! - firstX[i]!);
        this.#takeBelow(level, begin + start, begin + at, narrowest);
      } else if (kind === WHOLE) {
        this.#scan.buckets.addRollups(origin, rollups!, firstX, lastX, start, at);
      }
    }
  }

  /** Which entries, from `begin` on, are outside of the range, are taken whole, or are to be looked into. */
  #classify(level: number, begin: number, firstX: Float64Array, lastX: Float64Array): Uint8Array {
    const { grid, last, from: low, to: high } = this.#scan;
    const widest = grid.width / 2;
    const firstWhole = Math.ceil(this.#first / spanOf(level)) - begin;
    const kinds = new Uint8Array(firstX.length);
    for (let i = 0; i < kinds.length; i++) {
      const x0 = firstX[i]!;
      const x1 = lastX[i]!;
      if (x1 < low || x0 > high) kinds[i] = OUTSIDE;
      else if (x0 < low || x1 > high || i < firstWhole) kinds[i] = BELOW;
      else if (x1 - x0 <= widest && x1 < last) kinds[i] = WHOLE;
      else kinds[i] = cellOf(grid, x0) === cellOf(grid, x1) ? WHOLE : BELOW;
    }
    return kinds;
  }

  /** Takes what lies below entries `from` (inclusive) to `to` (exclusive), the narrowest of which is `width` wide. */
  #takeBelow(level: number, from: number, to: number, width: number): void {
    const { count } = this.#segment;
    if (level > 1) {
      // An end of the range is a few entries whatever the level; others are looked into where they fit into a bucket.
      const fitting = Math.log(width / this.#scan.grid.width) / Math.log(ROLLUP_FANOUT);
      const down = Math.max(to - from <= 2 ? EDGE_LEVELS : 1, Math.floor(fitting));
      const below = Math.max(1, level - down);
      const each = ROLLUP_FANOUT ** (level - below);
      const first = Math.max(from * each, Math.floor(this.#first / spanOf(below)));
      this.#takeEntries(below, first, Math.min(to * each, entryCount(count, below)));
    } else {
      const first = Math.max(from * ROLLUP_POINTS, this.#first);
      this.#takePoints(first, Math.min(to * ROLLUP_POINTS, count));
    }
  }

  /** Takes the points of records `from` (inclusive) to `to` (exclusive) that lie in the range. */
  #takePoints(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const chunk = Math.floor(at / CHUNK_RECORDS);
      const begin = chunk * CHUNK_RECORDS;
      const end = Math.min(to, begin + CHUNK_RECORDS);
      const first = at - begin;
      const xs = this.#cache.chunkXs(this.#segment, chunk, first, end - begin);
      const [i, j] = clip(xs, 0, xs.length, this.#scan.from, this.#scan.to);
      if (i < j) {
        const [cache, segment] = [this.#cache, this.#segment];
        const column = cache.chunkColumn(segment, chunk, this.#column, first, end - begin);
        const origin: PointOrigin = {
          stream: this.#stream,
          order: (row) => cache.chunkOrder(segment, chunk, first + row),
        };
        addColumn(this.#scan.buckets, origin, xs, column, i, j);
      }
      at = end;
    }
  }
}

function scanTail(tail: LoadedTail, number: number, scan: Scan): void {
  const { xs } = tail;
  const column = tail.column(number);
  const order = (row: number) => orderAt(tail.records, row);
  if (tail.isSorted) {
    const [from, to] = clip(xs, 0, xs.length, scan.from, scan.to);
    // A stream of its own: another column of the tail may give points of the same records to the series.
    addColumn(scan.buckets, { stream: {}, order }, xs, column, from, to);
    return;
  }
  const values = columnNumbers(column);
  const marks = nonNumbers(column);
  for (let row = 0; row < xs.length; row++) {
    if (marks?.[row] || xs[row]! < scan.from || xs[row]! > scan.to) continue;
    scan.buckets.addPoint({ stream: {}, order }, xs[row]!, values[row]!, row);
  }
}

/** Adds the numbers of a column between two rows; what is no number is no point. */
function addColumn(
  buckets: BucketAccumulator,
  origin: PointOrigin,
  xs: Float64Array,
  column: Column,
  from: number,
  to: number,
): void {
  const values = columnNumbers(column);
  const marks = nonNumbers(column);
  if (marks === undefined) {
    buckets.addPoints(origin, xs, values, from, to);
    return;
  }
  for (let row = from; row < to; row++) {
    if (!marks[row]) buckets.addPoints(origin, xs, values, row, row + 1);
  }
}

/** Records that an entry of the level spans. */
function spanOf(level: number): number {
  return ROLLUP_POINTS * ROLLUP_FANOUT ** (level - 1);
}

/** The part of rows `from` to `to`, which are ordered, whose x lies between `low` and `high`, both inclusive. */
function clip(
  xs: Float64Array,
  from: number,
  to: number,
  low: number,
  high: number,
): [from: number, to: number] {
  return [
    firstRow(from, to, (row) => xs[row]! >= low),
    firstRow(from, to, (row) => xs[row]! > high),
  ];
}

/** The first row between `from` and `to` for which `isBehind` holds; it holds for all that follow. */
function firstRow(from: number, to: number, isBehind: (row: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBehind(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
