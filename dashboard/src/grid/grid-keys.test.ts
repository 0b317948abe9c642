import { expect, test } from "vitest";
import { placeAfter } from "./grid-keys.ts";

const size = { rows: 1000, columns: 5, page: 20 };
const after = (key: string, isFar = false, from = { row: 10, column: 2 }) =>
  placeAfter(from, key, isFar, size);

test("arrows move by one, with Ctrl to the end, never beyond", () => {
  expect(after("ArrowDown")).toEqual({ row: 11, column: 2 });
  expect(after("ArrowLeft", true)).toEqual({ row: 10, column: 0 });
  expect(after("ArrowUp", false, { row: 0, column: 0 })).toEqual({ row: 0, column: 0 });
  expect(after("ArrowRight", false, { row: 0, column: 4 })).toEqual({ row: 0, column: 4 });
});

test("a page is what is seen; Home and End are the first and the last row", () => {
  expect(after("PageDown")).toEqual({ row: 30, column: 2 });
  expect(after("PageUp")).toEqual({ row: 0, column: 2 });
  expect(after("End")).toEqual({ row: 999, column: 2 });
  expect(after("Home")).toEqual({ row: 0, column: 2 });
  expect(after("a")).toBeUndefined();
});
