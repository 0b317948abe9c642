import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as trackio from "../../sdk/index.ts";
import { LoggedFolder } from "../testing/logged-folder.ts";

async function logRuns(dir: string): Promise<void> {
  for (const name of ["first", "second"]) {
    const run = trackio.init({ project: "mnist", name, dir });
    run.log({ loss: 0.5, note: "a, b" });
    run.log({ train: { acc: Number.NaN } }, { step: 2n ** 60n });
    await run.finish();
  }
}

test("CSV of all runs, oldest first, as logged", async () => {
  using folder = new LoggedFolder();
  await logRuns(folder.dir);
  const { exitCode, printed, notes } = await folder.trackio(["export"]);
  expect(exitCode).toBe(0);
  const lines = printed.split("\n").map((line) => line.replace(/,[0-9a-f]{32},/, ",ID,"));
  expect(lines.map((line) => line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, "TIME"))).toEqual([
    "run,run_id,step,timestamp,loss,note,train/acc",
    'first,ID,0,TIME,0.5,"a, b",',
    "first,ID,1152921504606846976,TIME,,,NaN",
    'second,ID,0,TIME,0.5,"a, b",',
    "second,ID,1152921504606846976,TIME,,,NaN",
    "",
  ]);
  expect(notes).toBe("Wrote 4 rows of 2 runs.\n");
});

test("JSON Lines of one run to a file, by the file's name", async () => {
  using folder = new LoggedFolder();
  await logRuns(folder.dir);
  const file = join(folder.dir, "rows.jsonl");
  const { printed, notes } = await folder.trackio(["export", "--run", "second", "-o", file]);
  expect(printed).toBe("");
  expect(notes).toBe(`Wrote 2 rows of 1 run to ${file}.\n`);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ run: "second", step: 0, loss: 0.5 });
  expect(lines[1]).toContain('"step":1152921504606846976');
  expect(lines[1]).toContain('"train":{"acc":"NaN"}');
  expect(existsSync(`${file}.part`)).toBe(false);
});

test("a file that can not be written is told in a sentence", async () => {
  using folder = new LoggedFolder();
  await logRuns(folder.dir);
  const { exitCode, notes } = await folder.trackio([
    "export",
    "-o",
    join(folder.dir, "no", "x.csv"),
  ]);
  expect(exitCode).toBe(1);
  expect(notes).toMatch(/^There is no '.*'; check the path\.\n$/);
});
