/**
 * Keeps the buckets of a chart true while data arrives: the tail that was read
 * again replaces the old one; a grid that has grown too fine gives its
 * neighbours to each other, so that a chart never holds more than it can show.
 */

import type { FrameSeries, SeriesFrame } from "../../../src/protocol/series-frame.ts";

export type Grid = SeriesFrame["grid"];

const COLUMNS = ["firstX", "lastX", "first", "last", "min", "max", "mean", "count"] as const;
const ODD_COLUMNS = ["nan", "posInf", "negInf"] as const;

/** Number of the bucket of `grid` that holds `x`. */
export function bucketOf(x: number, grid: Grid): number {
  return Math.floor((x - grid.origin) / grid.width);
}

/** Where the bucket of `grid` that holds `x` begins. */
export function bucketStart(x: number, grid: Grid): number {
  return grid.origin + bucketOf(x, grid) * grid.width;
}

/** `old` up to, not including, bucket `from`, then `tail` from there on. Both on one grid. */
export function replaceTail(old: FrameSeries, tail: FrameSeries, from: number): FrameSeries {
  const keep = lowerBound(old.index, from);
  const skip = lowerBound(tail.index, from);
  if (keep === 0 && skip === 0) return tail;
  const length = keep + tail.length - skip;
  const index = new Int32Array(length);
  index.set(old.index.subarray(0, keep));
  index.set(tail.index.subarray(skip), keep);
  const column = (name: (typeof COLUMNS)[number] | (typeof ODD_COLUMNS)[number]): Float64Array => {
    const isNone = old[name].length === 0 && tail[name].length === 0;
    if (isNone) return old[name];
    const joined = new Float64Array(length);
    joined.set(old[name].subarray(0, keep));
    joined.set(tail[name].subarray(skip), keep);
    return joined;
  };
  return { run: tail.run, key: tail.key, length, index, ...columns(column) };
}

/** The same series with buckets twice as wide, on {@link coarserGrid} of its grid. */
export function mergeNeighbours(series: FrameSeries, grid: Grid): FrameSeries {
  // Where the origin is no multiple of the new width, the new origin lies one bucket before it.
  const shift = Math.round((grid.origin - coarserGrid(grid).origin) / grid.width);
  const pairs: [number, number][] = [];
  for (let i = 0; i < series.length; i += 1) {
    const target = Math.floor((series.index[i]! + shift) / 2);
    const last = pairs.at(-1);
    if (last && Math.floor((series.index[last[0]]! + shift) / 2) === target) last[1] = i;
    else pairs.push([i, i]);
  }
  const pick = (name: (typeof COLUMNS)[number], side: 0 | 1) =>
    Float64Array.from(pairs, (pair) => series[name][pair[side]]!);
  const odd = (name: (typeof ODD_COLUMNS)[number]) =>
    series[name].length === 0
      ? series[name]
      : Float64Array.from(pairs, ([a, b]) => series[name][a]! + (a === b ? 0 : series[name][b]!));
  const finite = (i: number) =>
    series.count[i]! - ODD_COLUMNS.reduce((sum, name) => sum + (series[name][i] ?? 0), 0);
  return {
    run: series.run,
    key: series.key,
    length: pairs.length,
    index: Int32Array.from(pairs, ([a]) => Math.floor((series.index[a]! + shift) / 2)),
    firstX: pick("firstX", 0),
    lastX: pick("lastX", 1),
    first: pick("first", 0),
    last: pick("last", 1),
    min: Float64Array.from(pairs, ([a, b]) => lower(series.min[a]!, series.min[b]!)),
    max: Float64Array.from(pairs, ([a, b]) => -lower(-series.max[a]!, -series.max[b]!)),
    mean: Float64Array.from(pairs, ([a, b]) =>
      a === b
        ? series.mean[a]!
        : weightedMean(series.mean[a]!, finite(a), series.mean[b]!, finite(b)),
    ),
    count: Float64Array.from(
      pairs,
      ([a, b]) => series.count[a]! + (a === b ? 0 : series.count[b]!),
    ),
    nan: odd("nan"),
    posInf: odd("posInf"),
    negInf: odd("negInf"),
  };
}

/** The grid of twice the width whose origin is again a multiple of the width. */
export function coarserGrid(grid: Grid): Grid {
  const width = grid.width * 2;
  return { origin: Math.floor(grid.origin / width) * width, width };
}

/** How many buckets lie between the first and the last one of `series`, both counted; 0 where there is none. */
export function bucketSpan(series: Iterable<FrameSeries>): number {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const { length, index } of series) {
    if (length === 0) continue;
    lowest = Math.min(lowest, index[0]!);
    highest = Math.max(highest, index[length - 1]!);
  }
  return Math.max(0, highest - lowest + 1);
}

function columns(
  column: (name: (typeof COLUMNS)[number] | (typeof ODD_COLUMNS)[number]) => Float64Array,
) {
  return {
    firstX: column("firstX"),
    lastX: column("lastX"),
    first: column("first"),
    last: column("last"),
    min: column("min"),
    max: column("max"),
    mean: column("mean"),
    count: column("count"),
    nan: column("nan"),
    posInf: column("posInf"),
    negInf: column("negInf"),
  };
}

function lower(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.min(a, b);
}

function weightedMean(a: number, countA: number, b: number, countB: number): number {
  if (Number.isNaN(a)) return b;
  if (Number.isNaN(b)) return a;
  return (a * countA + b * countB) / (countA + countB);
}

/** Position of the first entry of rising `index` that is `from` or more. */
function lowerBound(index: Int32Array, from: number): number {
  let low = 0;
  let high = index.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (index[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
