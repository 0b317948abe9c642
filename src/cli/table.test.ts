import { expect, test } from "vitest";
import { formatFacts, formatTable, toPrintable } from "./table.ts";

const columns = [
  { title: "Run", canShrink: true },
  { title: "Steps", align: "right" },
] as const;

test("text stands left, numbers right", () => {
  expect(
    formatTable(columns, [
      ["a", "1"],
      ["longer", "12345678"],
    ]),
  ).toBe("Run        Steps\na              1\nlonger  12345678\n");
});

test("no line is longer than the terminal, and what was cut shows it", () => {
  const text = formatTable(columns, [["a-very-long-name-of-a-run", "12"]], 20);
  expect(text).toBe("Run            Steps\na-very-long-…     12\n");
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBe(20);
});

test("without a terminal nothing is cut", () => {
  expect(formatTable(columns, [["x".repeat(500), "1"]])).toContain("x".repeat(500));
});

test("wide characters count for two columns", () => {
  expect(
    formatTable(columns, [
      ["数字", "1"],
      ["abcd", "2"],
    ]),
  ).toBe("Run   Steps\n数字      1\nabcd      2\n");
  expect(formatTable(columns, [["数".repeat(20), "1"]], 16)).toContain(`${"数".repeat(4)}…`);
});

test("a name can not steer the terminal", () => {
  expect(toPrintable("a\u001b[2Jb\nc\u202ed")).toBe("a\\u001b[2Jb\\u000ac\\u202ed");
});

test("facts have their names aligned", () => {
  expect(
    formatFacts([
      ["Run", "a"],
      ["Status", "running"],
    ]),
  ).toBe("Run     a\nStatus  running\n");
});
