/** What hyparquet makes of a page, as a column. */

import type { DecodedArray } from "hyparquet";
import type { ParquetParsers } from "hyparquet/src/types.js";
import type { BooleanColumn, ColumnData, TextColumn } from "./column-data.ts";
import { type FormColumn, INVALID_DATE } from "./parquet-form.ts";
import { FIXED_ENCODINGS } from "./raw-table.ts";

function notOurs(): never {
  throw new TypeError("no column of a table has this type");
}

/** Texts stay bytes, and dates milliseconds. */
export const PAGE_PARSERS: ParquetParsers = {
  stringFromBytes: (bytes) => bytes,
  timestampFromMilliseconds: (ms) => (ms === INVALID_DATE ? Number.NaN : Number(ms)),
  timestampFromMicroseconds: notOurs,
  timestampFromNanoseconds: notOurs,
  dateFromDays: notOurs,
  jsonFromBytes: notOurs,
  geometryFromBytes: notOurs,
  geographyFromBytes: notOurs,
  uuidFromBytes: notOurs,
};

const CLASSES = new Map<string, (typeof FIXED_ENCODINGS)[number][1]>(FIXED_ENCODINGS);

/** The column of `rows` rows that was decoded as `data`. @throws RangeError where it has other rows. */
export function columnOfPage(data: DecodedArray, rows: number, form: FormColumn): ColumnData {
  if (data.length !== rows) throw new RangeError(`${data.length} values for ${rows} rows`);
  const { type, encoding } = form;
  const nulls = Array.isArray(data) ? nullsOf(data) : undefined;
  if (encoding === "utf8" || encoding === "json") {
    return { type: type as TextColumn["type"], encoding, nulls, ...joinTexts(data as unknown[]) };
  }
  if (encoding === "bool") {
    const values = new Uint8Array(rows);
    for (let row = 0; row < rows; row += 1) values[row] = data[row] === true ? 1 : 0;
    return { type: "boolean", values, nulls } satisfies BooleanColumn;
  }
  const Class = CLASSES.get(encoding) ?? notOurs();
  if (data instanceof Class) return { type, values: data } as ColumnData;
  const values = new Class(rows);
  for (let row = 0; row < rows; row += 1) {
    if (nulls?.[row] !== 1) values[row] = (data as (number & bigint)[])[row] as never;
  }
  return { type, values, nulls } as ColumnData;
}

function nullsOf(data: readonly unknown[]): Uint8Array | undefined {
  let nulls: Uint8Array | undefined;
  for (let row = 0; row < data.length; row += 1) {
    if (data[row] !== null && data[row] !== undefined) continue;
    nulls ??= new Uint8Array(data.length);
    nulls[row] = 1;
  }
  return nulls;
}

function joinTexts(texts: readonly unknown[]): Pick<TextColumn, "offsets" | "bytes"> {
  const offsets = new Uint32Array(texts.length + 1);
  let end = 0;
  for (let row = 0; row < texts.length; row += 1) {
    const text = texts[row];
    if (text instanceof Uint8Array) end += text.length;
    offsets[row + 1] = end;
  }
  const bytes = new Uint8Array(end);
  for (let row = 0; row < texts.length; row += 1) {
    const text = texts[row];
    if (text instanceof Uint8Array) bytes.set(text, offsets[row]);
  }
  return { offsets, bytes };
}
