/** What the store would answer, reckoned the plain way: the yardstick for what the page does with its answers. */

import type { FrameSeries } from "../../../../src/protocol/series-frame.ts";
import type { Grid } from "../series-patch.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Buckets of `points` on `grid`, as the store's laws say. */
export function bucketed(points: readonly Point[], grid: Grid): FrameSeries {
  const groups = Map.groupBy(points, ({ x }) => Math.floor((x - grid.origin) / grid.width));
  const buckets = [...groups].sort(([a], [b]) => a - b).map(([index, of]) => ({ index, of }));
  const column = (pick: (of: readonly Point[]) => number) =>
    Float64Array.from(buckets, ({ of }) => pick(of));
  const finite = (of: readonly Point[]) => of.map(({ y }) => y).filter(Number.isFinite);
  const orNan = (values: number[], pick: (...values: number[]) => number) =>
    values.length === 0 ? Number.NaN : pick(...values);
  const odd = (test: (y: number) => boolean) => {
    const counts = column((of) => of.filter(({ y }) => test(y)).length);
    return counts.some((count) => count > 0) ? counts : new Float64Array(0);
  };
  return {
    run: "r",
    key: "k",
    length: buckets.length,
    index: Int32Array.from(buckets, ({ index }) => index),
    firstX: column((of) => of[0]!.x),
    lastX: column((of) => of.at(-1)!.x),
    first: column((of) => of[0]!.y),
    last: column((of) => of.at(-1)!.y),
    min: column((of) => orNan(finite(of), Math.min)),
    max: column((of) => orNan(finite(of), Math.max)),
    mean: column((of) =>
      orNan(finite(of), (...all) => all.reduce((a, b) => a + b, 0) / all.length),
    ),
    count: column((of) => of.length),
    nan: odd(Number.isNaN),
    posInf: odd((y) => y === Number.POSITIVE_INFINITY),
    negInf: odd((y) => y === Number.NEGATIVE_INFINITY),
  };
}
