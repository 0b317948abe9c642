/**
 * A column's values in memory, or those of some of its rows: typed arrays and
 * bytes, never an object a cell, so that a million rows cost what their bytes
 * cost. Readers of parts give it, and writers take it.
 */

import { TrackioError } from "../protocol/errors.ts";
import type { TableColumnType } from "../protocol/media.ts";
import { utf8Reader } from "./utf8.ts";

/** Of one text column: its offsets have 32 bits. */
export const MAX_TEXT_BYTES = 2 ** 32 - 1;

export type NumberValues =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

export type BigintValues = BigInt64Array | BigUint64Array;

interface Nullable {
  /** A byte a row, 1 where it is null. Absent: none is. */
  readonly nulls?: Uint8Array | undefined;
}

export interface NumberColumn extends Nullable {
  readonly type: "number";
  readonly values: NumberValues;
}

export interface BigintColumn extends Nullable {
  readonly type: "bigint";
  readonly values: BigintValues;
}

export interface BooleanColumn extends Nullable {
  readonly type: "boolean";
  /** 0 or 1. */
  readonly values: Uint8Array;
}

export interface DateColumn extends Nullable {
  readonly type: "date";
  /** Epoch milliseconds, NaN where the date is invalid. */
  readonly values: Float64Array;
}

/** Row i is the UTF-8 of `bytes` from `offsets[i]` to `offsets[i + 1]`. */
export interface TextColumn extends Nullable {
  readonly type: "string" | "json";
  /** `json`: each text is JSON; in a `string` column, JSON strings, since UTF-8 has no place for half a surrogate pair. */
  readonly encoding: "utf8" | "json";
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

export type FixedColumn = NumberColumn | BigintColumn | BooleanColumn | DateColumn;
export type ColumnData = FixedColumn | TextColumn;

export function isTextColumn(column: ColumnData): column is TextColumn {
  return column.type === "string" || column.type === "json";
}

export function rowCountOf(column: ColumnData): number {
  return isTextColumn(column) ? column.offsets.length - 1 : column.values.length;
}

export function isNullAt(column: ColumnData, row: number): boolean {
  return column.nulls !== undefined && column.nulls[row] !== 0;
}

/** Bytes that it holds in memory. */
export function sizeOf(column: ColumnData): number {
  const own = isTextColumn(column)
    ? column.offsets.byteLength + column.bytes.byteLength
    : column.values.byteLength;
  return own + (column.nulls?.byteLength ?? 0);
}

/** How long the text of a row is in UTF-8. */
export function textBytesAt({ offsets }: TextColumn, row: number): number {
  return (offsets[row + 1] as number) - (offsets[row] as number);
}

/** The text of a row of a text column as it lies there; that of a null row is empty. */
export function textAt(column: TextColumn, row: number): string {
  const { bytes, offsets } = column;
  return utf8Reader(bytes)(offsets[row] as number, offsets[row + 1] as number);
}

/**
 * The texts of all rows as they lie there. Where all is ASCII, which is told by
 * its length, they are pieces of one string.
 */
export function textsOf(column: TextColumn): readonly string[] {
  const { bytes, offsets } = column;
  const rows = offsets.length - 1;
  const texts = new Array<string>(rows);
  const read = utf8Reader(bytes);
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const to = Math.min(rows, from + ROWS_AT_ONCE);
    const start = offsets[from] as number;
    const end = offsets[to] as number;
    const all = end - start <= MOST_AT_ONCE ? read(start, end) : undefined;
    for (let row = from; row < to; row += 1) {
      const a = offsets[row] as number;
      const b = offsets[row + 1] as number;
      texts[row] = all?.length === end - start ? all.slice(a - start, b - start) : read(a, b);
    }
  }
  return texts;
}

const ROWS_AT_ONCE = 4096;
/** Bytes; a piece keeps the whole string in memory. */
const MOST_AT_ONCE = 4 * 1024 * 1024;

