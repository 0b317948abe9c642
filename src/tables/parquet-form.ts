/**
 * How a table lies in Parquet. Each column has the Parquet type that other
 * programs expect of it; what Parquet cannot say (names twice or empty, which
 * text is JSON) stands in the key-value metadata under `trackio`.
 *
 * Pages are small, not dictionary-encoded and of whole rows, so that one row
 * costs one page a column; row groups are small enough to be made in memory.
 */

import type { SchemaElement } from "hyparquet";
import type { TableColumn } from "../protocol/media.ts";
import { isEncodingOf } from "./raw-table.ts";

export const METADATA_KEY = "trackio";
export const PAGE_BYTES = 16 * 1024;
export const GROUP_ROWS = 32 * 1024;

/** Date columns are 64-bit milliseconds, for which this is far beyond all dates. Numpy and pandas read it as NaT. */
export const INVALID_DATE = -(2n ** 63n);

/** A raw table's encoding without `?`. */
export type FormEncoding = keyof typeof FORMS;

export interface FormColumn extends TableColumn {
  readonly encoding: FormEncoding;
}

/** The JSON under {@link METADATA_KEY}. */
export interface FormMetadata {
  readonly table: 1;
  readonly rows: number;
  /** In the order of the file's columns. */
  readonly columns: readonly FormColumn[];
}

type Form = Omit<SchemaElement, "name" | "repetition_type">;

const FORMS = {
  f64: { type: "DOUBLE" },
  f32: { type: "FLOAT" },
  i8: { type: "INT32", converted_type: "INT_8" },
  u8: { type: "INT32", converted_type: "UINT_8" },
  i16: { type: "INT32", converted_type: "INT_16" },
  u16: { type: "INT32", converted_type: "UINT_16" },
  i32: { type: "INT32" },
  u32: { type: "INT32", converted_type: "UINT_32" },
  i64: { type: "INT64" },
  u64: { type: "INT64", converted_type: "UINT_64" },
  bool: { type: "BOOLEAN" },
  utf8: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  // As text: not every program reads what is called JSON.
  json: { type: "BYTE_ARRAY", converted_type: "UTF8" },
} as const satisfies Readonly<Record<string, Form>>;

const DATE_FORM = { type: "INT64", converted_type: "TIMESTAMP_MILLIS" } as const satisfies Form;

export function isFormColumn(given: Partial<FormColumn> | null): given is FormColumn {
  const { name, type, encoding } = given ?? {};
  return typeof name === "string" && isEncodingOf(String(type), String(encoding));
}

/** The file's schema, root first. Names are unique in it, as other programs want them. */
export function schemaOf(
  columns: readonly (FormColumn & { readonly isNullable: boolean })[],
): SchemaElement[] {
  const taken = new Set<string>();
  const leaves = columns.map(({ name, type, encoding, isNullable }, index): SchemaElement => {
    const plain = name.toWellFormed().replaceAll("\0", "") || `column ${index + 1}`;
    let unique = plain;
    for (let number = 2; taken.has(unique); number += 1) unique = `${plain} (${number})`;
    taken.add(unique);
    const form = type === "date" ? DATE_FORM : FORMS[encoding];
    return { name: unique, repetition_type: isNullable ? "OPTIONAL" : "REQUIRED", ...form };
  });
  return [{ name: "table", num_children: leaves.length }, ...leaves];
}
