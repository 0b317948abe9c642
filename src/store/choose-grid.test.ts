import fc from "fast-check";
import { expect, test } from "vitest";
import { cellOf, chooseGrid, gridOf } from "./choose-grid.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });

test("a chosen grid covers its range with at most the buckets asked for", () => {
  fc.assert(
    fc.property(finite, finite, fc.integer({ min: 2, max: 10_000 }), (a, b, buckets) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const grid = chooseGrid(from, to, buckets);
      expect(cellOf(grid, from)).toBeGreaterThanOrEqual(0);
      expect(cellOf(grid, to)).toBeLessThan(buckets);
      expect(grid.origin / grid.width).toBe(Math.floor(from / grid.width));
    }),
  );
});

test("a width is a power of two, so that growing data keeps its cells", () => {
  expect(chooseGrid(0, 999_999, 1000)).toEqual({ origin: 0, width: 1024 });
  expect(chooseGrid(0, 1_000_500, 1000)).toEqual({ origin: 0, width: 1024 });
  expect(chooseGrid(10_000, 10_000, 1000)).toEqual({ origin: 10_000, width: 1 });
  expect(chooseGrid(0, 1, 4)).toEqual({ origin: 0, width: 0.5 });
});

test("a number of buckets out of range is refused by value", () => {
  for (const buckets of [0, -1, 1.5, 10_001, Number.NaN]) {
    expect(() => chooseGrid(0, 1, buckets)).toThrow(/buckets is .*1 to 10,000/);
  }
});

test("a grid too fine for its range is refused by value", () => {
  expect(() => gridOf({ origin: 0, width: 1e-9 }, 0, 1)).toThrow(/width 1e-9 is too fine/);
  expect(() => gridOf({ origin: 0, width: 0 }, 0, 1)).toThrow(/width is above 0/);
  expect(gridOf({ origin: 0, width: 3 }, 0, 100)).toEqual({ origin: 0, width: 3 });
});
