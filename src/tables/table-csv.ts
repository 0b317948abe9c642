/**
 * A table as CSV: RFC 4180, UTF-8 without a mark, CRLF, the names of the columns
 * in the first line. It is data, kept exactly: a text that begins with `=` is
 * written as it is, and so opens as a formula in programs that take it for one.
 * Null is empty, the empty text `""`; pictures and videos are the name of their blob.
 */

import type { Json } from "../protocol/values.ts";
import { textOfCell } from "./cells.ts";
import { JoinedTable } from "./joined-table.ts";
import { readCells } from "./query-table.ts";
import { findRows } from "./row-order.ts";
import type { CheckedTableQuery, TableSource } from "./table-source.ts";

/** Rows of a sorted table lie all over its parts: the more of them at once, the less often a part is gone through. */
const ROWS_AT_ONCE = 4096;
const SORTED_ROWS_AT_ONCE = 16_384;

/** The rows that the filters of `query` leave, in its order and of its columns; `from`, `count` and `whole` do not matter. */
export async function* exportTableCsv(
  sources: readonly TableSource[],
  query: CheckedTableQuery,
): AsyncGenerator<string, void, undefined> {
  const table = new JoinedTable(sources);
  const { order } = await findRows(table, sources, query);
  const columns = table.columns.length === 0 ? [] : (query.columns ?? [...table.columns.keys()]);
  yield lineOf(columns.map((column) => table.columns[column]?.name ?? null));
  const count = order?.length ?? table.rowCount;
  const atOnce = order === undefined ? ROWS_AT_ONCE : SORTED_ROWS_AT_ONCE;
  for (let from = 0; from < count; from += atOnce) {
    const length = Math.min(atOnce, count - from);
    const rows = Array.from({ length }, (_, i) =>
      order === undefined ? from + i : (order[from + i] as number),
    );
    // Sorted rows lie everywhere: each column is wanted whole, again and again.
    const allowance = { rows: order === undefined ? 0 : Number.POSITIVE_INFINITY };
    const cells = await readCells(table, rows, columns, { allowance, whole: true });
    yield cells.map(lineOf).join("");
  }
}

function lineOf(cells: readonly Json[]): string {
  const line = cells.map(fieldOf).join(",");
  // A line without anything is passed over by those who read it.
  return `${line === "" ? '""' : line}\r\n`;
}

function fieldOf(cell: Json): string {
  const text = textOfCell(cell);
  const isQuoted = cell === "" || /[",\r\n]|^\s|\s$/.test(text);
  return isQuoted ? `"${text.replaceAll('"', '""')}"` : text;
}
