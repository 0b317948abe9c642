import * as arrow from "apache-arrow";
import * as aq from "arquero";
import pl from "nodejs-polars";
import { describe, expect, test } from "vitest";
import type { Value } from "../../protocol/values.ts";
import { Table, type TableValue } from "../index.ts";
import { openRun } from "../testing/logged-media.ts";
import { loggedTables, readTable } from "../testing/logged-table.ts";

const { vectorFromArray: vector } = arrow;
const WHEN = new Date("2026-11-23T04:05:06.789Z");
const DAY = new Date("2026-11-23T00:00:00.000Z");
const SECOND = new Date("2026-11-23T04:05:06.000Z");

const LIST = new arrow.List(new arrow.Field("item", new arrow.Float64()));
const STRUCT = new arrow.Struct([
  new arrow.Field("x", new arrow.Float64()),
  new arrow.Field("y", new arrow.Utf8()),
]);

/** Types and cells, column by column, of what is logged as a table. */
async function logAndRead(given: unknown): Promise<{ types: string[]; columns: Value[][] }> {
  const { folder, log, told } = openRun();
  const table = new Table(given as TableValue);
  log({ t: table });
  expect(told()).toEqual([]);
  const { columns, rows } = await readTable(folder, "t");
  expect(table).toHaveLength(rows.length);
  return {
    types: columns.map((column) => column.slice(column.lastIndexOf(":") + 1)),
    columns: columns.map((_, place) => rows.map((row) => row[place] as Value)),
  };
}

