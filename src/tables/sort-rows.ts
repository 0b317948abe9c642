/**
 * The order of a table's rows by a column. Laws: rows that are equal stay in
 * their order, also where it is descending; NaN, invalid dates and then null come
 * last, in both directions. Numbers of all types are compared by their value,
 * texts by code point, dates by time, false before true. Where a column mixes
 * types: numbers, then texts, dates, booleans, and all else by its JSON.
 */

import { TrackioError } from "../protocol/errors.ts";
import type { Json } from "../protocol/json.ts";
import { decodeNumber } from "../protocol/values.ts";
import { cellAt } from "./cells.ts";
import {
  type BigintColumn,
  type ColumnData,
  isNullAt,
  isTextColumn,
  MAX_TEXT_BYTES,
  rowCountOf,
  type TextColumn,
} from "./column-data.ts";
import { countUp, orderByBigints, orderByNumbers, orderByTexts, type Texts } from "./sort-keys.ts";

/** A column's rows from `from` on. */
export interface ColumnPiece {
  readonly from: number;
  readonly data: ColumnData;
}

/** Rows of one type, in their order, and what they are sorted by. */
class Ranked<Key> {
  readonly rows: number[] = [];
  readonly keys: Key[] = [];

  push(row: number, key: Key): void {
    this.rows.push(row);
    this.keys.push(key);
  }
}

/**
 * The rows in the order of the column.
 * @param rows Those to sort, rising; undefined: all.
 */
export function sortRows(
  pieces: readonly ColumnPiece[],
  rows: Uint32Array | undefined,
  isDescending: boolean,
): Uint32Array {
  return sortUniform(pieces, rows, isDescending) ?? sortMixed(pieces, rows, isDescending);
}

/** Of columns that have one type throughout; undefined where they have not, or where their values have to be looked at one by one. */
function sortUniform(
  pieces: readonly ColumnPiece[],
  given: Uint32Array | undefined,
  isDescending: boolean,
): Uint32Array | undefined {
  const kinds = new Set(pieces.map(({ data }) => kindOf(data)));
  const [kind] = kinds;
  if (kinds.size !== 1 || kind === "json") return undefined;
  const count = pieces.reduce((sum, { data }) => sum + rowCountOf(data), 0);
  const rows = given ?? countUp(count);
  const { sortable, missing } = splitMissing(pieces, rows);
  const order = orderOf(kind as string, pieces, sortable, isDescending);
  const sorted = new Uint32Array(rows.length);
  for (let i = 0; i < order.length; i += 1) sorted[i] = sortable[order[i] as number] as number;
  sorted.set(missing, sortable.length);
  return sorted;
}

function kindOf(data: ColumnData): string {
  if (isTextColumn(data)) return data.encoding === "utf8" ? "string" : "json";
  return data.type === "bigint" ? (data.values.constructor.name as string) : data.type;
}

/** Calls `visit` for each of the rows, which rise, with its column and its place there. */
function visitRows(
  pieces: readonly ColumnPiece[],
  rows: Uint32Array,
  visit: (data: ColumnData, place: number, index: number) => void,
): void {
  let index = 0;
  for (const { from, data } of pieces) {
    const end = from + rowCountOf(data);
    while (index < rows.length && (rows[index] as number) < end) {
      visit(data, (rows[index] as number) - from, index);
      index += 1;
    }
  }
}

function splitMissing(
  pieces: readonly ColumnPiece[],
  rows: Uint32Array,
): { sortable: Uint32Array; missing: Uint32Array } {
  const sortable = new Uint32Array(rows.length);
  let count = 0;
  const notNumbers: number[] = [];
  const nulls: number[] = [];
  visitRows(pieces, rows, (data, place, index) => {
    const row = rows[index] as number;
    if (isNullAt(data, place)) nulls.push(row);
    else if (!isTextColumn(data) && Number.isNaN(data.values[place])) notNumbers.push(row);
    else {
      sortable[count] = row;
      count += 1;
    }
  });
  const missing = Uint32Array.from([...notNumbers, ...nulls]);
  return { sortable: sortable.subarray(0, count), missing };
}

function orderOf(
  kind: string,
  pieces: readonly ColumnPiece[],
  rows: Uint32Array,
  isDescending: boolean,
): Uint32Array {
  if (kind === "string") return orderByTexts(collectTexts(pieces, rows), isDescending);
  if (kind === "BigInt64Array" || kind === "BigUint64Array") {
    const bigints = new (kind === "BigInt64Array" ? BigInt64Array : BigUint64Array)(rows.length);
    visitRows(pieces, rows, (data, place, index) => {
      bigints[index] = (data as BigintColumn).values[place] as bigint;
    });
    return orderByBigints(bigints, isDescending);
  }
  const numbers = new Float64Array(rows.length);
  visitRows(pieces, rows, (data, place, index) => {
    numbers[index] = (data as Exclude<ColumnData, TextColumn>).values[place] as number;
  });
  return orderByNumbers(numbers, isDescending);
}

