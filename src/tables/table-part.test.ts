import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TrackioError } from "../protocol/errors.ts";
import type { ColumnData } from "./column-data.ts";
import { openTablePart } from "./open-table-part.ts";
import type { NamedColumn } from "./raw-table.ts";
import { encodeTableParquet } from "./table-parquet.ts";
import type { TablePart } from "./table-part.ts";
import {
  cellsOf,
  column,
  type Form,
  tables,
  temporaryPath,
  writePart,
} from "./testing/table-files.ts";

async function withPart<Result>(path: string, use: (part: TablePart) => Result): Promise<Result> {
  const part = await openTablePart(path);
  try {
    return use(part);
  } finally {
    part.close();
  }
}

function readAll(part: TablePart): unknown[][] {
  return part.columns.map((_, place) => cellsOf(part.readColumn(place, 0, part.rowCount)));
}

const LONG = 70_000;

function longTable(): NamedColumn[] {
  const rows = Array.from({ length: LONG }, (_, row) => row);
  const sparse = (value: (row: number) => unknown) =>
    rows.map((row) => (row % 7 === 3 ? null : value(row)));
  return [
    { name: "row", data: { type: "number", values: Float64Array.from(rows) } },
    { name: "sparse", data: column("number", sparse((row) => row / 3) as number[]) },
    {
      name: "text",
      data: column(
        "string",
        rows.map((row) => `text ${row % 1000}`),
      ),
    },
    { name: "flag", data: column("boolean", sparse((row) => row % 2 === 0) as boolean[]) },
    {
      name: "nothing",
      data: column(
        "json",
        rows.map(() => null),
      ),
    },
    {
      name: "mixed",
      data: column(
        "json",
        rows.map((row) => (row % 2 === 0 ? row : `${row}`)),
      ),
    },
  ];
}

describe.each<Form>(["raw", "Parquet"])("a part as %s", (form) => {
  test("gives the cells that it was written with", { timeout: 120_000 }, async () => {
    const folder = temporaryPath();
    await fc.assert(
      fc.asyncProperty(tables, async (columns) => {
        const path = await writePart(folder, columns, form);
        await withPart(path, (part) => {
          expect(part.columns.map(({ name, type }) => ({ name, type }))).toEqual(
            columns.map(({ name, data: { type } }) => ({ name, type })),
          );
          expect(readAll(part)).toEqual(columns.map(({ data }) => cellsOf(data)));
        });
      }),
      { numRuns: 150 },
    );
  });

  test("typed arrays of all kinds come back with every value they can have", async () => {
    const typed: ColumnData[] = [
      { type: "number", values: Float64Array.of(Number.NaN, -0, 5e-324, Number.NEGATIVE_INFINITY) },
      { type: "number", values: Float32Array.of(Number.NaN, -0, 1.5, 3.4e38) },
      { type: "number", values: Int8Array.of(-128, 127, 0, 1) },
      { type: "number", values: Uint8Array.of(0, 255, 1, 2) },
      { type: "number", values: Int16Array.of(-32_768, 32_767, 0, 1) },
      { type: "number", values: Uint16Array.of(0, 65_535, 1, 2) },
      { type: "number", values: Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1) },
      { type: "number", values: Uint32Array.of(0, 2 ** 32 - 1, 2 ** 31, 1) },
      { type: "bigint", values: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n) },
      { type: "bigint", values: BigUint64Array.of(0n, 2n ** 64n - 1n, 2n ** 63n, 1n) },
      { type: "date", values: Float64Array.of(-8.64e15, 8.64e15, Number.NaN, 0) },
    ];
    const nulls = Uint8Array.of(0, 0, 1, 0);
    const columns = [...typed, ...typed.map((data) => ({ ...data, nulls }))].map((data, i) => ({
      name: `${i}`,
      data: data as ColumnData,
    }));
    const path = await writePart(temporaryPath(), columns, form);
    await withPart(path, (part) => {
      expect(readAll(part)).toEqual(columns.map(({ data }) => cellsOf(data)));
    });
  });

  test("a range and single rows are those of the whole", { timeout: 60_000 }, async () => {
    const columns = longTable();
    const path = await writePart(temporaryPath(), columns, form);
    await withPart(path, (part) => {
      const whole = columns.map(({ data }) => cellsOf(data));
      const places = fc.integer({ min: 0, max: LONG });
      fc.assert(
        fc.property(fc.nat(columns.length - 1), places, places, (place, a, b) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const short = Math.min(to, from + 5000);
          expect(cellsOf(part.readColumn(place, from, short))).toEqual(
            whole[place]?.slice(from, short),
          );
        }),
        { numRuns: 60 },
      );
      const rows = [0, 1, 2, 4095, 4096, 32_767, 32_768, 32_769, 65_535, 65_536, LONG - 1];
      columns.forEach((_, place) => {
        expect(cellsOf(part.readRows(place, rows))).toEqual(rows.map((row) => whole[place]?.[row]));
        expect(cellsOf(part.readRows(place, []))).toEqual([]);
      });
    });
  });

  test("a table without rows keeps its columns, one without columns is none", async () => {
    const folder = temporaryPath();
    const empty = await writePart(folder, [{ name: "a", data: column("string", []) }], form);
    await withPart(empty, (part) => {
      expect(part.rowCount).toBe(0);
      expect(part.columns).toMatchObject([{ name: "a", type: "string" }]);
      expect(readAll(part)).toEqual([[]]);
    });
    await withPart(await writePart(folder, [], form), (part) => {
      expect([part.rowCount, part.columns]).toEqual([0, []]);
    });
  });

  test("a damaged file is an error that names it, whichever byte is wrong", {
    timeout: 120_000,
  }, async () => {
    const folder = temporaryPath();
    const path = await writePart(
      folder,
      [
        { name: "a", data: column("number", [1, null, 3]) },
        { name: "b", data: column("string", ["x", "yy", null]) },
        { name: "c", data: column("boolean", [true, null, false]) },
      ],
      form,
    );
    const bytes = readFileSync(path);
    const damaged = join(folder, "damaged");
    for (let at = 0; at < bytes.length; at += 1) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const wrong = Buffer.from(bytes);
        wrong[at] = (wrong[at] as number) ^ mask;
        writeFileSync(damaged, wrong);
        // Whatever is read is right, or looks so; it never is another error, nor without an end.
        const outcome = await withPart(damaged, readAll).catch((error: unknown) => error);
        if (Array.isArray(outcome)) continue;
        expect(outcome).toBeInstanceOf(TrackioError);
        expect((outcome as TrackioError).message).toContain(damaged);
      }
    }
    for (let length = 0; length < bytes.length; length += 7) {
      writeFileSync(damaged, bytes);
      truncateSync(damaged, length);
      await expect(withPart(damaged, readAll)).rejects.toMatchObject({ code: "damaged" });
    }
  });
});

