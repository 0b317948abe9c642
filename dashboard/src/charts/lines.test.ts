import fc from "fast-check";
import { expect, test } from "vitest";
import { type ChartLine, nearestIndex } from "./chart-line.ts";
import { spread } from "./draw-cursor.ts";
import { valueRange } from "./value-range.ts";

function line(x: number[], y: number[], band: { low?: number[]; high?: number[] } = {}): ChartLine {
  const of = (values: number[]) => Float64Array.from(values);
  const { low = y, high = y } = band;
  return {
    id: "a",
    name: "a",
    hue: 0,
    dash: 0,
    x: of(x),
    y: of(y),
    low: of(low),
    high: of(high),
    live: false,
    odd: [],
  };
}

test("NaN and infinities never bend the value axis", () => {
  const odd = line([0, 1, 2], [1, Number.NaN, 3]);
  expect(valueRange([odd], { from: 0, to: 2 }, false)).toEqual({ from: 0.9, to: 3.1 });
});

test("the value axis covers the band, not only the line: a spike of one point is visible", () => {
  const spiked = line([0, 1], [1, 1], { high: [1, 50] });
  expect(valueRange([spiked], { from: 0, to: 1 }, false).to).toBeGreaterThan(50);
});

test("only what is in view counts", () => {
  expect(valueRange([line([0, 1, 2], [0, 1, 100])], { from: 0, to: 1 }, false).to).toBeLessThan(2);
});

test("a logarithmic axis passes over what is not above zero", () => {
  const range = valueRange([line([0, 1, 2], [0, 0.1, 10])], { from: 0, to: 2 }, true);
  expect(range.from).toBeGreaterThan(0);
  expect(range.from).toBeLessThan(0.1);
});

test("no points, one point and a flat line have a range too", () => {
  for (const lines of [[], [line([3], [7])], [line([0, 1], [0, 0])]]) {
    const { from, to } = valueRange(lines, { from: 0, to: 10 }, false);
    expect(to).toBeGreaterThan(from);
  }
});

test("the nearest point is the nearest of all, and none outside", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }),
      fc.integer({ min: -1100, max: 1100 }),
      (numbers, at) => {
        const x = Float64Array.from(numbers).sort();
        const found = nearestIndex(x, at, 0);
        const isInside = at >= x[0]! && at <= x[x.length - 1]!;
        expect(found >= 0).toBe(isInside);
        if (!isInside) return;
        const least = Math.min(...x.map((value) => Math.abs(value - at)));
        expect(Math.abs(x[found]! - at)).toBe(least);
      },
    ),
  );
});

test("values in the gutter never overlap and keep their order", () => {
  const wanted = fc.array(fc.double({ min: 0, max: 148, noNaN: true }), { maxLength: 6 });
  fc.assert(
    fc.property(wanted, (numbers) => {
      const sorted = numbers.toSorted((a, b) => a - b);
      const places = spread(sorted, 2, 148, 12);
      for (let i = 1; i < places.length; i += 1) {
        expect(places[i]! - places[i - 1]!).toBeGreaterThanOrEqual(12 - 1e-6);
      }
    }),
  );
});
