import { expect, test } from "vitest";
import { countFitting } from "./count-fitting.ts";

test("all names where they fit, else those that leave room for the words about the rest", () => {
  const widths = [50, 50, 50];
  expect(countFitting(widths, 10, 170, 60, 3)).toBe(3);
  expect(countFitting(widths, 10, 169, 60, 3)).toBe(1);
  expect(countFitting(widths, 10, 170, 60, 4)).toBe(2);
  expect(countFitting(widths, 10, 40, 60, 3)).toBe(0);
  expect(countFitting([], 10, 100, 60, 0)).toBe(0);
});
