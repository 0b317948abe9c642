import { expect, test } from "vitest";
import { atLeast, atMost } from "./bench-row.ts";
import { formatRows } from "./bench-table.ts";

test("values stand right, and a row that does not hold says so", () => {
  const rows = [
    atMost("trackio list runs", 149.6, "ms", 300),
    atLeast("fold alone", 2_345_678, "points/s", 3_000_000),
    atMost("log p50", 2.1649, "×", 2.5),
  ];
  expect(formatRows(rows)).toBe(
    [
      "what                            value  target        holds",
      "trackio list runs              150 ms  <= 300        yes",
      "fold alone         2,345,678 points/s  >= 3,000,000  NO",
      "log p50                        2.16 ×  <= 2.5        yes",
      "",
    ].join("\n"),
  );
});
