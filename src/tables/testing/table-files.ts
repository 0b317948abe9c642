/** Parts of tables on disk, for tests. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { onTestFinished } from "vitest";
import type { Json } from "../../protocol/json.ts";
import type { TableColumn } from "../../protocol/media.ts";
import { decodeValue, encodeValue, type Value } from "../../protocol/values.ts";
import { cellAt } from "../cells.ts";
import { type ColumnData, rowCountOf } from "../column-data.ts";
import { queryTable } from "../query-table.ts";
import { encodeRawTable, type NamedColumn } from "../raw-table.ts";
import { encodeTableParquet } from "../table-parquet.ts";
import type { CheckedTableQuery, TableSource } from "../table-source.ts";
import { encodeTexts } from "../text-column.ts";

export type Form = "raw" | "Parquet";

/** A folder that is gone after the test. */
export function temporaryPath(): string {
  const path = mkdtempSync(join(tmpdir(), "trackio-table-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

let files = 0;

/** Writes the columns as a part of the form; gives its path. */
export async function writePart(
  folder: string,
  columns: readonly NamedColumn[],
  form: Form,
): Promise<string> {
  files += 1;
  const path = join(folder, `part-${files}`);
  const { header, chunks } = encodeRawTable(columns);
  writeFileSync(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...chunks]));
  if (form === "raw") return path;
  await encodeTableParquet(path, `${path}.parquet`);
  return `${path}.parquet`;
}

/** A column of values of one type, null among them; of `json`, anything. */
export function column(
  type: TableColumn["type"],
  values: readonly (Value | undefined)[],
): ColumnData {
  const isNull = (value: Value | undefined) => value === null || value === undefined;
  const nulls = values.some(isNull)
    ? Uint8Array.from(values, (v) => (isNull(v) ? 1 : 0))
    : undefined;
  switch (type) {
    case "number":
    case "date":
      return { type, nulls, values: Float64Array.from(values, (v) => (isNull(v) ? 0 : Number(v))) };
    case "boolean":
      return { type, nulls, values: Uint8Array.from(values, Number) };
    case "bigint":
      return { type, nulls, values: BigInt64Array.from(values, (v) => (v ?? 0n) as bigint) };
    case "string":
      return encodeTexts(
        type,
        values.map((v) => (v ?? null) as string | null),
      );
    case "json":
      return encodeTexts(
        type,
        values.map((v) => (isNull(v) ? null : JSON.stringify(encodeValue(v)))),
      );
  }
}

/** All cells of a column, as the API has them. */
export function cellsOf(data: ColumnData): Json[] {
  return Array.from({ length: rowCountOf(data) }, (_, row) => cellAt(data, row));
}

export const QUERY: CheckedTableQuery = {
  key: "table",
  sources: [{ run: "r" }],
  filters: [],
  from: 0,
  count: 1000,
  whole: false,
};

/** A source of one part after the other, each made of its columns. */
export async function sourceOf(
  folder: string,
  parts: readonly (readonly NamedColumn[])[],
  form: Form = "raw",
): Promise<TableSource> {
  const columns = (parts.at(-1) ?? []).map(({ name, data: { type } }) => ({ name, type }));
  const written = [];
  for (const part of parts) {
    const rows = part[0] === undefined ? 0 : rowCountOf(part[0].data);
    written.push({ path: await writePart(folder, part, form), rows });
  }
  return { run: "r", step: 1, missingRows: 0, columns, parts: written };
}

/** The values of the first column that a query gives. */
export async function firstColumn(
  sources: readonly TableSource[],
  query: Partial<CheckedTableQuery>,
): Promise<Value[]> {
  return (await rowsOf(sources, query)).map(([cell]) => cell as Value);
}

/** The cells of a page, decoded. */
export async function rowsOf(
  sources: readonly TableSource[],
  query: Partial<CheckedTableQuery> = {},
): Promise<Value[][]> {
  const { rows } = await queryTable(sources, { ...QUERY, ...query });
  return rows.map(({ cells }) => cells.map((cell) => decodeValue(cell as Json)));
}

export function named(name: string, ...given: Parameters<typeof column>): NamedColumn {
  return { name, data: column(...given) };
}

export const sorted = (column: number, descending = false) => ({ sort: { column, descending } });

const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", "\ufeffmark", "\ud800", "a\udc00b", "\0", "null", "x".repeat(3000)),
);
const bigints = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n),
);
const dates = fc.oneof(fc.date({ noInvalidDate: false }), fc.constantFrom(new Date(Number.NaN)));

/** Values of a column's type. */
export const valuesOf: { readonly [Type in TableColumn["type"]]: fc.Arbitrary<Value> } = {
  number: fc.oneof(fc.double(), fc.constantFrom(-0, 0, Number.NaN, 1e300, 2 ** 53)),
  bigint: bigints,
  boolean: fc.boolean(),
  string: texts,
  date: dates,
  json: fc.oneof(
    fc.double(),
    texts,
    fc.boolean(),
    dates,
    bigints,
    fc.bigInt(),
    fc.array(fc.oneof(fc.double(), texts)),
    fc.dictionary(texts, fc.oneof(fc.integer(), texts)) as fc.Arbitrary<Value>,
  ),
};

/** Columns of the same length, of all types, some with null. */
export const tables: fc.Arbitrary<NamedColumn[]> = fc
  .tuple(
    fc.integer({ min: 0, max: 40 }),
    fc.array(fc.constantFrom(...Object.keys(valuesOf)), { minLength: 1, maxLength: 6 }),
  )
  .chain(([rows, types]) =>
    fc.tuple(
      ...types.map((type) => {
        const value = valuesOf[type as TableColumn["type"]];
        const values = fc.array(fc.oneof({ weight: 4, arbitrary: value }, fc.constant(null)), {
          minLength: rows,
          maxLength: rows,
        });
        return fc.record({
          name: fc.oneof(texts, fc.constantFrom("__proto__", "", "a", "a", "length", "a.b")),
          data: values.map((values) => column(type as TableColumn["type"], values)),
        });
      }),
    ),
  );
