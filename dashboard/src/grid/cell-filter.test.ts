import { expect, test } from "vitest";
import { readFilter } from "./cell-filter.ts";

test("a text is contained, a number in a column of numbers is meant", () => {
  expect(readFilter("  ", "string")).toBeUndefined();
  expect(readFilter("cat", "string")).toEqual({ filter: { op: "contains", value: "cat" } });
  expect(readFilter("12", "string")).toEqual({ filter: { op: "contains", value: "12" } });
  expect(readFilter("12", "number")).toEqual({ filter: { op: "=", value: 12 } });
  expect(readFilter("nan", "number")).toEqual({ filter: { op: "=", value: "NaN" } });
});

test("signs compare", () => {
  expect(readFilter(">= 0.5", "number")).toEqual({ filter: { op: ">=", value: 0.5 } });
  expect(readFilter("<−3", "number")).toEqual({ filter: { op: "<", value: -3 } });
  expect(readFilter("≠ a", "string")).toEqual({ filter: { op: "!=", value: "a" } });
  expect(readFilter("= true", "boolean")).toEqual({ filter: { op: "=", value: true } });
  expect(readFilter("> 9007199254740993", "bigint")).toEqual({
    filter: { op: ">", value: "9007199254740993" },
  });
  expect(readFilter("> 2026-11-23", "date")).toEqual({
    filter: { op: ">", value: "2026-11-23" },
  });
});

test("empty cells are asked for by word or sign", () => {
  expect(readFilter("empty", "json")).toEqual({ filter: { op: "empty" } });
  expect(readFilter("=", "string")).toEqual({ filter: { op: "empty" } });
  expect(readFilter("!=", "string")).toEqual({ filter: { op: "not empty" } });
});

test("what cannot be compared says why", () => {
  expect(readFilter("> cat", "number")).toEqual({
    problem: "“cat” is no number. Write e.g. > 0.5, or NaN or Infinity.",
  });
  expect(readFilter(">", "number")).toEqual({
    problem: "Write what it is compared with, e.g. > 0.5.",
  });
  expect(readFilter("= maybe", "boolean")).toHaveProperty("problem");
});
