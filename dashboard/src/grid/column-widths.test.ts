import { expect, test } from "vitest";
import { columnStarts, columnsWithin, columnWidths, type WidthWish } from "./column-widths.ts";

const wish = (contentPx: number, grows: WidthWish["grows"] = "last", setPx?: number) => ({
  contentPx,
  headPx: 50,
  setPx,
  grows,
});

test("a column is as wide as what it holds, within bounds; what a person set stays", () => {
  const wishes = [wish(10), wish(100), wish(5000), wish(900), wish(700), wish(10, "last", 77)];
  expect(columnWidths(wishes, 1000)).toEqual([50, 100, 320, 320, 320, 77]);
  expect(columnWidths(wishes, 500)).toEqual([50, 100, 200, 200, 200, 77]);
});

test("what is left over goes to columns of text, and fills the view", () => {
  expect(columnWidths([wish(100), wish(100, "first"), wish(300, "first")], 900)).toEqual([
    100, 200, 600,
  ]);
  expect(columnWidths([wish(10, "first", 60), wish(10, "first", 60)], 400)).toEqual([60, 60]);
  expect(columnWidths([wish(50, "never")], 400)).toEqual([50]);
});

test("numbers alone stay near each other: their columns grow a little, whatever the view", () => {
  expect(columnWidths([wish(50, "never"), wish(60), wish(60)], 1200)).toEqual([50, 160, 160]);
  expect(columnWidths([wish(50, "never"), wish(60)], 150)).toEqual([50, 100]);
  expect(columnWidths([wish(60), wish(300)], 1200)).toEqual([160, 300]);
});

test("only the columns in sight are found", () => {
  const starts = columnStarts([100, 100, 100, 100]);
  expect(starts).toEqual([0, 100, 200, 300, 400]);
  expect(columnsWithin(starts, 0, 150)).toEqual({ first: 0, last: 1 });
  expect(columnsWithin(starts, 100, 200)).toEqual({ first: 1, last: 1 });
  expect(columnsWithin(starts, 250, 900)).toEqual({ first: 2, last: 3 });
});
