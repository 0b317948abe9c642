/**
 * The one x range that the charts of a page share, so that their axes line up
 * across and down and a cursor stands at the same place in all of them. It is
 * the union of what is loaded of the metrics and runs shown: it never asks for
 * a read, and while data arrives it only grows. Every series keeps a grid of
 * its own; only what is drawn has the range in common.
 */

import type { Axis } from "../../../src/protocol/api.ts";
import type { FrameSeries } from "../../../src/protocol/series-frame.ts";
import type { Range } from "../charts/value-range.ts";
import type { ChartSeries } from "./chart-series.ts";

/** How far one series is known to reach. */
interface Reach extends Range {
  /** Lowest x above 0, where a logarithmic axis can begin; Infinity without one. */
  readonly aboveZero: number;
}

export class SharedX {
  /** By axis, metric and run: what is hidden leaves the union, what is read no more stays in it. */
  readonly #known: Readonly<Record<Axis, Map<string, Map<string, Reach>>>> = {
    step: new Map(),
    relative: new Map(),
    wall: new Map(),
  };

  /** Takes in what is held of metric `key`. Returns whether any series reaches farther than was known. */
  take(key: string, held: ChartSeries): boolean {
    const metrics = this.#known[held.axis];
    const runs = metrics.get(key) ?? new Map<string, Reach>();
    metrics.set(key, runs);
    let hasGrown = false;
    for (const [run, series] of held.series) {
      if (series.length === 0) continue;
      const old = runs.get(run);
      const reach = joined(old, reachOf(series));
      if (old && sameReach(old, reach)) continue;
      runs.set(run, reach);
      hasGrown = true;
    }
    return hasGrown;
  }

  /** The range of all that is known of `keys` and `runs`; undefined where nothing can be drawn. */
  range(
    axis: Axis,
    keys: Iterable<string>,
    runs: ReadonlySet<string>,
    log: boolean,
  ): Range | undefined {
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (const key of keys) {
      for (const [run, reach] of this.#known[axis].get(key) ?? []) {
        if (!runs.has(run) || (log && reach.to <= 0)) continue;
        from = Math.min(from, log ? reach.aboveZero : reach.from);
        to = Math.max(to, reach.to);
      }
    }
    return from <= to ? { from, to } : undefined;
  }
}

function reachOf(series: FrameSeries): Reach {
  return {
    from: series.firstX[0]!,
    to: series.lastX[series.length - 1]!,
    aboveZero: lowestAboveZero(series),
  };
}

/** A bucket that begins at 0 or below is drawn at its middle, the last one at its end too. */
function lowestAboveZero({ length, firstX, lastX }: FrameSeries): number {
  for (let i = 0; i < length; i += 1) {
    if (firstX[i]! > 0) return firstX[i]!;
    const middle = (firstX[i]! + lastX[i]!) / 2;
    if (middle > 0) return middle;
  }
  const end = lastX[length - 1]!;
  return end > 0 ? end : Number.POSITIVE_INFINITY;
}

function joined(a: Reach | undefined, b: Reach): Reach {
  if (!a) return b;
  return {
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    aboveZero: Math.min(a.aboveZero, b.aboveZero),
  };
}

function sameReach(a: Reach, b: Reach): boolean {
  return a.from === b.from && a.to === b.to && a.aboveZero === b.aboveZero;
}
