import { expect, test } from "vitest";
import { atLeast, atMost, median, missFactor } from "./bench-row.ts";

test("a row says its bound and whether it holds", () => {
  expect(atMost("log p50", 2.2, "×", 2.5)).toEqual({
    name: "log p50",
    value: 2.2,
    unit: "×",
    target: "<= 2.5",
    holds: true,
  });
  expect(atLeast("fold", 2_000_000, "points/s", 3_000_000)).toMatchObject({
    target: ">= 3,000,000",
    holds: false,
  });
});

test("median is the middle value, of an even number the lower middle one", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(() => median([])).toThrow();
});

test("missFactor counts in the direction of the bound", () => {
  expect(missFactor(atMost("a", 600, "ms", 300))).toBe(2);
  expect(missFactor(atLeast("b", 1_500_000, "points/s", 3_000_000))).toBe(2);
  expect(missFactor({ name: "c", value: 4, unit: "", target: "< 5 ms", holds: true })).toBeCloseTo(
    0.8,
  );
  expect(missFactor({ name: "d", value: 4, unit: "", target: "as a law", holds: false })).toBe(
    Number.POSITIVE_INFINITY,
  );
});