test.each([
  [
    "rows without bytes",
    { rows: 4_000_000_000, columns: [{ name: "a", type: "number", encoding: "f64", bytes: 8 }] },
  ],
  [
    "bytes without a file",
    { rows: 1e9, columns: [{ name: "a", type: "number", encoding: "f64", bytes: 8e9 }] },
  ],
  ["no number of rows", { rows: -1, columns: [] }],
  ["more rows than there can be", { rows: 2 ** 52, columns: [] }],
  [
    "an unknown encoding",
    { rows: 1, columns: [{ name: "a", type: "number", encoding: "f128", bytes: 16 }] },
  ],
  [
    "a type of another encoding",
    { rows: 1, columns: [{ name: "a", type: "date", encoding: "i64", bytes: 8 }] },
  ],
  [
    "a type of the prototype",
    { rows: 1, columns: [{ name: "a", type: "constructor", encoding: "f64", bytes: 8 }] },
  ],
  [
    "texts without offsets",
    { rows: 100, columns: [{ name: "a", type: "string", encoding: "utf8", bytes: 8 }] },
  ],
  ["columns that are none", { rows: 1, columns: [null] }],
  ["columns that are no list", { rows: 1, columns: { length: 1e9 } }],
])("a raw header that lies is an error: %s", async (_, header) => {
  const path = join(temporaryPath(), "part");
  writeFileSync(path, `${JSON.stringify({ raw: "table", ...header })}\n12345678`);
  await expect(openTablePart(path)).rejects.toMatchObject({ code: "damaged" });
  await expect(encodeTableParquet(path, `${path}.parquet`)).rejects.toMatchObject({
    code: "damaged",
  });
});

test("texts that overlap or end beyond their column are an error", async () => {
  const path = join(temporaryPath(), "part");
  for (const offsets of [
    [0, 9, 3],
    [0, 1, 4_000_000_000],
  ]) {
    const columns = [{ name: "a", type: "string", encoding: "utf8", bytes: 15 }];
    const header = JSON.stringify({ raw: "table", rows: 2, columns });
    writeFileSync(
      path,
      Buffer.concat([
        Buffer.from(`${header}\n`),
        Buffer.from(Uint32Array.from(offsets).buffer),
        Buffer.from("abc"),
      ]),
    );
    await expect(withPart(path, readAll)).rejects.toMatchObject({ code: "damaged" });
  }
});

test("what is neither form is an error, as is a file that is not there, and other people's Parquet", async () => {
  const folder = temporaryPath();
  const path = join(folder, "part");
  for (const content of [
    "",
    "P",
    "PAR1",
    "PAR1PAR1",
    `PAR1${"x".repeat(5000)}PAR1`,
    "{",
    "{}\n",
    "GIF89a",
  ]) {
    writeFileSync(path, content);
    await expect(openTablePart(path)).rejects.toMatchObject({ code: "damaged" });
  }
  await expect(openTablePart(join(folder, "nothing"))).rejects.toMatchObject({ code: "not_found" });
  const { parquetWriteFile } = await import("hyparquet-writer");
  parquetWriteFile({ filename: path, columnData: [{ name: "a", data: [1, 2], type: "INT32" }] });
  await expect(openTablePart(path)).rejects.toThrow(/no table of trackio/);
});

test("other programs read the Parquet, with unique names and the types that they know", async () => {
  const folder = temporaryPath();
  const path = await writePart(
    folder,
    [
      { name: "a", data: column("number", [1, null]) },
      { name: "a", data: column("string", ["x", "y"]) },
      { name: "", data: column("date", [new Date(0), new Date(Number.NaN)]) },
      { name: "nul\0", data: column("json", [[1], { b: 2n }]) },
      { name: "__proto__", data: column("boolean", [true, false]) },
    ],
    "Parquet",
  );
  const { default: polars } = await import("nodejs-polars");
  const frame = polars.readParquet(path);
  expect(frame.columns).toEqual(["a", "a (2)", "column 3", "nul", "__proto__"]);
  const [numbers, texts, dates, json, flags] = frame.getColumns().map((series) => series.toArray());
  expect([numbers, texts, flags]).toEqual([
    [1, null],
    ["x", "y"],
    [true, false],
  ]);
  expect(dates?.[0]).toEqual(new Date(0));
  expect(String(json?.[0])).toBe("[1]");
});
