import { expect, test } from "vitest";
import { createRunId, parseProjectKey } from "../../protocol/ids.ts";
import type { Value } from "../../protocol/values.ts";
import type { RunInfo } from "../../store/store.ts";
import { blobNamed, imageOf, tableOf } from "../../store/testing/media.ts";
import { CsvColumns } from "./csv.ts";
import { jsonLine } from "./json-lines.ts";
import type { LoggedRow } from "./logged-row.ts";

const run: RunInfo = {
  id: createRunId(),
  projectKey: parseProjectKey("p"),
  project: "p",
  name: 'a "quoted", name',
  number: 0,
  createdAt: 0,
  state: "running",
  updatedAt: 0,
  recordCount: 0,
  damagedLines: 0,
  config: {},
  summary: {},
  writers: [],
};

const row = (step: number | bigint, values: { readonly [key: string]: Value }): LoggedRow => ({
  run,
  row: { step, time: 1000, values },
});

function csv(...rows: readonly LoggedRow[]): string {
  const columns = new CsvColumns();
  for (const each of rows) columns.add(each);
  return columns.header() + rows.map((each) => columns.line(each)).join("");
}

const facts = `"a ""quoted"", name",${run.id}`;

test("CSV: every key of every row has a column, in the order of first appearance", () => {
  expect(csv(row(0, { loss: 0.5 }), row(1, { acc: 1, loss: 0.25 }))).toBe(
    "run,run_id,step,timestamp,loss,acc\n" +
      `${facts},0,1970-01-01T00:00:01.000Z,0.5,\n` +
      `${facts},1,1970-01-01T00:00:01.000Z,0.25,1\n`,
  );
});

test("CSV: nested numbers get columns of their own, special values stay", () => {
  const values = {
    train: { loss: Number.NaN, acc: -0 },
    text: "two\nlines",
    none: null,
    list: [1, 2],
    big: 2n ** 64n,
    top: Number.POSITIVE_INFINITY,
  };
  expect(
    csv(row(2n ** 60n, values))
      .split("\n")
      .slice(0, 1),
  ).toEqual(["run,run_id,step,timestamp,train/loss,train/acc,text,none,list,big,top"]);
  expect(csv(row(2n ** 60n, values))).toContain(
    `,1152921504606846976,1970-01-01T00:00:01.000Z,NaN,-0,"two\nlines",null,"[1,2]",18446744073709551616,Infinity\n`,
  );
});

test("CSV: a key that came meanwhile is refused, not dropped", () => {
  const columns = new CsvColumns();
  columns.add(row(0, { loss: 1 }));
  expect(() => columns.line(row(1, { acc: 1 }))).toThrow("logged the new key 'acc'");
});

test("CSV: a picture is the hash of its blob, with its caption beside it; a table the hashes of its parts", () => {
  const values = {
    image: imageOf("a", "a cat"),
    table: tableOf("t", [
      ["p", 1],
      ["q", 2],
    ]),
  };
  const [header, line] = csv(row(0, values)).split("\n");
  expect(header).toBe("run,run_id,step,timestamp,image,image/caption,table");
  const parts = `${blobNamed("p")} ${blobNamed("q")}`;
  expect(line).toBe(`${facts},0,1970-01-01T00:00:01.000Z,${blobNamed("a")},a cat,${parts}`);
});

test("JSON Lines: pictures, also in lists, are in the form in which they were logged", () => {
  const { fields } = imageOf("a");
  const line = JSON.parse(jsonLine(row(0, { image: [imageOf("a"), 1] })));
  expect(line.image).toEqual([{ $: "image", v: fields }, 1]);
});

test("JSON Lines: nested as logged, special values stay", () => {
  const line = jsonLine(row(3, { train: { loss: Number.NaN }, at: new Date(0), big: 2n ** 64n }));
  expect(line).toBe(
    `{"run":"a \\"quoted\\", name","run_id":"${run.id}","step":3,` +
      '"timestamp":"1970-01-01T00:00:01.000Z","train":{"loss":"NaN"},' +
      '"at":"1970-01-01T00:00:00.000Z","big":18446744073709551616}\n',
  );
});

test("a logged key that is named as a column of ours gets another name", () => {
  const logged = row(3, { step: 9, run: "x" });
  expect(JSON.parse(jsonLine(logged))).toMatchObject({ step: 3, __step: 9, __run: "x" });
  expect(csv(logged).split("\n")[0]).toBe("run,run_id,step,timestamp,__step,__run");
});
