import fc from "fast-check";
import { expect, test } from "vitest";
import { logTicks, roundTicks, valueTicks, xTicks } from "./ticks.ts";

const texts = (ticks: readonly { text: string }[]) =>
  ticks.map((tick) => tick.text).filter((text) => text !== "");

test("steps are 1, 2 or 5, and words have no more digits than they need", () => {
  expect(texts(valueTicks(0, 1, 4))).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  expect(texts(valueTicks(0, 40_000, 4))).toEqual(["0", "10k", "20k", "30k", "40k"]);
  expect(texts(valueTicks(-2, 2, 4))).toEqual(["−2", "−1", "0", "1", "2"]);
});

test("a range so far out that its steps run together has an end, and a tick", () => {
  const { values } = roundTicks(999_999_999_999.9983, 999_999_999_999.9984, 7);
  expect(values.length).toBeGreaterThan(0);
  expect(values.length).toBeLessThanOrEqual(23);
});

test("all words of a value axis are of one form", () => {
  expect(texts(valueTicks(0, 0.0018, 4))).toEqual(["0", "0.0005", "0.0010", "0.0015"]);
  expect(texts(valueTicks(0, 0.0006, 3))).toEqual(["0", "2e−4", "4e−4", "6e−4"]);
});

test("a step axis of few steps marks whole steps only", () => {
  expect(texts(xTicks(0, 3, 4, "step", false))).toEqual(["0", "1", "2", "3"]);
});

test("a logarithmic axis names decades; under 1.6 of them also 2 and 5", () => {
  expect(texts(logTicks(0.01, 100))).toEqual(["0.01", "0.1", "1", "10", "100"]);
  expect(texts(logTicks(0.2, 3))).toEqual(["0.2", "0.5", "1", "2"]);
});

test("times are marked as a clock divides them", () => {
  expect(texts(xTicks(0, 7200, 4, "seconds", false))).toEqual(["0", "30m", "1h", "1h 30m", "2h"]);
  const noon = new Date(2026, 5, 15, 12).getTime();
  expect(texts(xTicks(noon, noon + 3_600_000, 4, "moment", false))).toEqual([
    "12:00",
    "12:15",
    "12:30",
    "12:45",
    "13:00",
  ]);
});

test("for any range, ticks lie inside it, rise, and are not too many", () => {
  const range = fc.tuple(
    fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
    fc.double({ noNaN: true, min: 1e-6, max: 1e12 }),
  );
  fc.assert(
    fc.property(range, fc.integer({ min: 2, max: 12 }), ([from, span], count) => {
      const to = from + span;
      const { values, step } = roundTicks(from, to, count);
      expect(values.length).toBeLessThanOrEqual(count * 3 + 2);
      const slack = step * 1e-6 + Math.max(Math.abs(from), Math.abs(to)) * 1e-14;
      for (const [i, value] of values.entries()) {
        expect(value).toBeGreaterThanOrEqual(from - slack);
        expect(value).toBeLessThanOrEqual(to + slack);
        if (i > 0) expect(value).toBeGreaterThan(values[i - 1]!);
      }
    }),
  );
});
