import { expect, test } from "vitest";
import { exportTableCsv } from "./table-csv.ts";
import { column, type Form, QUERY, sourceOf, temporaryPath } from "./testing/table-files.ts";
import { encodeTexts } from "./text-column.ts";

async function csvOf(...given: Parameters<typeof exportTableCsv>): Promise<string> {
  let text = "";
  for await (const piece of exportTableCsv(...given)) text += piece;
  return text;
}

test("every cell is written exactly, and quoted where it has to be", async () => {
  const picture = JSON.stringify({
    $: "image",
    v: { blob: "b".repeat(64), type: "image/png", bytes: 1 },
  });
  const source = await sourceOf(temporaryPath(), [
    [
      { name: "a,b", data: column("number", [0.1, -0, Number.NaN, null]) },
      { name: 'quote"', data: column("string", ["=1+1", 'say "hi"', "two\nlines", ""]) },
      { name: "", data: column("json", [2n ** 70n, [1, "x"], "text", null]) },
      {
        name: "when",
        data: column("date", [new Date(0), null, new Date(Number.NaN), new Date(1)]),
      },
      { name: "flag", data: column("boolean", [true, false, null, true]) },
      { name: "picture", data: encodeTexts("json", [picture, null, null, null]) },
    ],
  ]);
  expect(await csvOf([source], QUERY)).toBe(
    [
      '"a,b","quote""","",when,flag,picture',
      `0.1,=1+1,1180591620717411303424,1970-01-01T00:00:00.000Z,true,${"b".repeat(64)}`,
      '-0,"say ""hi""","[1,""x""]",,false,',
      'NaN,"two\nlines",text,Invalid Date,,',
      ',"",,1970-01-01T00:00:00.001Z,true,',
      "",
    ].join("\r\n"),
  );
});

test("it has all rows that the filters leave, in the order of the query and of its columns", async () => {
  const numbers = Array.from({ length: 20_000 }, (_, row) => row);
  const parts = [numbers.slice(0, 12_345), numbers.slice(12_345)].map((rows) => [
    { name: "n", data: column("number", rows) },
    {
      name: "t",
      data: column(
        "string",
        rows.map((n) => `t${n}`),
      ),
    },
  ]);
  const source = await sourceOf(temporaryPath(), parts, "Parquet");
  const lines = async (query: Partial<typeof QUERY>) =>
    (await csvOf([source], { ...QUERY, count: 1, ...query })).trimEnd().split("\r\n");
  expect(await lines({})).toEqual(["n,t", ...numbers.map((n) => `${n},t${n}`)]);
  const down = await lines({
    sort: { column: 0, descending: true },
    columns: [1],
    filters: [{ column: 0, op: "<", value: 15_000 }],
  });
  expect(down).toEqual([
    "t",
    ...numbers
      .slice(0, 15_000)
      .reverse()
      .map((n) => `t${n}`),
  ]);
});

test("a row without anything is a line all the same", async () => {
  const source = await sourceOf(temporaryPath(), [
    [{ name: "a", data: column("number", [null, 1]) }],
  ]);
  expect(await csvOf([source], QUERY)).toBe('a\r\n""\r\n1\r\n');
});

test.each<Form>(["raw", "Parquet"])(
  "of %s, pieces stay small however long the rows become",
  { timeout: 30_000 },
  async (form) => {
    // As a script logs it: short rows first, so that their number says nothing of the others.
    const texts = Array.from({ length: 3000 }, (_, row) => "x".repeat(row < 100 ? 10 : 30_000));
    const source = await sourceOf(
      temporaryPath(),
      [[{ name: "t", data: column("string", texts) }]],
      form,
    );
    for (const sort of [undefined, { column: 0, descending: false }]) {
      let size = 0;
      for await (const piece of exportTableCsv([source], { ...QUERY, sort })) {
        expect(piece.length).toBeLessThan(3_000_000);
        size += piece.length;
      }
      expect(size).toBe(texts.reduce((sum, { length }) => sum + length + 2, 3));
    }
  },
);
