/**
 * A table as CSV: RFC 4180, UTF-8 without a mark, CRLF, the names of the columns
 * in the first line. It is data, kept exactly: a text that begins with `=` is
 * written as it is, and so opens as a formula in programs that take it for one.
 * Null is empty, the empty text `""`; pictures and videos are the name of their blob.
 */

import type { Json } from "../protocol/json.ts";
import { textOfCell } from "./cells.ts";
import { JoinedTable } from "./joined-table.ts";
import { readCells } from "./query-table.ts";
import { findRows } from "./row-order.ts";
import type { CheckedTableQuery, TableSource } from "./table-source.ts";

/** Rows of a sorted table lie all over its parts: the more of them at once, the less often a part is gone through. */
const MOST_ROWS_AT_ONCE = 4096;
const MOST_SORTED_ROWS_AT_ONCE = 16_384;
const FIRST_ROWS_AT_ONCE = 256;
/** Letters that are wanted of the rows that are read at once. */
const LETTERS_AT_ONCE = 4 * 1024 * 1024;
/** Letters from which on a piece is given: a string has a limit, and rows may be longer than those before them. */
const LETTERS_OF_PIECE = 1024 * 1024;

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
  const mostAtOnce = order === undefined ? MOST_ROWS_AT_ONCE : MOST_SORTED_ROWS_AT_ONCE;
  // Sorted rows lie everywhere: each column is wanted whole, again and again.
  const allowance = { rows: order === undefined ? 0 : Number.POSITIVE_INFINITY };
  let atOnce = FIRST_ROWS_AT_ONCE;
  for (let from = 0; from < count; ) {
    const length = Math.min(atOnce, count - from);
    const rows = Array.from({ length }, (_, i) => order?.[from + i] ?? from + i);
    const cells = await readCells(table, rows, columns, { allowance, whole: true });
    let letters = 0;
    let piece = "";
    for (const line of cells.map(lineOf)) {
      letters += line.length;
      piece += line;
      if (piece.length < LETTERS_OF_PIECE) continue;
      yield piece;
      piece = "";
    }
    if (piece !== "") yield piece;
    from += length;
    const wanted = Math.min((length * LETTERS_AT_ONCE) / letters, length * 4, mostAtOnce);
    atOnce = Math.max(1, Math.floor(wanted));
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
