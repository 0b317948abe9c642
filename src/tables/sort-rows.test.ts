import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../protocol/json.ts";
import { decodeNumber, decodeValue, type Value } from "../protocol/values.ts";
import { type ColumnData, rowCountOf } from "./column-data.ts";
import { orderByBigints, orderByNumbers, orderByTexts } from "./sort-keys.ts";
import { sortRows } from "./sort-rows.ts";
import { cellsOf, column, valuesOf } from "./testing/table-files.ts";

/** The order as the laws say it, by comparing. */
function expectedOrder(cells: readonly Json[], isDescending: boolean): number[] {
  const sign = isDescending ? -1 : 1;
  const isLast = (cell: Json) => (cell === null ? 2 : isNotNumber(cell) ? 1 : 0);
  return cells
    .map((_, row) => row)
    .sort((a, b) => {
      const [left, right] = [cells[a] as Json, cells[b] as Json];
      const last = isLast(left) - isLast(right);
      if (last !== 0 || isLast(left) > 0) return last;
      return sign * (rankOf(left) - rankOf(right) || compare(left, right));
    });
}

function isNotNumber(cell: Json): boolean {
  const value = decodeValue(cell);
  return Number.isNaN(value) || (value instanceof Date && Number.isNaN(value.getTime()));
}

function rankOf(cell: Json): number {
  if (decodeNumber(cell) !== undefined) return 0;
  if (typeof cell === "string") return 1;
  if (typeof cell === "boolean") return 3;
  return (cell as { $?: string }).$ === "date" ? 2 : 4;
}

function compare(left: Json, right: Json): number {
  const [a, b] = [left, right].map((cell) => {
    const value = decodeValue(cell);
    if (value instanceof Date) return value.getTime();
    return typeof value === "object" ? JSON.stringify(cell) : value;
  }) as [number, number];
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
  return a < b ? -1 : a > b ? 1 : 0;
}

describe.each(["number", "bigint", "boolean", "string", "date", "json"] as const)("%s", (type) => {
  const values = fc.array(fc.oneof({ weight: 6, arbitrary: valuesOf[type] }, fc.constant(null)), {
    maxLength: 400,
    size: "max",
  });

  test("rows are sorted as the laws say, in both directions", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(values, fc.boolean(), (values, isDescending) => {
        const data = column(type, values);
        const order = [...sortRows([{ from: 0, data }], undefined, isDescending)];
        expect(order).toEqual(expectedOrder(cellsOf(data), isDescending));
      }),
      { numRuns: 20 },
    );
  });

  test("rows of several parts, and some of the rows only, are sorted as those of one", () => {
    fc.assert(
      fc.property(values, values, fc.func(fc.boolean()), (first, second, isWanted) => {
        const whole = column(type, [...first, ...second]);
        const pieces = [
          { from: 0, data: column(type, first) },
          { from: first.length, data: column(type, second) },
        ];
        expect([...sortRows(pieces, undefined, false)]).toEqual([
          ...sortRows([{ from: 0, data: whole }], undefined, false),
        ]);
        const rows = Uint32Array.from({ length: rowCountOf(whole) }, (_, row) => row).filter(
          isWanted,
        );
        const wanted = new Set(rows);
        const expected = expectedOrder(cellsOf(whole), true).filter((row) => wanted.has(row));
        expect([...sortRows(pieces, rows, true)]).toEqual(expected);
      }),
      { numRuns: 6 },
    );
  });
});

test("numbers and bigints are compared by their exact values", () => {
  const pieces = [
    { from: 0, data: column("number", [2 ** 53, 1.5, Number.POSITIVE_INFINITY, null]) },
    { from: 4, data: column("bigint", [2n ** 53n + 1n, 2n ** 53n - 1n, 1n, null]) },
  ];
  expect([...sortRows(pieces, undefined, false)]).toEqual([6, 1, 5, 0, 4, 2, 3, 7]);
  expect([...sortRows(pieces, undefined, true)]).toEqual([2, 4, 0, 5, 1, 6, 3, 7]);
});

test("unsigned 64-bit integers are sorted with signed ones", () => {
  const unsigned: ColumnData = { type: "bigint", values: BigUint64Array.of(2n ** 64n - 1n, 0n) };
  const pieces = [
    { from: 0, data: unsigned },
    { from: 2, data: column("bigint", [-1n, 5n]) },
  ];
  expect([...sortRows(pieces, undefined, false)]).toEqual([2, 1, 3, 0]);
});

/** Long lists, so that it is counted, not compared. */
const many = 5_000;

test("orderByNumbers is the stable order of many doubles", () => {
  const numbers = Float64Array.from(
    { length: many },
    (_, i) => [(i * 7919) % 97, -i % 13, -0, 0, 1 / 0][i % 5] as number,
  );
  const expected = (sign: number) =>
    [...numbers.keys()].sort(
      (a, b) => sign * Math.sign((numbers[a] as number) - (numbers[b] as number) || 0),
    );
  expect([...orderByNumbers(numbers, false)]).toEqual(expected(1));
  expect([...orderByNumbers(numbers, true)]).toEqual(expected(-1));
});

test("orderByBigints is the order of many integers", () => {
  const bigints = BigInt64Array.from(
    { length: many },
    (_, i) => BigInt((i * 7919) % 997) * (i % 2 === 0 ? 1n : -(2n ** 50n)),
  );
  const expected = [...bigints.keys()].sort((a, b) =>
    (bigints[a] as bigint) < (bigints[b] as bigint) ? -1 : bigints[a] === bigints[b] ? 0 : 1,
  );
  expect([...orderByBigints(bigints, false)]).toEqual(expected);
});

test("orderByTexts is the order of code points: long texts that share their beginnings, equal ones, zero bytes at the end", () => {
  const letters = fc.constantFrom("\0", "a", "é", "\uffff", "\u{10000}", "z");
  const beginnings = fc.constantFrom(
    "",
    "a very long beginning of many texts, ",
    "\0\0\0\0\0\0\0\0\0",
  );
  const text = fc
    .tuple(beginnings, fc.string({ unit: letters, maxLength: 12 }))
    .map(([a, b]) => a + b);
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 400, maxLength: 1500 }),
      fc.boolean(),
      (texts, isDescending) => {
        const data = column("string", texts) as ColumnData & {
          bytes: Uint8Array;
          offsets: Uint32Array;
        };
        const given = {
          bytes: data.bytes,
          starts: data.offsets.slice(0, -1),
          ends: data.offsets.slice(1),
        };
        const buffers = texts.map((text) => Buffer.from(text));
        const sign = isDescending ? -1 : 1;
        const expected = texts
          .map((_, i) => i)
          .sort((a, b) => sign * Buffer.compare(buffers[a] as Buffer, buffers[b] as Buffer));
        expect([...orderByTexts(given, isDescending)]).toEqual(expected);
      },
    ),
    { numRuns: 12 },
  );
});

test("a column of one long text a thousand times is no endless work", () => {
  const values: Value[] = Array.from({ length: 1000 }, () => "same ".repeat(1000));
  const order = sortRows([{ from: 0, data: column("string", values) }], undefined, true);
  expect([...order]).toEqual([...values.keys()]);
});
