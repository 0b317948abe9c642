import { expect, test } from "vitest";
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatQuantity,
  formatTime,
  formatValue,
  isoTime,
} from "./format.ts";

test("numbers keep six digits, integers all, words for the rest", () => {
  expect([2 ** 60, -1e300, 1.5e15 + 0.5].map(formatNumber)).toEqual([
    "1.15292e+18",
    "-1e+300",
    "1.5e+15",
  ]);
  expect([0.1234567, 1e-9 / 3, 123456789, 2n ** 60n, Number.NaN].map(formatNumber)).toEqual([
    "0.123457",
    "3.33333e-10",
    "123456789",
    "1152921504606846976",
    "NaN",
  ]);
});

test("sizes in thousands", () => {
  expect([0, 999, 1000, 1536, 9_960, 12_345_678, 3e9].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "1.5 kB",
    "10 kB",
    "12 MB",
    "3.0 GB",
  ]);
});

test("durations in their two largest units", () => {
  expect([0, 41_600, 200_000, 18_420_000, 183_600_000].map(formatDuration)).toEqual([
    "0s",
    "42s",
    "3m 20s",
    "5h 07m",
    "2d 03h",
  ]);
});

test("times of this machine for people, of the world for programs", () => {
  const date = new Date(2026, 10, 3, 4, 5, 6);
  expect(formatTime(date.getTime())).toBe("2026-11-03 04:05:06");
  expect(isoTime(1)).toBe("1970-01-01T00:00:00.001Z");
  expect(isoTime(1.25)).toBe("1970-01-01T00:00:00.001250Z");
  expect(isoTime(1.7e18)).toBe("1700000000000000000");
  expect(isoTime(-0.5)).toBe("1969-12-31T23:59:59.999500Z");
});

test("one or many", () => {
  expect(formatQuantity(1, "run")).toBe("1 run");
  expect(formatQuantity(1200, "entry", "entries")).toBe("1,200 entries");
});

test("values on one line", () => {
  expect([formatValue("adam"), formatValue(1e-3), formatValue([1, Number.NaN])]).toEqual([
    "adam",
    "0.001",
    '[1,"NaN"]',
  ]);
});