/** A column of `rows` nulls. */
export function nullColumn(type: TableColumnType, rows: number): ColumnData {
  const nulls = new Uint8Array(rows).fill(1);
  switch (type) {
    case "number":
    case "date":
      return { type, values: new Float64Array(rows), nulls };
    case "bigint":
      return { type, values: new BigInt64Array(rows), nulls };
    case "boolean":
      return { type, values: new Uint8Array(rows), nulls };
    case "string":
    case "json": {
      const encoding = type === "json" ? "json" : "utf8";
      return {
        type,
        encoding,
        offsets: new Uint32Array(rows + 1),
        bytes: new Uint8Array(0),
        nulls,
      };
    }
  }
}

/** Rows `from` to `to`, without copying. */
export function sliceColumn<Column extends ColumnData>(
  column: Column,
  from: number,
  to: number,
): Column {
  const nulls = column.nulls?.subarray(from, to);
  return isTextColumn(column)
    ? { ...column, nulls, offsets: column.offsets.subarray(from, to + 1) }
    : { ...column, nulls, values: column.values.subarray(from, to) };
}

/** Columns of the same type and encoding, one after the other. */
export function concatColumns(pieces: readonly ColumnData[]): ColumnData {
  const [first] = pieces;
  if (first === undefined) throw new RangeError("There is no column to go by.");
  if (pieces.length === 1) return first;
  const nulls = concatNulls(pieces);
  if (isTextColumn(first))
    return { ...first, ...concatTexts(pieces as readonly TextColumn[]), nulls };
  const { values } = first;
  const rows = pieces.reduce((sum, piece) => sum + rowCountOf(piece), 0);
  const joined = new (values.constructor as new (length: number) => Float64Array)(rows);
  let at = 0;
  for (const piece of pieces as readonly FixedColumn[]) {
    joined.set(piece.values as Float64Array, at);
    at += piece.values.length;
  }
  return { ...first, values: joined, nulls } as ColumnData;
}

function concatNulls(pieces: readonly ColumnData[]): Uint8Array | undefined {
  if (pieces.every((piece) => piece.nulls === undefined)) return undefined;
  const nulls = new Uint8Array(pieces.reduce((sum, piece) => sum + rowCountOf(piece), 0));
  let at = 0;
  for (const piece of pieces) {
    if (piece.nulls !== undefined) nulls.set(piece.nulls, at);
    at += rowCountOf(piece);
  }
  return nulls;
}

function concatTexts(pieces: readonly TextColumn[]): Pick<TextColumn, "offsets" | "bytes"> {
  const rows = pieces.reduce((sum, piece) => sum + rowCountOf(piece), 0);
  const lengths = pieces.map(({ offsets }) => (offsets.at(-1) ?? 0) - (offsets[0] ?? 0));
  const size = lengths.reduce((sum, length) => sum + length, 0);
  if (size > MAX_TEXT_BYTES) {
    throw new TrackioError(
      "invalid_argument",
      `A column of a table has ${size} bytes of text in ${rows} rows; up to ${MAX_TEXT_BYTES} can be held at once.`,
    );
  }
  const bytes = new Uint8Array(size);
  const offsets = new Uint32Array(rows + 1);
  let row = 0;
  let end = 0;
  pieces.forEach((piece, index) => {
    const start = piece.offsets[0] ?? 0;
    bytes.set(piece.bytes.subarray(start, start + (lengths[index] as number)), end);
    for (let i = 1; i < piece.offsets.length; i += 1) {
      row += 1;
      offsets[row] = end + (piece.offsets[i] as number) - start;
    }
    end += lengths[index] as number;
  });
  return { offsets, bytes };
}

/**
 * The rows given, rising, through `read`, which gives a range; rows that follow
 * each other are read at once.
 */
export function gatherRows(
  rows: readonly number[],
  read: (from: number, to: number) => ColumnData,
): ColumnData {
  const pieces: ColumnData[] = [];
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    while (end < rows.length && rows[end] === (rows[end - 1] as number) + 1) end += 1;
    pieces.push(read(rows[start] as number, (rows[end - 1] as number) + 1));
    start = end;
  }
  return pieces.length === 0 ? read(0, 0) : concatColumns(pieces);
}
