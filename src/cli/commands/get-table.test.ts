import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as trackio from "../../sdk/index.ts";
import { LoggedFolder } from "../testing/logged-folder.ts";

test("get table writes all rows as CSV, or as JSON", async () => {
  using folder = new LoggedFolder();
  const run = trackio.init({ project: "mnist", name: "first", dir: folder.dir });
  const rows = Array.from({ length: 2_500 }, (_, i) => ({ id: i, text: `row, ${i}`, loss: 1 / i }));
  run.log({ text: new trackio.Table(rows.slice(0, 2)) });
  run.log({ text: new trackio.Table(rows) });
  await run.finish();
  const args = ["get", "table", "--run", "first", "--key", "text"];
  const { printed } = await folder.trackio([...args, "--step", "0"]);
  expect(printed).toBe('id,text,loss\r\n0,"row, 0",Infinity\r\n1,"row, 1",1\r\n');
  const output = join(folder.dir, "all.csv");
  expect((await folder.trackio([...args, "-o", output])).exitCode).toBe(0);
  expect(readFileSync(output, "utf8").split("\r\n")).toHaveLength(2_502);
  const document = await folder.json<{ columns: { name: string }[]; rows: unknown[][] }>(args);
  expect(document).toMatchObject({ project: "mnist", run: "first", key: "text", step: 1 });
  expect(document.columns.map(({ name }) => name)).toEqual(["id", "text", "loss"]);
  expect(document.rows).toHaveLength(2_500);
  expect(document.rows[0]).toEqual([0, "row, 0", "Infinity"]);
  expect(document.rows[2_499]).toEqual([2_499, "row, 2499", 1 / 2_499]);
});
