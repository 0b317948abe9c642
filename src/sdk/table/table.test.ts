import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mediaIn } from "../../protocol/media.ts";
import type { Value } from "../../protocol/values.ts";
import * as trackio from "../index.ts";
import { openRun } from "../testing/logged-media.ts";
import { loggedTables, makeParts, readTable } from "../testing/logged-table.ts";
import { readRun } from "../testing/on-disk.ts";

const { Table } = trackio;

const ROWS = [
  [1, "x"],
  [2, "y"],
];
const COLUMNS = ["a:number", "b:string"];

describe("what a table is made of", () => {
  test.each<[string, () => trackio.TableValue | trackio.TableGiven, trackio.TableOptions?]>([
    [
      "rows that are objects",
      () => [
        { a: 1, b: "x" },
        { b: "y", a: 2 },
      ],
    ],
    [
      "rows in the object",
      () => ({
        rows: [
          { a: 1, b: "x" },
          { a: 2, b: "y" },
        ],
      }),
    ],
    ["columns", () => ({ a: [1, 2], b: ["x", "y"] })],
    ["typed columns", () => ({ a: Float64Array.of(1, 2), b: ["x", "y"] })],
    ["columns in the object", () => ({ columns: { a: Int8Array.of(1, 2), b: ["x", "y"] } })],
    ["columns and data", () => ({ columns: ["a", "b"], data: ROWS })],
    ["columns and rows", () => ({ columns: ["a", "b"], rows: ROWS })],
    [
      "columns and data, as rows that are objects",
      () => ({
        columns: ["a"],
        data: [
          { b: "x", a: 1 },
          { a: 2, b: "y" },
        ],
      }),
    ],
    ["lists, their names beside them", () => ROWS, { columns: ["a", "b"] }],
    [
      "dataframe, of rows",
      () => ({
        dataframe: [
          { a: 1, b: "x" },
          { a: 2, b: "y" },
        ],
      }),
    ],
    ["dataframe, of columns", () => ({ dataframe: { a: [1, 2], b: ["x", "y"] } })],
  ])("%s", async (_, make, options) => {
    const { folder, log, told } = openRun();
    const given = make() as trackio.TableValue;
    expect(new Table(given, options)).toBeInstanceOf(Table);
    expect(Table(given, options)).toHaveLength(2);
    log({ t: new Table(given, options), u: Table(given, options) });
    expect(await readTable(folder, "t")).toEqual({ columns: COLUMNS, rows: ROWS });
    expect(await readTable(folder, "u")).toEqual({ columns: COLUMNS, rows: ROWS });
    expect(told()).toEqual([]);
  });

  test.each<[string, object, string[]]>([
    [
      "columns whose names are those of options",
      { rows: [1, 2], data: [3, 4] },
      ["rows:number", "data:number"],
    ],
    [
      "a column called columns, with others",
      { columns: ["a", "b"], x: [1, 2] },
      ["columns:string", "x:number"],
    ],
    ["a column called dataframe", { dataframe: ["a", "b"] }, ["dataframe:string"]],
    ["columns in columns", { columns: { rows: [[1], [2]] } }, ["rows:json"]],
  ])("%s", async (_, given, columns) => {
    const { folder, log, told } = openRun();
    log({ t: new Table(given as trackio.TableValue) });
    expect((await readTable(folder, "t")).columns).toEqual(columns);
    expect(told()).toEqual([]);
  });

  test("rows may be maps and typed lists, and have no columns at all", async () => {
    const { folder, log, told } = openRun();
    const shades = Float32Array.of(1, 2);
    const table = new Table([Float64Array.of(3, 4)]).addRow(shades);
    shades[0] = 9;
    log({ t: new Table([new Map([["a", 1]]), { a: 2 }]), u: table, v: new Table([{}, {}]) });
    expect((await readTable(folder, "t")).rows).toEqual([[1], [2]]);
    expect((await readTable(folder, "u")).rows).toEqual([
      [3, 4],
      [1, 2],
    ]);
    await makeParts(folder);
    expect(await readTable(folder, "v")).toEqual({ columns: [], rows: [[], []] });
    expect(told()).toEqual([]);
  });

  test("columns may be called as what every object has", async () => {
    const { folder, log, told } = openRun();
    const row = JSON.parse('{"__proto__":1,"constructor":2,"":3}') as object;
    log({
      t: new Table([row, {}]).addRow(row),
      u: new Table({ columns: { toString: [1] } as never }),
    });
    expect(await readTable(folder, "t")).toEqual({
      columns: ["__proto__:number", "constructor:number", ":number"],
      rows: [
        [1, 2, 3],
        [null, null, null],
        [1, 2, 3],
      ],
    });
    expect((await readTable(folder, "u")).columns).toEqual(["toString:number"]);
    expect(told()).toEqual([]);
  });

  test("lists without names have numbers, and so has a cell beyond the names", async () => {
    const { folder, log } = openRun();
    log({ t: new Table(ROWS), u: new Table({ columns: ["a"], data: [[1], [2, 3]] }) });
    expect((await readTable(folder, "t")).columns).toEqual(["0:number", "1:string"]);
    expect(await readTable(folder, "u")).toEqual({
      columns: ["a:number", "1:number"],
      rows: [
        [1, null],
        [2, 3],
      ],
    });
  });

  test("a table without rows has its columns, and a caption", async () => {
    const { folder, log, told } = openRun();
    log({
      t: new Table({ columns: ["a", "b"], caption: "to come" }),
      u: new Table([], { caption: "nothing" }),
      v: new Table(),
    });
    expect(await readTable(folder, "t")).toEqual({ columns: ["a:json", "b:json"], rows: [] });
    expect(loggedTables(folder, "t")[0]).toMatchObject({
      before: 0,
      parts: [],
      caption: "to come",
    });
    expect(loggedTables(folder, "u")[0]).toMatchObject({ caption: "nothing" });
    expect(loggedTables(folder, "v")[0]).not.toHaveProperty("caption");
    expect(told()).toEqual([]);
  });

  test.each<[string, unknown, RegExp]>([
    ["a number", 5, /5 is no table/],
    ["a text", "rows", /The text "rows" is no table/],
    ["null", null, /null is no table/],
    ["undefined", undefined, /undefined is no table/],
    [
      "a dataframe that is undefined",
      { dataframe: undefined },
      /An object whose "dataframe" is no list is no table/,
    ],
    ["numbers", [1, 2], /A list of numbers is no table/],
    ["a typed array", Float64Array.of(1), /An instance of Float64Array is no table/],
    ["a date", new Date(0), /An instance of Date is no table/],
    ["a promise", Promise.resolve([]), /An instance of Promise is no table/],
    ["a function", () => [], /A function is no table/],
    ["columns that are none", { a: [1], b: 2 }, /An object whose "b" is no list is no table/],
    ["ragged columns", { a: [1, 2], b: [1] }, /"a" has 2 and "b" has 1/],
    [
      "what cannot be looked at",
      new Proxy({}, { ownKeys: () => [][5] as never }),
      /"t" is left out/,
    ],
  ])("%s is told once when it is logged, and all else is kept", (_, given, message) => {
    const { folder, log, run, told } = openRun();
    const table = new Table(given as trackio.TableValue);
    expect(table.length).toBe(0);
    log({ t: table, loss: 1 });
    log({ t: table, loss: 2 });
    expect(told()).toEqual([expect.stringMatching(message)]);
    expect(readRun(folder).rows).toEqual([{ loss: 1 }, { loss: 2 }]);
    expect(run.stats()).toMatchObject({ droppedValues: 2, recordCount: 2 });
  });

  test("a row that is none is a row of nulls, and told", async () => {
    const { folder, log, told } = openRun();
    const table = new Table([{ a: 1 }, 5 as never, { a: 3 }]);
    table.addRow("four" as never).addRows(7 as never);
    log({ t: table });
    expect((await readTable(folder, "t")).rows.flat()).toEqual([1, null, 3, null, null]);
    expect(told()).toEqual([expect.stringMatching(/"t": row 1 is no row but 5;/)]);
    log({ u: new Table([null as never, { a: 1 }]) });
    expect(told()[1]).toMatch(/"u": row 0 is no row but null;/);
  });
});

