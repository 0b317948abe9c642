import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChartSeries } from "./chart-series.ts";
import { SharedX } from "./shared-x.ts";
import { bucketed } from "./testing/bucketed.ts";

/** What is held of a metric: of each run, points at those x, in buckets of `width`. */
function held(runs: Readonly<Record<string, readonly number[]>>, width = 1): ChartSeries {
  const grid = { origin: 0, width };
  const series = Object.entries(runs).map(([run, at]) => {
    const points = at.toSorted((a, b) => a - b).map((x) => ({ x, y: 1 }));
    return [run, { ...bucketed(points, grid), run }] as const;
  });
  return { axis: "step", grid, series: new Map(series) };
}

const both = new Set(["a", "b"]);

test("the range is the union of all metrics shown, each on a grid of its own", () => {
  const shared = new SharedX();
  shared.take("train/loss", held({ a: [0, 1, 900] }));
  shared.take("eval/loss", held({ a: [124, 1000] }, 64));
  expect(shared.range("step", ["train/loss", "eval/loss"], both, false)).toEqual({
    from: 0,
    to: 1000,
  });
  expect(shared.range("step", ["eval/loss"], both, false)).toEqual({ from: 124, to: 1000 });
});

test("a run that is hidden leaves the union, and comes back with what was known of it", () => {
  const shared = new SharedX();
  shared.take("loss", held({ a: [5, 10], b: [2, 50] }));
  expect(shared.range("step", ["loss"], new Set(["a"]), false)).toEqual({ from: 5, to: 10 });
  shared.take("loss", held({ a: [5, 11] }));
  expect(shared.range("step", ["loss"], both, false)).toEqual({ from: 2, to: 50 });
});

test("each unit of the axis has its own range; nothing loaded is no range", () => {
  const shared = new SharedX();
  shared.take("loss", held({ a: [5, 10] }));
  shared.take("loss", { ...held({ a: [1, 2] }), axis: "wall" });
  expect(shared.range("step", ["loss"], both, false)).toEqual({ from: 5, to: 10 });
  expect(shared.range("wall", ["loss"], both, false)).toEqual({ from: 1, to: 2 });
  expect(shared.range("relative", ["loss"], both, false)).toBeUndefined();
  expect(shared.range("step", ["other"], both, false)).toBeUndefined();
});

test("a logarithmic axis begins at the lowest x above 0", () => {
  const shared = new SharedX();
  shared.take("one", held({ a: [-3, 0, 7, 9] }));
  shared.take("two", held({ b: [-3, 0] }));
  expect(shared.range("step", ["one", "two"], both, true)).toEqual({ from: 7, to: 9 });
  expect(shared.range("step", ["two"], both, true)).toBeUndefined();
});

test("it says that it has grown only where it has", () => {
  const shared = new SharedX();
  expect(shared.take("loss", held({ a: [5, 6, 10] }))).toBe(true);
  expect(shared.take("loss", held({ a: [5, 7, 10] }))).toBe(false);
  expect(shared.take("loss", held({ a: [6, 9] }))).toBe(false);
  expect(shared.take("loss", held({ a: [5, 11] }))).toBe(true);
});

test("while data arrives the range only grows, and ends as the union of all that was loaded", () => {
  const answers = fc.array(
    fc.record({
      key: fc.constantFrom("x", "y"),
      run: fc.constantFrom("a", "b"),
      at: fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 6 }),
      width: fc.constantFrom(1, 8, 64),
    }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(answers, (all) => {
      const shared = new SharedX();
      let old = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
      for (const { key, run, at, width } of all) {
        const hasGrown = shared.take(key, held({ [run]: at }, width));
        const now = shared.range("step", ["x", "y"], both, false)!;
        expect(now.from).toBeLessThanOrEqual(old.from);
        expect(now.to).toBeGreaterThanOrEqual(old.to);
        if (!hasGrown) expect(now).toEqual(old);
        old = now;
      }
      const every = all.flatMap(({ at }) => at);
      expect(old).toEqual({ from: Math.min(...every), to: Math.max(...every) });
    }),
  );
});
