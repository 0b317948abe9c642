/** What is held of one metric: its buckets on one grid, run by run, and what of it is out of date. Pure: it asks nobody. */

import type { Axis } from "../../../src/protocol/api.ts";
import type { FrameSeries, SeriesFrame } from "../../../src/protocol/series-frame.ts";
import {
  bucketOf,
  bucketSpan,
  coarserGrid,
  type Grid,
  mergeNeighbours,
  replaceTail,
} from "./series-patch.ts";

/** A grid may grow to so many times the buckets asked for before neighbours are merged. */
const MOST_GROWTH = 2;

export interface ChartSeries {
  /** What its x are counted in; a page that was just switched to another axis may still hold the old one. */
  readonly axis: Axis;
  readonly grid: Grid;
  readonly series: ReadonlyMap<string, FrameSeries>;
}

/** The series of `key` in `frame`, which was read along `axis`. */
export function seriesOf(frame: SeriesFrame, key: string, axis: Axis): ChartSeries {
  const found = frame.series.filter((one) => one.key === key);
  return { axis, grid: frame.grid, series: new Map(found.map((one) => [one.run, one])) };
}

/** `held` with the series of `added`, which stand on the same grid. */
export function withSeries(held: ChartSeries, added: ChartSeries): ChartSeries {
  return { ...held, series: new Map([...held.series, ...added.series]) };
}

/** `held` with all from x = `from` on replaced by `tail`, for the runs that are in it. `from` begins a bucket. */
export function withTail(held: ChartSeries, tail: ChartSeries, from: number): ChartSeries {
  const bucket = bucketOf(from, held.grid);
  const series = new Map(held.series);
  for (const [run, fresh] of tail.series) {
    const old = held.series.get(run);
    series.set(run, old ? replaceTail(old, fresh, bucket) : fresh);
  }
  return { ...held, series };
}

/** `held` with neighbours merged until a chart of `buckets` can show it. */
export function coarsened(held: ChartSeries, buckets: number): ChartSeries {
  let { grid } = held;
  let series = [...held.series.values()];
  if (bucketSpan(series) <= buckets * MOST_GROWTH) return held;
  while (bucketSpan(series) > buckets) {
    const from = grid;
    series = series.map((one) => mergeNeighbours(one, from));
    grid = coarserGrid(grid);
  }
  return { ...held, grid, series: new Map(series.map((one) => [one.run, one])) };
}

/** Whether a read with a new grid would show much more: few buckets, and several points in each. */
export function isTooCoarse(held: ChartSeries, buckets: number): boolean {
  if (bucketSpan(held.series.values()) >= buckets / 4) return false;
  for (const { count } of held.series.values()) {
    let points = 0;
    for (const one of count) points += one;
    if (points > 8 && points > count.length * 2) return true;
  }
  return false;
}