describe("cells", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("", "\ufeff", "\ud800", "\0"),
  );
  const cell = fc.oneof(
    fc.double(),
    fc.constantFrom(-0, Number.NaN, 2n ** 64n, -(2n ** 64n), null),
    fc.bigInt(),
    fc.boolean(),
    text,
    fc.date({ noInvalidDate: false }),
    fc.array(fc.oneof(fc.integer(), text)),
    fc.dictionary(text, fc.integer()) as fc.Arbitrary<Value>,
  ) as fc.Arbitrary<Value>;
  const uniform = [
    fc.double(),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    fc.boolean(),
    text,
    fc.date(),
  ] as const;
  /** Several parts: the rows of each `log()`, all of them with the same columns. */
  const tables = fc
    .array(
      fc.tuple(
        fc.oneof(text, fc.constantFrom("__proto__", "a")),
        fc.constantFrom(cell, cell, ...uniform),
      ),
      { minLength: 1, maxLength: 5 },
    )
    .chain((columns) => {
      const row = fc.tuple(
        ...columns.map(([, cell]) =>
          fc.oneof({ weight: 5, arbitrary: cell as fc.Arbitrary<Value> }, fc.constant(null)),
        ),
      );
      return fc.record({
        names: fc.constant(columns.map(([name]) => name)),
        parts: fc.array(fc.array(row, { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      });
    });

  test("rows in are rows out, of all types, in several parts, as plain columns and as Parquet", {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ names, parts }) => {
        const { folder, log, run } = openRun();
        const table = new Table({ columns: names, data: parts[0] ?? [] });
        log({ t: table });
        for (const rows of parts.slice(1)) {
          table.addRows(rows);
          log({ t: table });
        }
        expect((await readTable(folder, "t")).rows).toEqual(parts.flat());
        await makeParts(folder);
        const { columns, rows } = await readTable(folder, "t");
        expect(rows).toEqual(parts.flat());
        expect(columns.map((column) => column.slice(0, column.lastIndexOf(":")))).toEqual(names);
        await run.finish();
      }),
      { numRuns: 40 },
    );
  });

  test("a column has the type of its cells, or is mixed", async () => {
    const { folder, log } = openRun();
    const when = new Date(0);
    log({
      t: new Table({
        number: [1, null, Number.NaN],
        bigint: [1n, null, -(2n ** 63n)],
        unsigned: [1n, 2n, 2n ** 64n - 1n],
        huge: [1n, 2n, 2n ** 64n],
        boolean: [true, undefined, false],
        string: ["", null, "x"],
        date: [when, null, when],
        mixed: [1, "1", null],
        nested: [[1], { a: 1 }, null],
        nothing: [null, undefined, null],
        halves: ["\ud800", "x", null],
      } as never),
    });
    const { columns, rows } = await readTable(folder, "t");
    expect(columns.map((column) => column.split(":").at(-1))).toEqual([
      "number",
      "bigint",
      "bigint",
      "json",
      "boolean",
      "string",
      "date",
      "json",
      "json",
      "json",
      "string",
    ]);
    expect(rows[1]).toEqual([null, null, 2n, 2n, null, null, null, "1", { a: 1 }, null, "x"]);
    expect(rows[2]).toEqual([
      Number.NaN,
      -(2n ** 63n),
      2n ** 64n - 1n,
      2n ** 64n,
      false,
      "x",
      when,
      null,
      null,
      null,
      null,
    ]);
  });

  test("pictures in cells are blobs of their own, listed with the table", async () => {
    const { folder, log, run, told } = openRun();
    const picture = (shade: number) =>
      new trackio.Image(Uint8Array.of(shade), { shape: [1, 1], caption: `${shade}` });
    const table = new Table([
      { guess: 1, picture: picture(1) },
      { guess: 2, picture: [picture(2), picture(1)] },
    ]);
    log({ t: table });
    table.addRow({ guess: 3, picture: picture(3) });
    log({ t: table });
    const { columns, rows } = await readTable(folder, "t");
    expect(columns).toEqual(["guess:number", "picture:json"]);
    const shown = rows.map(([, cell]) => mediaIn(cell).map(({ fields }) => fields.caption));
    expect(shown).toEqual([["1"], ["2", "1"], ["3"]]);
    const [first, second] = loggedTables(folder, "t");
    expect([first?.blobs?.length, second?.blobs?.length]).toEqual([2, 1]);
    expect(rows.flatMap(([, cell]) => mediaIn(cell))).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ blob: second?.blobs?.[0] }) }),
    );
    expect(run.stats().blobCount).toBe(5);
    expect(told()).toEqual([]);
  });

  test("a cell that cannot be kept is null, and told once", async () => {
    const { folder, log, told } = openRun();
    log({
      t: new Table([
        { a: 1, b: () => 1 },
        { a: new trackio.Image("/nowhere.png"), b: Symbol("s") },
      ]),
    });
    expect((await readTable(folder, "t")).rows).toEqual([
      [1, null],
      [null, null],
    ]);
    expect(told()).toEqual([
      expect.stringMatching(/A cell of "t" is null: There is no file "\/nowhere.png"/),
      expect.stringMatching(/A cell of "t" is null: t.0.b is a function/),
    ]);
  });
});

test("a table in a cell is kept, and one that holds itself is told", async () => {
  const { folder, log, told } = openRun();
  const table = new Table([{ a: 1 }]);
  log({ t: new Table([{ inner: table }, { inner: null }]) });
  const { rows } = await readTable(folder, "t");
  expect(rows[0]?.[0]).toMatchObject({ kind: "table", fields: { parts: [{ rows: 1 }] } });
  table.addRow({ a: [table, table] }).addRow({ a: table });
  log({ t: table });
  expect((await readTable(folder, "t")).rows).toEqual([[1], [[null, null]], [null]]);
  expect(told()).toEqual([
    expect.stringMatching(/A table cannot stand in a cell of itself/),
    expect.stringMatching(/A table cannot stand in a cell of itself/),
  ]);
});