function collectTexts(pieces: readonly ColumnPiece[], rows: Uint32Array): Texts {
  const columns = pieces.map(({ data }) => data as TextColumn);
  const { bytes, bases } = joinBytes(columns);
  const starts = new Uint32Array(rows.length);
  const ends = new Uint32Array(rows.length);
  visitRows(pieces, rows, (data, place, index) => {
    const { offsets } = data as TextColumn;
    const base = bases.get(data as TextColumn) as number;
    starts[index] = base + (offsets[place] as number);
    ends[index] = base + (offsets[place + 1] as number);
  });
  return { bytes, starts, ends };
}

function joinBytes(columns: readonly TextColumn[]): {
  bytes: Uint8Array;
  bases: ReadonlyMap<TextColumn, number>;
} {
  const bases = new Map<TextColumn, number>();
  let size = 0;
  for (const column of columns) {
    bases.set(column, size);
    size += column.bytes.byteLength;
  }
  if (size > MAX_TEXT_BYTES) {
    throw new TrackioError(
      "invalid_argument",
      `The column has ${size} bytes of text, and up to ${MAX_TEXT_BYTES} can be sorted; filter the rows, or sort by another column.`,
    );
  }
  if (columns.length === 1) return { bytes: (columns[0] as TextColumn).bytes, bases };
  const bytes = new Uint8Array(size);
  for (const [column, base] of bases) bytes.set(column.bytes, base);
  return { bytes, bases };
}

/** Looks at each cell. */
function sortMixed(
  pieces: readonly ColumnPiece[],
  given: Uint32Array | undefined,
  isDescending: boolean,
): Uint32Array {
  const count = pieces.reduce((sum, { data }) => sum + rowCountOf(data), 0);
  const rows = given ?? countUp(count);
  const numbers = new Ranked<number | bigint>();
  const texts = new Ranked<string>();
  const dates = new Ranked<number>();
  const booleans = new Ranked<number>();
  const others = new Ranked<string>();
  const notNumbers: number[] = [];
  const nulls: number[] = [];
  visitRows(pieces, rows, (data, place, index) => {
    const row = rows[index] as number;
    const cell = cellAt(data, place);
    const number = decodeNumber(cell);
    if (cell === null) nulls.push(row);
    else if (Number.isNaN(number)) notNumbers.push(row);
    else if (number !== undefined) numbers.push(row, number);
    else if (typeof cell === "string") texts.push(row, cell);
    else if (typeof cell === "boolean") booleans.push(row, Number(cell));
    else if (isDate(cell)) {
      if (cell.v === null) notNumbers.push(row);
      else dates.push(row, Date.parse(cell.v));
    } else others.push(row, JSON.stringify(cell));
  });
  const byType = [
    sortNumbers(numbers, isDescending),
    sortTexts(texts, isDescending),
    sortNumbers(dates, isDescending),
    sortNumbers(booleans, isDescending),
    sortTexts(others, isDescending),
  ];
  if (isDescending) byType.reverse();
  return Uint32Array.from([...byType, notNumbers, nulls].flatMap((part) => Array.from(part)));
}

function isDate(cell: Json): cell is { readonly $: "date"; readonly v: string | null } {
  return (cell as { readonly $?: Json }).$ === "date";
}

function sortNumbers({ rows, keys }: Ranked<number | bigint>, isDescending: boolean): number[] {
  const sign = isDescending ? -1 : 1;
  const order = keys.every((key) => typeof key === "number")
    ? orderByNumbers(Float64Array.from(keys as number[]), isDescending)
    : // A number and a bigint are compared by their exact values.
      keys
        .map((_, i) => i)
        .sort((a, b) => {
          const [left, right] = [keys[a] as number, keys[b] as number];
          return left < right ? -sign : left > right ? sign : 0;
        });
  return Array.from(order, (i) => rows[i] as number);
}

function sortTexts({ rows, keys }: Ranked<string>, isDescending: boolean): number[] {
  const buffers = keys.map((key) => Buffer.from(key));
  const starts = new Uint32Array(keys.length);
  const ends = new Uint32Array(keys.length);
  let at = 0;
  buffers.forEach((buffer, i) => {
    starts[i] = at;
    at += buffer.length;
    ends[i] = at;
  });
  const order = orderByTexts({ bytes: Buffer.concat(buffers), starts, ends }, isDescending);
  return Array.from(order, (i) => rows[i] as number);
}
