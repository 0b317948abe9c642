import { describe, expect, test } from "vitest";
import type { TableFilter } from "../protocol/api.ts";
import type { Value } from "../protocol/values.ts";
import { queryTable } from "./query-table.ts";
import {
  firstColumn,
  named,
  QUERY,
  sorted,
  sourceOf,
  temporaryPath,
} from "./testing/table-files.ts";

describe("filters", () => {
  const all: readonly Value[] = [
    1,
    10n,
    "Ten",
    "10",
    true,
    new Date(Date.UTC(2026, 10, 23, 12)),
    Number.NaN,
    "",
    null,
    [1, 10],
  ];

  async function passing(
    filter: TableFilter,
    values = all,
    type: "json" | "number" | "bigint" | "date" = "json",
  ) {
    const source = await sourceOf(temporaryPath(), [[named("a", type, values)]]);
    return firstColumn([source], { filters: [{ ...filter, op: filter.op ?? "contains" }] });
  }

  test.each<[TableFilter, readonly Value[]]>([
    [{ value: "10" }, [10n, "10", [1, 10]]],
    [{ value: "TE" }, ["Ten"]],
    [{ value: "tru" }, [true]],
    [{ value: "2026-11" }, [new Date(Date.UTC(2026, 10, 23, 12))]],
    [{ op: "=", value: "10" }, [10n, "10"]],
    [{ op: "=", value: 10 }, [10n]],
    [{ op: "=", value: true }, [true]],
    [{ op: "=", value: "true" }, [true]],
    [{ op: "=", value: "NaN" }, [Number.NaN]],
    [{ op: "=", value: "Ten" }, ["Ten"]],
    [{ op: "!=", value: 1 }, all.slice(1)],
    [{ op: ">", value: 1 }, [10n, all[5] as Date]],
    [{ op: ">=", value: 1 }, [1, 10n, all[5] as Date]],
    [{ op: "<", value: "5" }, [1, "10", ""]],
    [{ op: ">", value: "A" }, ["Ten"]],
    [{ value: "" }, all],
    [{ op: ">", value: "9" }, [10n, "Ten", all[5] as Date].slice(0, 2)],
    [{ op: "empty" }, ["", null]],
    [{ op: "not empty" }, all.filter((value) => value !== "" && value !== null)],
  ])("%j", async (filter, expected) => {
    expect(await passing(filter)).toEqual(expected);
  });

  test.each([false, true])(
    "contains finds what stands within one text, among other letters than ASCII: %s",
    async (isWide) => {
      const texts = [
        "abc",
        "",
        "ABab",
        "cab",
        null,
        "b",
        "ca",
        "bc",
        "xabcabc",
        ...(isWide ? ["éABC"] : []),
      ];
      const source = await sourceOf(temporaryPath(), [[named("a", "string", texts)]]);
      for (const value of ["a", "ab", "ABC", "bc", "cab", "b", "x", "bcabc", "é"]) {
        const expected = texts.filter((text) => text?.toLowerCase().includes(value.toLowerCase()));
        expect(await firstColumn([source], { filters: [{ op: "contains", value }] })).toEqual(
          expected,
        );
      }
    },
  );

  test("contains finds a time in a date, with a space before it as pages write it", async () => {
    const odd = [Date.UTC(12_026, 0, 1), Date.UTC(-5, 0, 1), Number.NaN];
    const days = [Date.UTC(2026, 10, 23, 9, 5, 7, 30), Date.UTC(2026, 10, 23), ...odd];
    const dates = days.map((ms) => new Date(ms));
    const [late, early, far, old, invalid] = dates as [Date, Date, Date, Date, Date];
    for (const type of ["date", "json"] as const) {
      expect(await passing({ value: "23 09:05" }, dates, type)).toEqual([late]);
      expect(await passing({ value: "23T09:05:07.030Z" }, dates, type)).toEqual([late]);
      expect(await passing({ value: "2026-11-23" }, dates, type)).toEqual([late, early]);
      expect(await passing({ value: "2026-01" }, dates, type)).toEqual([far]);
      expect(await passing({ value: "-000005-01-01t00" }, dates, type)).toEqual([old]);
      expect(await passing({ value: "valid d" }, dates, type)).toEqual([invalid]);
    }
  });

  test("contains reads numbers as people do", async () => {
    const numbers = [10, -0, 1e21, Number.NaN, Number.NEGATIVE_INFINITY, 0.5, null];
    const pass = (value: string) => passing({ value }, numbers, "number");
    expect(await pass("1")).toEqual([10, 1e21]);
    expect(await pass("E+21")).toEqual([1e21]);
    expect(await pass("nan")).toEqual([Number.NaN]);
    expect(await pass("-inf")).toEqual([Number.NEGATIVE_INFINITY]);
    expect(await pass("-0")).toEqual([-0]);
    expect(await pass("z")).toEqual([]);
    expect(await passing({ value: "23" }, [123n, 45n, null], "bigint")).toEqual([123n]);
  });

  test("texts are compared by code point, and a column of texts also with a number", async () => {
    const texts = ["\uffff", "\u{10000}", "10", "9"];
    const source = await sourceOf(temporaryPath(), [[named("a", "string", texts)]]);
    const pass = (op: TableFilter["op"] & string, value: string | number) =>
      firstColumn([source], { filters: [{ op, value }] });
    expect(await pass(">", "\uffff")).toEqual(["\u{10000}"]);
    expect(await pass("=", 10)).toEqual(["10"]);
    expect(await pass("<", "9")).toEqual(["10"]);
  });

  test("a day, a month or a year stands for all of its moments", async () => {
    const dates = [
      "2025-12-31T23:59:59.999Z",
      "2026-01-01T00:00:00.000Z",
      "2026-01-31T23:59:59.999Z",
      "2026-02-01T00:00:00.000Z",
    ].map((text) => new Date(text));
    const pass = (op: TableFilter["op"], value: string) =>
      passing({ op, value }, [...dates, new Date(Number.NaN), null], "date");
    expect(await pass("=", "2026-01")).toEqual(dates.slice(1, 3));
    expect(await pass("<", "2026")).toEqual(dates.slice(0, 1));
    expect(await pass(">", "2026-01")).toEqual(dates.slice(3));
    expect(await pass(">=", "2026-01-31")).toEqual(dates.slice(2));
    expect(await pass("<=", "2026-01-01T00:00:00Z")).toEqual(dates.slice(0, 2));
    expect(await pass("=", "no date")).toEqual([]);
  });

  test("integers beyond 2^53 are compared exactly", async () => {
    const values = [2n ** 53n, 2n ** 53n + 1n];
    expect(await passing({ op: "=", value: "9007199254740993" }, values, "bigint")).toEqual([
      2n ** 53n + 1n,
    ]);
    expect(await passing({ op: ">", value: "9007199254740992" }, values, "bigint")).toEqual([
      2n ** 53n + 1n,
    ]);
  });

  test("all filters have to hold, in any column or in the one that is named", async () => {
    const source = await sourceOf(temporaryPath(), [
      [named("a", "number", [1, 2, 3]), named("b", "string", ["2", "x", "2"])],
    ]);
    const pass = (...filters: TableFilter[]) =>
      firstColumn([source], {
        filters: filters.map((filter) => ({ ...filter, op: filter.op ?? "contains" })),
      });
    expect(await pass({ value: "2" })).toEqual([1, 2, 3]);
    expect(await pass({ column: 1, value: "2" })).toEqual([1, 3]);
    expect(await pass({ column: 1, value: "2" }, { column: 0, op: ">", value: 1 })).toEqual([3]);
    expect(await pass({ column: 1, value: "2" }, { column: 0, op: ">", value: 5 })).toEqual([]);
  });

  test("a wrong column and a filter without a value are errors that say so", async () => {
    const source = await sourceOf(temporaryPath(), [[named("a", "number", [1])]]);
    const query = (given: Partial<typeof QUERY>) => queryTable([source], { ...QUERY, ...given });
    for (const wrong of [
      { columns: [1] },
      sorted(1),
      sorted(-2),
      { filters: [{ column: 1, op: "empty" as const }] },
    ]) {
      await expect(query(wrong)).rejects.toMatchObject({
        code: "invalid_argument",
        message: expect.stringMatching(/no column number/),
      });
    }
    await expect(query({ filters: [{ op: "=" }] })).rejects.toThrow('The filter "=" has no value');
  });
});
