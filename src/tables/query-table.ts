/**
 * Reads rows of tables: filtered, sorted, a page at a time. A page of a table as
 * it is costs by its rows; of a sorted or filtered one, the first page reads
 * the columns that it goes by, and the next ones find the order known.
 */

import type { TableRows } from "../protocol/api.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { Json } from "../protocol/json.ts";
import { isMediaKind } from "../protocol/media.ts";
import { cellAt } from "./cells.ts";
import { type ColumnData, isNullAt, isTextColumn, textBytesAt } from "./column-data.ts";
import { type Allowance, JoinedTable, type Stretch } from "./joined-table.ts";
import { findRows } from "./row-order.ts";
import type { CheckedTableQuery, TableSource } from "./table-source.ts";

export type { CheckedTableQuery, TableSource } from "./table-source.ts";

/** Characters of a text that are given, unless it is asked for in full. */
const CUT_LENGTH = 500;
/** No text that is given whole has more, in UTF-8. */
const CUT_BYTES = 4 * CUT_LENGTH;
/** What a cell costs without its text. */
const CELL_BYTES = 64;
/** A sorted page has rows of everywhere. From the second one on, each decodes so much whole, until all that is shown is in memory. */
const ROWS_WHOLE = 1_200_000;

/**
 * The rows that `query` asks for, of all sources, one after the other.
 * @param mostBytes Of all cells of the page, in memory.
 * @throws {@link TrackioError} `invalid_argument` for a column that is not there, or where the page has more bytes; `damaged` for a part that cannot be read.
 */
export async function queryTable(
  sources: readonly TableSource[],
  query: CheckedTableQuery,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<TableRows> {
  const table = new JoinedTable(sources);
  const { order, isKnown } = await findRows(table, sources, query);
  const rowCount = order?.length ?? table.rowCount;
  const { from, whole } = query;
  const page = pageOf(order, rowCount, from, query.count);
  const columns = table.columns.length === 0 ? [] : (query.columns ?? [...table.columns.keys()]);
  const allowance = { rows: isKnown ? ROWS_WHOLE : 0 };
  const cells = await readCells(table, page, columns, { allowance, whole, mostBytes });
  return {
    columns: [...table.columns],
    sources: sources.map(({ run, step, missingRows, parts }) => ({
      run,
      ...(step === undefined ? {} : { step }),
      rowCount: countRows(parts.filter(({ path }) => path !== undefined)),
      missingRows: missingRows + countRows(parts.filter(({ path }) => path === undefined)),
    })),
    totalCount: table.rowCount,
    rowCount,
    from,
    rows: page.map((row, i) => {
      const { source, from: start, firstRow } = table.stretchAt(row);
      return { source, row: firstRow + row - start, cells: cells[i] ?? [] };
    }),
  };
}

function countRows(parts: TableSource["parts"]): number {
  return parts.reduce((sum, { rows }) => sum + rows, 0);
}

function pageOf(
  order: Uint32Array | undefined,
  rowCount: number,
  from: number,
  count: number,
): number[] {
  const start = Math.min(from, rowCount);
  const end = Math.min(rowCount, start + count);
  if (order !== undefined) return Array.from(order.subarray(start, end));
  return Array.from({ length: end - start }, (_, i) => start + i);
}

export interface CellOptions {
  readonly allowance: Allowance;
  /** Long texts are not cut. */
  readonly whole: boolean;
  /** Of all cells together; absent: no limit. */
  readonly mostBytes?: number;
}

/**
 * The cells of the rows, by row as given and column as asked.
 * @throws {@link TrackioError} `invalid_argument` where they are too many, or their texts too long, for one answer.
 */
export async function readCells(
  table: JoinedTable,
  rows: readonly number[],
  columns: readonly number[],
  { allowance, whole, mostBytes = Number.POSITIVE_INFINITY }: CellOptions,
): Promise<Json[][]> {
  let bytesLeft = mostBytes - rows.length * columns.length * CELL_BYTES;
  if (bytesLeft < 0) throw tooMuch(mostBytes);
  const cells = rows.map(() => new Array<Json>(columns.length).fill(null));
  for (const [stretch, wanted] of groupByStretch(table, rows)) {
    const numbers = wanted.map(({ row }) => row);
    for (const [column, number] of columns.entries()) {
      const { data, places } = await table.readRows(stretch, number, numbers, allowance);
      wanted.forEach(({ index }, i) => {
        const place = places[i] as number;
        const bytes = isTextColumn(data) ? textBytesAt(data, place) : 0;
        bytesLeft -= whole ? bytes : Math.min(bytes, CUT_BYTES);
        if (bytesLeft < 0) throw tooMuch(mostBytes);
        const cell = whole ? cellAt(data, place) : cutCellAt(data, place);
        (cells[index] as Json[])[column] = cell;
      });
    }
  }
  return cells;
}

/** A row wanted of a stretch: its place there, and in the answer. */
interface Place {
  readonly row: number;
  readonly index: number;
}

/** For each stretch the rows of it, rising. */
function groupByStretch(table: JoinedTable, rows: readonly number[]): Map<Stretch, Place[]> {
  const groups = new Map<Stretch, Place[]>();
  rows.forEach((row, index) => {
    const stretch = table.stretchAt(row);
    const place = { row: row - stretch.from, index };
    const group = groups.get(stretch);
    if (group === undefined) groups.set(stretch, [place]);
    else group.push(place);
  });
  for (const places of groups.values()) places.sort((a, b) => a.row - b.row);
  return groups;
}

function tooMuch(mostBytes: number): TrackioError {
  const message = `These cells have more than ${mostBytes / 1024 ** 2} MB; ask for fewer rows or columns at once.`;
  return new TrackioError("invalid_argument", message);
}

/** As the API answers it: of a long text, a long caption, or nested values with a long JSON, the beginning. */
function cutCellAt(data: ColumnData, row: number): Json {
  const cell = cellAt(data, row);
  if (!isTextColumn(data) || isNullAt(data, row)) return cell;
  if (typeof cell === "string") return cutText(cell);
  if (textBytesAt(data, row) <= CUT_BYTES) return cell;
  return cutCaption(cell) ?? cutText(JSON.stringify(cell));
}

function cutText(text: string): Json {
  if (text.length <= CUT_LENGTH) return text;
  return { $: "cut", v: beginningOf(text), length: text.length };
}

/** A picture stays one, whatever is said of it; undefined where it is none with a caption. */
function cutCaption(cell: Json): Json | undefined {
  const { $: kind, v: fields } = cell as { readonly [key: string]: Json };
  if (!isMediaKind(kind) || kind === "table") return undefined;
  const { caption } = fields as { readonly caption?: Json };
  if (typeof caption !== "string") return undefined;
  return { $: kind, v: { ...(fields as object), caption: `${beginningOf(caption)}…` } };
}

function beginningOf(text: string): string {
  // Half of a surrogate pair is no letter.
  const end = CUT_LENGTH - (/[\ud800-\udbff]/.test(text.charAt(CUT_LENGTH - 1)) ? 1 : 0);
  return text.slice(0, end);
}