describe("apache-arrow", () => {
  test.each<[string, arrow.Vector, string, Value[]]>([
    ["float64", vector(Float64Array.of(1, Number.NaN, -0)), "number", [1, Number.NaN, -0]],
    ["float32 with null", vector([1.5, null], new arrow.Float32()), "number", [1.5, null]],
    ["float16", vector([1.5, null, -2], new arrow.Float16()), "number", [1.5, null, -2]],
    ["int8", vector([-128, null, 127], new arrow.Int8()), "number", [-128, null, 127]],
    ["uint32", vector([0, 2 ** 32 - 1], new arrow.Uint32()), "number", [0, 2 ** 32 - 1]],
    [
      "int64",
      vector([1n, null, -(2n ** 63n)], new arrow.Int64()),
      "bigint",
      [1n, null, -(2n ** 63n)],
    ],
    ["uint64", vector([2n ** 64n - 1n, 0n], new arrow.Uint64()), "bigint", [2n ** 64n - 1n, 0n]],
    ["bool", vector([true, null, false], new arrow.Bool()), "boolean", [true, null, false]],
    [
      "utf8",
      vector(["", null, "é\u{1f600}"], new arrow.Utf8()),
      "string",
      ["", null, "é\u{1f600}"],
    ],
    ["large utf8", vector(["x", null], new arrow.LargeUtf8()), "string", ["x", null]],
    ["dictionary", vector(["x", "y", null, "x"]), "string", ["x", "y", null, "x"]],
    ["date, days", vector([DAY, null], new arrow.DateDay()), "date", [DAY, null]],
    ["date, ms", vector([WHEN, null], new arrow.DateMillisecond()), "date", [WHEN, null]],
    ["timestamp, s", vector([SECOND, null], new arrow.TimestampSecond()), "date", [SECOND, null]],
    ["timestamp, ms", vector([WHEN, null], new arrow.TimestampMillisecond()), "date", [WHEN, null]],
    ["timestamp, µs", vector([WHEN, null], new arrow.TimestampMicrosecond()), "date", [WHEN, null]],
    ["timestamp, ns", vector([WHEN, null], new arrow.TimestampNanosecond()), "date", [WHEN, null]],
    ["null", vector([null, null], new arrow.Null()), "json", [null, null]],
    ["lists", vector([[1, 2], null, []], LIST), "json", [[1, 2], null, []]],
    ["structs", vector([{ x: 1, y: "q" }, null], STRUCT), "json", [{ x: 1, y: "q" }, null]],
  ])("%s", async (_, column, type, cells) => {
    const { types, columns } = await logAndRead(new arrow.Table({ c: column }));
    expect(types).toEqual([type]);
    expect(columns).toEqual([cells]);
  });

  test("times in nanoseconds are those of the nearest millisecond, also before 1970", async () => {
    const type = new arrow.TimestampNanosecond();
    const data = arrow.makeData({
      type,
      length: 3,
      data: BigInt64Array.of(-1n, 1_999_999n, -1_600_000n),
    });
    const table = new arrow.Table({ c: arrow.makeVector(data) });
    expect((await logAndRead(table)).columns).toEqual([[new Date(0), new Date(2), new Date(-2)]]);
  });

  test("decimals are numbers where they are exact, else text", async () => {
    const type = new arrow.Decimal(2, 38, 128);
    const words = (unscaled: bigint) =>
      [0n, 32n, 64n, 96n].map((shift) => Number(BigInt.asUintN(32, unscaled >> shift)));
    const decimals = (...unscaled: bigint[]) => {
      const values = Uint32Array.from(unscaled.flatMap(words));
      const data = arrow.makeData({ type, length: unscaled.length, data: values });
      return new arrow.Table({ c: arrow.makeVector(data) });
    };
    expect(await logAndRead(decimals(12_345n, -5n, 0n))).toEqual({
      types: ["number"],
      columns: [[123.45, -0.05, 0]],
    });
    expect(await logAndRead(decimals(10n ** 30n + 1n))).toEqual({
      types: ["string"],
      columns: [["10000000000000000000000000000.01"]],
    });
  });

  test("chunks and slices are the rows that they show", async () => {
    const make = (from: number) =>
      new arrow.Table({
        n: vector(Int32Array.from({ length: 20 }, (_, i) => from + i)),
        flag: vector(
          Array.from({ length: 20 }, (_, i) => (i % 7 === 3 ? null : i % 2 === 0)),
          new arrow.Bool(),
        ),
        text: vector(
          Array.from({ length: 20 }, (_, i) => (i % 5 === 0 ? null : `t${from + i}`)),
          new arrow.Utf8(),
        ),
        word: vector(Array.from({ length: 20 }, (_, i) => `w${i % 3}`)),
      });
    const whole = make(0).concat(make(20));
    for (const table of [whole, whole.slice(3, 9), whole.slice(13, 37), whole.slice(21)]) {
      const { columns } = await logAndRead(table);
      const expected = table.schema.fields.map((_, place) => [
        ...(table.getChildAt(place) as arrow.Vector),
      ]);
      expect(columns).toEqual(expected);
    }
    expect((await logAndRead(whole.slice(5, 5))).columns).toEqual([[], [], [], []]);
  });

  test("a file's table, of two columns of one name, and grown by a row", async () => {
    const table = arrow.tableFromIPC(
      arrow.tableToIPC(arrow.tableFromArrays({ a: Int32Array.of(1, 2) })),
    );
    const { folder, log } = openRun();
    const logged = new Table({ dataframe: table, caption: "from a file" });
    log({ t: logged });
    logged.addRow({ a: 3 }).addRow([4]);
    log({ t: logged });
    expect((await readTable(folder, "t")).rows.flat()).toEqual([1, 2, 3, 4]);
    expect(loggedTables(folder, "t").map(({ before, caption }) => [before, caption])).toEqual([
      [0, "from a file"],
      [2, "from a file"],
    ]);
    const twice = {
      schema: { fields: [{ name: "a" }, { name: "a" }] },
      numRows: 2,
      getChildAt: () => table.getChildAt(0),
    };
    expect((await logAndRead(twice)).columns).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});

test("a frame whose columns have other rows than it says is told", () => {
  const { log, told } = openRun();
  const column = vector([1, 2], new arrow.Float64());
  const frame = { schema: { fields: [{ name: "a" }] }, numRows: 3, getChildAt: () => column };
  log({ t: new Table(frame) });
  expect(told()).toEqual([expect.stringMatching(/there are 3 rows and "a" has 2/)]);
});

describe("nodejs-polars", () => {
  test("columns of all types, with null", async () => {
    const frame = pl.DataFrame({
      number: [1, 2.5, null],
      text: ["x", "y", null],
      flag: [true, false, null],
      when: [WHEN, DAY, null],
      list: [[1, 2], [3], null],
    });
    expect(await logAndRead(frame)).toEqual({
      types: ["number", "string", "boolean", "date", "json"],
      columns: [
        [1, 2.5, null],
        ["x", "y", null],
        [true, false, null],
        [WHEN, DAY, null],
        [[1, 2], [3], null],
      ],
    });
    expect(await logAndRead({ dataframe: frame })).toEqual(await logAndRead(frame));
  });

  test("integers are exact, with null among them or not", async () => {
    const big = [2n ** 53n + 1n, -1n];
    const frame = pl.DataFrame({
      i64: pl.Series("i64", BigInt64Array.from(big) as never),
      u64: pl.Series("u64", [1n, null] as never),
      i32: pl.Series("i32", [1, null]).cast(pl.Int32),
      f32: pl.Series("f32", [1.5, 2]).cast(pl.Float32),
    });
    const { types, columns } = await logAndRead(frame);
    expect(types).toEqual(["bigint", "bigint", "number", "number"]);
    expect(columns).toEqual([big, [1n, null], [1, null], [1.5, 2]]);
    const shifted = frame.getColumn("i64").shift(1);
    expect((await logAndRead({ i64: shifted })).columns).toEqual([[null, big[0]]]);
  });
});

describe("arquero", () => {
  test("a table, and what filter and orderby leave of it", async () => {
    const table = aq.table({
      n: [1, 2, null],
      t: ["x", null, "z"],
      f: Float32Array.of(1, 2, 3),
      d: [WHEN, DAY, null],
    });
    expect(await logAndRead(table)).toEqual({
      types: ["number", "string", "number", "date"],
      columns: [
        [1, 2, null],
        ["x", null, "z"],
        [1, 2, 3],
        [WHEN, DAY, null],
      ],
    });
    const some = table.params({ least: 1 }).filter("d => d.f > 1").orderby(aq.desc("f"));
    expect((await logAndRead(some)).columns).toEqual([
      [null, 2],
      ["z", null],
      [3, 2],
      [null, DAY],
    ]);
  });
});

test("columns of frames may stand beside plain ones", async () => {
  const given = { a: vector(["x", "y"]), b: pl.Series("b", [1, 2]), c: [true, false] };
  expect((await logAndRead(given)).columns).toEqual([
    ["x", "y"],
    [1, 2],
    [true, false],
  ]);
});
