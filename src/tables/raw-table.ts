/**
 * A part of a table as plain columns, one after the other: what `log()` can write
 * at the speed of the disk, and what a reader can read without a library.
 *
 * First a line of JSON, the header; then the columns in its order, without gaps.
 * A column whose encoding ends with `?` begins with a null bitmap, a bit a row,
 * lowest bit of a byte first, set where the row is null. Then, little-endian:
 *
 *     f64 f32 i8 u8 i16 u16 i32 u32   numbers; of a date (f64): epoch milliseconds, NaN where it is invalid
 *     i64 u64                         bigints
 *     bool                            a byte a row, 0 or 1
 *     utf8 json                       rows + 1 offsets (u32) into the bytes of the texts, which follow
 *
 * A text of `json` is the JSON of a value in the form of journal lines. A `string`
 * column is `json` where a text is no well-formed Unicode, which UTF-8 cannot say.
 */

import type { TableColumnType } from "../protocol/media.ts";
import { type ColumnData, isTextColumn, rowCountOf, type TextColumn } from "./column-data.ts";

export interface RawTableColumn {
  readonly name: string;
  readonly type: TableColumnType;
  /** How its values lie there; see above. */
  readonly encoding: string;
  /** Bytes of the column, its null bitmap included. */
  readonly bytes: number;
}

/** First line of a raw table; the columns follow in this order. */
export interface RawTableHeader {
  readonly raw: "table";
  readonly rows: number;
  readonly columns: readonly RawTableColumn[];
}

export interface NamedColumn {
  readonly name: string;
  readonly data: ColumnData;
}

export interface RawTable {
  readonly header: RawTableHeader;
  /** What follows the header's line, in order; where it can be, the memory of the columns themselves. */
  readonly chunks: readonly Uint8Array[];
}

/** The file of `columns`, which all have as many rows. Typed columns are not copied. */
export function encodeRawTable(columns: readonly NamedColumn[]): RawTable {
  const rows = columns[0] === undefined ? 0 : rowCountOf(columns[0].data);
  const chunks: Uint8Array[] = [];
  const described = columns.map(({ name, data }): RawTableColumn => {
    const before = chunks.length;
    if (data.nulls !== undefined) chunks.push(packNulls(data.nulls));
    if (isTextColumn(data)) chunks.push(...encodeTexts(data));
    else chunks.push(bytesOf(data.values));
    const bytes = chunks.slice(before).reduce((sum, chunk) => sum + chunk.byteLength, 0);
    return { name, type: data.type, encoding: encodingOf(data), bytes };
  });
  return { header: { raw: "table", rows, columns: described }, chunks };
}

function encodingOf(data: ColumnData): string {
  const suffix = data.nulls === undefined ? "" : "?";
  if (isTextColumn(data)) return data.encoding + suffix;
  if (data.type === "boolean") return `bool${suffix}`;
  const { values } = data;
  const encoding = FIXED_ENCODINGS.find(([, Class]) => values instanceof Class)?.[0];
  return `${encoding}${suffix}`;
}

/** Fixed-width encodings but `bool`, which is told by its type. */
export const FIXED_ENCODINGS = [
  ["f64", Float64Array],
  ["f32", Float32Array],
  ["i8", Int8Array],
  ["u8", Uint8Array],
  ["i16", Int16Array],
  ["u16", Uint16Array],
  ["i32", Int32Array],
  ["u32", Uint32Array],
  ["i64", BigInt64Array],
  ["u64", BigUint64Array],
] as const;

function encodeTexts({ offsets, bytes }: TextColumn): Uint8Array[] {
  const start = offsets[0] ?? 0;
  const end = offsets.at(-1) ?? 0;
  const based = start === 0 ? offsets : offsets.map((offset) => offset - start);
  return [bytesOf(based), bytes.subarray(start, end)];
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function packNulls(nulls: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(nulls.length / 8));
  for (let row = 0; row < nulls.length; row += 1) {
    if (nulls[row] !== 0) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  }
  return bits;
}

/** The null bytes of rows `from` to `to`, given the bitmap from the byte of row `from` on. */
export function unpackNulls(bits: Uint8Array, from: number, to: number): Uint8Array {
  const nulls = new Uint8Array(to - from);
  const shift = from & 7;
  for (let row = 0; row < nulls.length; row += 1) {
    const bit = row + shift;
    nulls[row] = ((bits[bit >> 3] as number) >> (bit & 7)) & 1;
  }
  return nulls;
}

/** Row numbers are 32 bits wide wherever rows are sorted. */
export const MAX_ROWS = 2 ** 32 - 1;

const NUMBERS = ["f64", "f32", "i8", "u8", "i16", "u16", "i32", "u32"];
const ENCODINGS_OF_TYPE: Readonly<Record<TableColumnType, readonly string[]>> = {
  number: NUMBERS,
  bigint: ["i64", "u64"],
  boolean: ["bool"],
  date: ["f64"],
  string: ["utf8", "json"],
  json: ["json"],
};

/** Whether columns of the type may have the encoding, here without `?`. */
export function isEncodingOf(type: string, encoding: string): boolean {
  return (
    Object.hasOwn(ENCODINGS_OF_TYPE, type) &&
    ENCODINGS_OF_TYPE[type as TableColumnType].includes(encoding)
  );
}
