/**
 * What is to be read next for the charts in sight, and how an answer is joined
 * with what they hold: all of a chart, then runs that were added, then the tails
 * of what changed. It asks nobody: it makes one read at a time, and each is made
 * from what the charts are then, so whoever takes one begins it before the next.
 */

import type { Axis, SeriesRequest } from "../../../src/protocol/api.ts";
import type { SeriesFrame } from "../../../src/protocol/series-frame.ts";
import { type ChartEntry, isFree, isHeld } from "./chart-entry.ts";
import { type ChartSeries, seriesOf, withSeries, withTail } from "./chart-series.ts";
import { bucketStart, type Grid } from "./series-patch.ts";

/** What all charts show alike. */
export interface SeriesView {
  readonly runs: readonly string[];
  readonly axis: Axis;
  readonly zoom: { readonly from: number; readonly to: number } | undefined;
  readonly buckets: number;
}

/** One request for several charts. */
export interface SeriesRead {
  readonly entries: readonly ChartEntry[];
  readonly request: Pick<SeriesRequest, "runs" | "buckets" | "from" | "to">;
  /** What `entry` holds once the answer is there. */
  readonly take: (entry: ChartEntry, frame: SeriesFrame) => ChartSeries | undefined;
}

const MOST_KEYS_A_REQUEST = 3;

/**
 * @param entries Charts in sight, topmost first.
 * @param rangeClass Metrics of the same class may share a grid.
 */
export function* dueReads(
  entries: readonly ChartEntry[],
  view: SeriesView,
  rangeClass: (key: string) => number,
): Generator<SeriesRead> {
  const free = entries.filter(isFree);
  const whole = free.filter((entry) => entry.isStale || entry.state.held === undefined);
  for (const group of groupBy(whole, (entry) => `${rangeClass(entry.key)}`)) {
    for (let i = 0; i < group.length; i += MOST_KEYS_A_REQUEST) {
      yield readWhole(group.slice(i, i + MOST_KEYS_A_REQUEST), view);
    }
  }
  const lacking = free.filter((entry) => isHeld(entry) && missing(entry, view).length > 0);
  const sameRead = (entry: ChartEntry) => `${gridName(entry)} ${missing(entry, view).join(" ")}`;
  for (const group of groupBy(lacking, sameRead)) yield readMissing(group, view);
  for (const group of groupBy(free.filter(isHeld), gridName)) {
    const read = readTails(group, view);
    if (read) yield read;
  }
}

function readWhole(entries: readonly ChartEntry[], view: SeriesView): SeriesRead {
  const { runs, zoom, buckets, axis } = view;
  for (const entry of entries) {
    // From here on a change is a change to what is being read.
    entry.asked = new Set(runs);
    entry.dirty.clear();
  }
  return {
    entries,
    request: { runs: [...runs], buckets, ...zoom },
    take: (entry, frame) => {
      entry.isStale = false;
      return seriesOf(frame, entry.key, axis);
    },
  };
}

function missing(entry: ChartEntry, view: SeriesView): string[] {
  return view.runs.filter((run) => !entry.asked.has(run));
}

/** Adds runs to charts that lack the same ones; where those are most of them, a new grid suits better. */
function readMissing(entries: readonly ChartEntry[], view: SeriesView): SeriesRead {
  const runs = missing(entries[0]!, view);
  if (runs.length > view.runs.length / 2) return readWhole(entries, view);
  const { grid } = entries[0]!.state.held!;
  const { isOpen, ...range } = readable(grid, view);
  for (const entry of entries) for (const run of runs) entry.asked.add(run);
  return {
    entries,
    request: { runs, buckets: grid, ...range },
    take: (entry, frame) => {
      if (isOpen && isBeyond(frame, range.to)) return keptAsStale(entry);
      return withSeries(entry.state.held!, seriesOf(frame, entry.key, view.axis));
    },
  };
}

/** From the lowest x on that changed in any of `entries`, which share a grid; undefined where nothing shown did. */
function readTails(entries: readonly ChartEntry[], view: SeriesView): SeriesRead | undefined {
  const shown = new Set(view.runs);
  const dirty = entries.filter((entry) => [...entry.dirty.keys()].some((run) => shown.has(run)));
  const grid = dirty[0]?.state.held?.grid;
  if (!grid) return undefined;
  const runs = new Set<string>();
  let lowest = Number.POSITIVE_INFINITY;
  for (const entry of dirty) {
    for (const [run, from] of entry.dirty) {
      if (!shown.has(run)) continue;
      runs.add(run);
      lowest = Math.min(lowest, from);
      entry.dirty.delete(run);
    }
  }
  const { isOpen, to, from: least = Number.NEGATIVE_INFINITY } = readable(grid, view);
  const from = Math.max(bucketStart(lowest, grid), least);
  // Beyond the zoom nothing is shown; beyond the grid another grid is due.
  if (from > to) return isOpen ? readWhole(dirty, view) : undefined;
  return {
    entries: dirty,
    request: { runs: [...runs], buckets: grid, from, to },
    take: (entry, frame) => {
      if (isOpen && isBeyond(frame, to)) return keptAsStale(entry);
      return withTail(entry.state.held!, seriesOf(frame, entry.key, view.axis), from);
    },
  };
}

/** The part of the x axis that a read on a grid given may ask for: no more buckets than a few charts' worth. Open: more may lie beyond. */
function readable(grid: Grid, view: SeriesView): { from?: number; to: number; isOpen: boolean } {
  const { zoom, buckets } = view;
  if (zoom) return { ...zoom, isOpen: false };
  return { to: grid.origin + grid.width * buckets * 4, isOpen: true };
}

function isBeyond(frame: SeriesFrame, to: number): boolean {
  return frame.extent !== undefined && frame.extent.to > to;
}

function keptAsStale(entry: ChartEntry): ChartSeries | undefined {
  entry.isStale = true;
  return entry.state.held;
}

function gridName(entry: ChartEntry): string {
  const grid = entry.state.held?.grid;
  return grid ? `${grid.origin} ${grid.width}` : "";
}

function groupBy<T>(items: readonly T[], name: (item: T) => string): T[][] {
  return [...Map.groupBy(items, name).values()];
}
