import { expect, test } from "vitest";
import {
  formatAgo,
  formatDuration,
  formatPower,
  formatShort,
  formatSi,
  formatStep,
  formatValue,
} from "./format.ts";

test("values have four significant digits, a real minus, and words for what is no number", () => {
  expect([0.12345, 1.23456, 12.3456, 123.456, 1234.56].map(formatValue)).toEqual([
    "0.1235",
    "1.235",
    "12.35",
    "123.5",
    "1,235",
  ]);
  expect([-0.5, 0, 123_456, 0.000_012].map(formatValue)).toEqual([
    "−0.5000",
    "0",
    "123k",
    "1.2e−5",
  ]);
  expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(formatValue)).toEqual(
    ["NaN", "+Inf", "−Inf"],
  );
});

test("the gutter's text has room in six characters, for any size", () => {
  for (const value of [0.1, 1, 12, 123, 1234, 12_345, 1e7, 3e-5, 1e15, 1.5e300]) {
    expect(formatShort(value).length).toBeLessThanOrEqual(8);
  }
  expect(formatShort(12_345)).toBe("12.3k");
});

test("SI prefixes keep the sign", () => {
  expect(formatSi(-1500)).toBe("−1.5k");
  expect(formatSi(0.0387)).toBe("38.7m");
});

test("steps are whole numbers with separators, or fractions as logged", () => {
  expect([11_400, -3, 0.25].map(formatStep)).toEqual(["11,400", "−3", "0.25"]);
});

test("durations", () => {
  expect([0, 0.25, 12, 200, 3900, 90_000].map(formatDuration)).toEqual([
    "0s",
    "0.25s",
    "12s",
    "3m 20s",
    "1h 05m",
    "1d 01h",
  ]);
});

test("ages are minutes and hours under a day, then the date", () => {
  const now = new Date(2026, 5, 15, 12).getTime();
  expect(formatAgo(now - 30_000, now)).toBe("now");
  expect(formatAgo(now - 9 * 60_000, now)).toBe("9 min ago");
  expect(formatAgo(now - 3 * 3_600_000, now)).toBe("3 h ago");
  expect(formatAgo(new Date(2026, 4, 1).getTime(), now)).toBe("May 1");
  expect(formatAgo(new Date(2024, 4, 1).getTime(), now)).toBe("May 1, 2024");
});

test("the ends of what a number can hold have a short form too", () => {
  expect(formatPower(1e300)).toBe("1e300");
  expect(formatPower(5e-324)).toBe("4.9e−324");
  expect(formatPower(9.99e-5)).toBe("1e−4");
  expect(formatShort(-2.94e-299)).toBe("−3e−299");
  expect(formatShort(1.23e-7)).toBe("1.2e−7");
});
