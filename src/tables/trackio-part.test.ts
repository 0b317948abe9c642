import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TrackioError } from "../protocol/errors.ts";
import type { Json } from "../protocol/json.ts";
import { cellAt } from "./cells.ts";
import { openTablePart } from "./open-table-part.ts";
import type { TablePart } from "./table-part.ts";
import { temporaryPath } from "./testing/table-files.ts";
import { formatTablePart } from "./trackio-table.ts";

async function openPart(text: string): Promise<TablePart> {
  const path = join(temporaryPath(), "part");
  writeFileSync(path, text);
  return await openTablePart(path);
}

async function readTable(rows: readonly Json[]) {
  const part = await openPart(formatTablePart(rows));
  const columns = part.columns.map(({ name, type }, place) => {
    const data = part.readColumn(place, 0, part.rowCount);
    return { name, type, cells: rows.map((_, row) => cellAt(data, row)) };
  });
  part.close();
  return columns;
}

const picture: Json = {
  $: "image",
  v: { blob: "9f".repeat(32), type: "image/png", bytes: 0, path: "p/a/0/1.png" },
};

describe("a table of a Trackio client", () => {
  test("has columns in the order in which they first appear; what a row does not have is null", async () => {
    expect(
      await readTable([
        { b: 1, a: "x", pic: picture },
        { a: "NaN", c: true },
        { b: "NaN", c: null, big: { $: "int", v: "9007199254740993" } },
      ]),
    ).toEqual([
      { name: "b", type: "number", cells: [1, null, { $: "NaN" }] },
      { name: "a", type: "string", cells: ["x", "NaN", null] },
      { name: "pic", type: "json", cells: [picture, null, null] },
      { name: "c", type: "boolean", cells: [null, true, null] },
      { name: "big", type: "json", cells: [null, null, { $: "int", v: "9007199254740993" }] },
    ]);
  });

  test("the texts NaN and Infinity are numbers where all else in the column is", async () => {
    const cellsOf = async (...cells: Json[]) => {
      const [column] = await readTable(cells.map((cell) => ({ x: cell })));
      return [column!.type, column!.cells];
    };
    expect(await cellsOf("NaN", 1, "-Infinity")).toEqual([
      "number",
      [{ $: "NaN" }, 1, { $: "-Infinity" }],
    ]);
    expect(await cellsOf("NaN", null)).toEqual(["number", [{ $: "NaN" }, null]]);
    expect(await cellsOf("NaN", "text")).toEqual(["string", ["NaN", "text"]]);
    expect(await cellsOf("NaN", true)).toEqual(["json", ["NaN", true]]);
    expect(await cellsOf(1, "text", [1])).toEqual(["json", [1, "text", [1]]]);
    expect(await cellsOf(null)).toEqual(["json", [null]]);
  });

  test("keys that JavaScript would put in another order keep theirs", async () => {
    const rows: Json[] = [
      {
        $: "entries",
        v: [
          ["2", 1],
          ["1", 2],
        ],
      },
      { $: "object", v: { $: 3 } },
    ];
    expect((await readTable(rows)).map(({ name }) => name)).toEqual(["2", "1", "$"]);
  });

  test("gives the cells that were logged, whatever they are", async () => {
    const cells = fc.oneof(
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.constant("NaN"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), cells), { maxLength: 8 }),
        async (given) => {
          const rows = JSON.parse(JSON.stringify(given)) as Json[];
          for (const { name, type, cells } of await readTable(rows)) {
            const logged = rows.map(
              (row) => new Map(Object.entries(row as object)).get(name) ?? null,
            );
            const isText = (cell: Json) => cell === "NaN" && type === "number";
            expect(cells).toEqual(logged.map((cell) => (isText(cell) ? { $: "NaN" } : cell)));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test("rows in between are read alone", async () => {
    const part = await openPart(
      formatTablePart(Array.from({ length: 10 }, (_, i) => ({ x: i, t: `${i}` }))),
    );
    const numbers = part.readRows(0, [2, 3, 7]);
    const texts = part.readRows(1, [2, 3, 7]);
    expect([0, 1, 2].map((row) => cellAt(numbers, row))).toEqual([2, 3, 7]);
    expect([0, 1, 2].map((row) => cellAt(texts, row))).toEqual(["2", "3", "7"]);
    expect(() => part.readColumn(0, 0, 11)).toThrow(RangeError);
    expect(() => part.readColumn(2, 0, 1)).toThrow(RangeError);
    part.close();
  });

  test.for([
    '{"trackio":"table"',
    '{"trackio":"table","rows":5}',
    '{"trackio":"table","rows":[{"a":1}',
  ])("a damaged one is told: %s", async (text) => {
    await expect(openPart(text)).rejects.toThrow(TrackioError);
  });
});

test("a table without rows has no columns", async () => {
  expect(await readTable([])).toEqual([]);
});
