import fc from "fast-check";
import { expect, test } from "vitest";
import type { FrameSeries } from "../../../src/protocol/series-frame.ts";
import { coarsened, isTooCoarse } from "./chart-series.ts";
import { coarserGrid, mergeNeighbours, replaceTail } from "./series-patch.ts";
import { bucketed } from "./testing/bucketed.ts";

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -100, max: 100 }) },
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const series = fc
  .array(fc.record({ x: fc.integer({ min: 0, max: 300 }), y: value }), { minLength: 1 })
  .map((points) => points.toSorted((a, b) => a.x - b.x));
const grids = fc.record({
  origin: fc.constantFrom(0, 4, 8, -4, -12),
  width: fc.constantFrom(1, 2, 4),
});

/** Sums in another order differ in their last bits: means are compared to 9 digits. */
function rounded(one: FrameSeries): FrameSeries {
  return { ...one, mean: one.mean.map((mean) => Math.round(mean * 1e9) / 1e9 + 0) };
}

test("merging neighbours gives what a read on the coarser grid gives", () => {
  fc.assert(
    fc.property(series, grids, (points, grid) => {
      const merged = mergeNeighbours(bucketed(points, grid), grid);
      expect(rounded(merged)).toEqual(rounded(bucketed(points, coarserGrid(grid))));
    }),
  );
});

test("a tail read again in place of the old one gives what a whole read gives", () => {
  const grid = { origin: 0, width: 4 };
  const bucket = fc.integer({ min: 0, max: 80 });
  fc.assert(
    fc.property(series, series, bucket, (old, arrived, from) => {
      const later = arrived.filter(({ x }) => x >= from * 4);
      const all = [...old, ...later].sort((a, b) => a.x - b.x);
      const tail = bucketed(
        all.filter(({ x }) => x >= from * 4),
        grid,
      );
      const patched = replaceTail(bucketed(old, grid), tail, from);
      expect(rounded(patched)).toEqual(rounded(bucketed(all, grid)));
    }),
  );
});

test("a grid that has grown too fine is merged until the chart can show it", () => {
  const points = Array.from({ length: 1000 }, (_, x) => ({ x, y: x }));
  const grid = { origin: 0, width: 1 };
  const held = { axis: "step", grid, series: new Map([["r", bucketed(points, grid)]]) } as const;
  const fitting = coarsened(held, 100);
  expect(fitting.grid.width).toBe(16);
  expect(fitting.series.get("r")?.length).toBe(63);
  expect(coarsened(held, 600)).toBe(held);
});

test("many points in few buckets ask for a finer grid", () => {
  const points = Array.from({ length: 100 }, (_, i) => ({ x: i / 100, y: i }));
  const grid = { origin: 0, width: 1 };
  const held = { axis: "step", grid, series: new Map([["r", bucketed(points, grid)]]) } as const;
  expect(isTooCoarse(held, 100)).toBe(true);
  const fine = { origin: 0, width: 1 / 128 };
  expect(
    isTooCoarse(
      { axis: "step", grid: fine, series: new Map([["r", bucketed(points, fine)]]) },
      100,
    ),
  ).toBe(false);
});
