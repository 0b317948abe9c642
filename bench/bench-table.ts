import type { BenchRow } from "./bench-row.ts";

/** The rows as an aligned table: what, value, target, holds. Ends with a newline. */
export function formatRows(rows: readonly BenchRow[]): string {
  const cells = [
    ["what", "value", "target", "holds"],
    ...rows.map((row) => [
      row.name,
      `${formatValue(row.value)} ${row.unit}`.trim(),
      row.target,
      row.holds ? "yes" : "NO",
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const lines = cells.map((line) =>
    line
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

/** Three significant digits, or whole where larger, with commas. */
function formatValue(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return Number(value.toPrecision(3)).toString();
}
