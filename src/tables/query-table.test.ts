import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { queryTable, type TableSource } from "./query-table.ts";
import {
  type Form,
  firstColumn,
  named,
  QUERY,
  rowsOf,
  sorted,
  sourceOf,
  temporaryPath,
} from "./testing/table-files.ts";

describe.each<Form>(["raw", "Parquet"])("%s", (form) => {
  test("several parts are one table; a column that a part lacks is null there", async () => {
    const source = await sourceOf(
      temporaryPath(),
      [
        [named("a", "number", [1, 2])],
        [named("b", "string", ["x"]), named("a", "number", [3])],
        [named("a", "number", [4, 5]), named("b", "string", ["y", null])],
      ],
      form,
    );
    const { columns, totalCount, rowCount, sources, rows } = await queryTable([source], QUERY);
    expect(columns).toEqual([
      { name: "a", type: "number" },
      { name: "b", type: "string" },
    ]);
    expect([totalCount, rowCount, sources]).toEqual([
      5,
      5,
      [{ run: "r", step: 1, rowCount: 5, missingRows: 0 }],
    ]);
    expect(rows.map(({ row, cells }) => [row, ...cells])).toEqual([
      [0, 1, null],
      [1, 2, null],
      [2, 3, "x"],
      [3, 4, "y"],
      [4, 5, null],
    ]);
  });

  test("a page has the rows and columns that were asked for, and says how many there are", async () => {
    const numbers = Array.from({ length: 100 }, (_, row) => row);
    const source = await sourceOf(
      temporaryPath(),
      [
        [
          named("a", "number", numbers),
          named("b", "string", numbers.map(String)),
          named(
            "c",
            "boolean",
            numbers.map((n) => n % 2 === 0),
          ),
        ],
      ],
      form,
    );
    const page = await queryTable([source], { ...QUERY, from: 40, count: 2, columns: [2, 0] });
    expect(page).toMatchObject({ totalCount: 100, rowCount: 100, from: 40 });
    expect(page.columns.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(page.rows).toEqual([
      { source: 0, row: 40, cells: [true, 40] },
      { source: 0, row: 41, cells: [false, 41] },
    ]);
    expect((await queryTable([source], { ...QUERY, from: 99, count: 10 })).rows).toHaveLength(1);
    expect((await queryTable([source], { ...QUERY, from: 1000 })).rows).toEqual([]);
    expect((await queryTable([source], { ...QUERY, count: 0 })).rows).toEqual([]);
    expect(await firstColumn([source], { ...sorted(0, true), from: 1, count: 3 })).toEqual([
      98, 97, 96,
    ]);
  });

  test("a sorted page has the cells of its rows, whichever parts they come from", async () => {
    const source = await sourceOf(
      temporaryPath(),
      [
        [named("a", "number", [5, null, 1]), named("b", "string", ["five", "null", "one"])],
        [
          named("a", "number", [3, Number.NaN, 1]),
          named("b", "string", ["three", "NaN", "one again"]),
        ],
      ],
      form,
    );
    expect(await rowsOf([source], sorted(0))).toEqual([
      [1, "one"],
      [1, "one again"],
      [3, "three"],
      [5, "five"],
      [Number.NaN, "NaN"],
      [null, "null"],
    ]);
    expect((await rowsOf([source], { ...sorted(0, true), count: 2, columns: [1] })).flat()).toEqual(
      ["five", "three"],
    );
  });
});

test("page by page, a sorted table gives each row once, and its own cells", async () => {
  const folder = temporaryPath();
  const part = (from: number, rows: number) => {
    const ids = Array.from({ length: rows }, (_, i) => from + i);
    return [
      named(
        "key",
        "number",
        ids.map((id) => (id * 7919) % 1000),
      ),
      named("id", "number", ids),
      named(
        "text",
        "string",
        ids.map((id) => (id % 5 === 0 ? null : `row ${id}`)),
      ),
    ];
  };
  const sources = [
    await sourceOf(folder, [part(0, 40_000), part(40_000, 10)], "Parquet"),
    await sourceOf(folder, [part(50_000, 3000)], "raw"),
  ];
  const ids: number[] = [];
  let former = Number.NEGATIVE_INFINITY;
  for (let from = 0; from < 43_010; from += 1000) {
    for (const [key, id, text] of await rowsOf(sources, { ...sorted(0), from })) {
      expect(key).toBe(((id as number) * 7919) % 1000);
      expect(text).toBe((id as number) % 5 === 0 ? null : `row ${id}`);
      expect(key as number).toBeGreaterThanOrEqual(former);
      former = key as number;
      ids.push(id as number);
    }
  }
  expect(new Set(ids).size).toBe(43_010);
});

test("sources are joined by column name; one that has two types becomes comparable", async () => {
  const folder = temporaryPath();
  const first = await sourceOf(folder, [
    [named("a", "number", [2, 10]), named("b", "string", ["x", "y"])],
  ]);
  const second = await sourceOf(folder, [
    [named("c", "boolean", [true]), named("a", "string", ["10"])],
  ]);
  const { columns, sources } = await queryTable([first, { ...second, run: "q" }], QUERY);
  expect(columns).toEqual([
    { name: "a", type: "json" },
    { name: "b", type: "string" },
    { name: "c", type: "boolean" },
  ]);
  expect(sources.map(({ run, rowCount }) => [run, rowCount])).toEqual([
    ["r", 2],
    ["q", 1],
  ]);
  expect(await firstColumn([first, second], sorted(0))).toEqual([2, 10, "10"]);
  expect(await firstColumn([first, second], sorted(0, true))).toEqual(["10", 10, 2]);
});

test("columns of one name are told apart by their order", async () => {
  const folder = temporaryPath();
  const first = await sourceOf(folder, [[named("a", "number", [1]), named("a", "number", [2])]]);
  const second = await sourceOf(folder, [[named("a", "number", [3])]]);
  expect(await rowsOf([first, second])).toEqual([
    [1, 2],
    [3, null],
  ]);
});

test("column -1 puts rows of the same place beside each other", async () => {
  const folder = temporaryPath();
  const first = await sourceOf(folder, [
    [named("a", "string", ["a0", "a1"])],
    [named("a", "string", ["a2"])],
  ]);
  const second = await sourceOf(folder, [[named("a", "string", ["b0", "b1"])]]);
  expect(await firstColumn([first, second], sorted(-1))).toEqual(["a0", "b0", "a1", "b1", "a2"]);
  expect(await firstColumn([first, second], sorted(-1, true))).toEqual([
    "a2",
    "a1",
    "b1",
    "a0",
    "b0",
  ]);
  const filters = [{ op: "contains" as const, value: "1" }];
  expect(await firstColumn([first, second], { ...sorted(-1), filters })).toEqual(["a1", "b1"]);
});

test("a source without the table has no rows, and no sort or filter is wrong for it", async () => {
  const source: TableSource = { run: "r", missingRows: 0, columns: [], parts: [] };
  const filters = [{ column: 3, op: "=" as const, value: 1 }];
  expect(await queryTable([source], { ...QUERY, ...sorted(2), filters })).toEqual({
    columns: [],
    sources: [{ run: "r", rowCount: 0, missingRows: 0 }],
    totalCount: 0,
    rowCount: 0,
    from: 0,
    rows: [],
  });
});

test("long texts are cut where it was not asked for them in full", async () => {
  const long = "x".repeat(499) + "\u{1f600}".repeat(10);
  const nested = { list: Array.from({ length: 1000 }, (_, i) => i) };
  const source = await sourceOf(temporaryPath(), [
    [named("a", "string", [long, "short"]), named("b", "json", [nested, [1]])],
  ]);
  const { rows } = await queryTable([source], QUERY);
  expect(rows[0]?.cells).toEqual([
    { $: "cut", v: "x".repeat(499), length: 519 },
    { $: "cut", v: JSON.stringify(nested).slice(0, 500), length: JSON.stringify(nested).length },
  ]);
  expect(rows[1]?.cells).toEqual(["short", [1]]);
  expect(await rowsOf([source], { whole: true })).toEqual([
    [long, nested],
    ["short", [1]],
  ]);
});

test("pictures stand in cells as they were logged", async () => {
  const picture = {
    $: "image",
    v: { blob: "a".repeat(64), type: "image/png", bytes: 8, caption: "A Cat" },
  };
  const text = JSON.stringify(picture);
  const { encodeTexts } = await import("./text-column.ts");
  const source = await sourceOf(temporaryPath(), [
    [{ name: "p", data: encodeTexts("json", [text, null]) }],
  ]);
  expect((await queryTable([source], QUERY)).rows.map(({ cells }) => cells[0])).toEqual([
    picture,
    null,
  ]);
  const filters = [{ op: "contains" as const, value: "cat" }];
  expect((await queryTable([source], { ...QUERY, filters })).rowCount).toBe(1);
});

test("a picture stays a picture however long its caption is", async () => {
  const caption = `${"c".repeat(499)}\u{1f600}${"c".repeat(5000)}`;
  const picture = { $: "image", v: { blob: "a".repeat(64), type: "image/png", bytes: 8, caption } };
  const { encodeTexts } = await import("./text-column.ts");
  const source = await sourceOf(temporaryPath(), [
    [{ name: "p", data: encodeTexts("json", [JSON.stringify(picture)]) }],
  ]);
  const cellsOf = async (whole: boolean) =>
    (await queryTable([source], { ...QUERY, whole })).rows.map(({ cells }) => cells[0]);
  expect(await cellsOf(false)).toEqual([
    { ...picture, v: { ...picture.v, caption: `${"c".repeat(499)}…` } },
  ]);
  expect(await cellsOf(true)).toEqual([picture]);
});

test("what is too much for one answer is refused, and in pages it is not", async () => {
  const texts = Array.from({ length: 40 }, () => "x".repeat(400_000));
  const source = await sourceOf(temporaryPath(), [[named("a", "string", texts)]]);
  const read = (query: Partial<typeof QUERY>) =>
    queryTable([source], { ...QUERY, ...query }, 1024 ** 2);
  await expect(read({ whole: true })).rejects.toMatchObject({
    code: "invalid_argument",
    message: expect.stringMatching(/more than 1 MB.*fewer rows/),
  });
  expect((await read({})).rows).toHaveLength(40);
  expect((await read({ whole: true, count: 2 })).rows).toHaveLength(2);
  await expect(read({ columns: Array(1000).fill(0) })).rejects.toThrow("more than 1 MB");
});

test("a part that is lost takes its rows with it, and leaves the others at their places", async () => {
  const numbers = (from: number) => [named("a", "number", [from, from + 1])];
  const source = await sourceOf(temporaryPath(), [numbers(0), numbers(2), numbers(4)]);
  const parts = source.parts.map((part, i) => (i === 1 ? { ...part, path: undefined } : part));
  const { sources, totalCount, rows } = await queryTable([{ ...source, missingRows: 5, parts }], {
    ...QUERY,
    ...sorted(0, true),
  });
  expect(sources).toEqual([{ run: "r", step: 1, rowCount: 4, missingRows: 7 }]);
  expect(totalCount).toBe(4);
  expect(rows.map(({ row, cells }) => [row, ...cells])).toEqual([
    [5, 5],
    [4, 4],
    [1, 1],
    [0, 0],
  ]);
});

test("a part with other rows than its record names is damaged, one that is gone not found", async () => {
  const source = await sourceOf(temporaryPath(), [[named("a", "number", [1, 2])]]);
  const [part] = source.parts;
  const wrong = { ...source, parts: [{ path: part?.path as string, rows: 3 }] };
  await expect(queryTable([wrong], QUERY)).rejects.toMatchObject({ code: "damaged" });
  rmSync(part?.path as string);
  await expect(queryTable([source], QUERY)).rejects.toMatchObject({ code: "not_found" });
});
