import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PythonDatabase } from "../../ingest/testing/python-database.ts";
import * as trackio from "../../sdk/index.ts";
import { LoggedFolder } from "../testing/logged-folder.ts";

async function logRun(dir: string, name: string): Promise<trackio.Run> {
  const run = trackio.init({ project: "mnist", name, dir });
  run.log({ loss: 0.5 });
  await run.finish();
  return run;
}

const runsOf = async (folder: LoggedFolder) =>
  (await folder.json<{ runs: string[] }>(["list", "runs", "--project", "mnist"])).runs;

test("delete run asks, deletes, and says what went", async () => {
  using folder = new LoggedFolder();
  const { id } = await logRun(folder.dir, "first");
  await logRun(folder.dir, "second");
  const outcome = await folder.trackio(["delete", "run", "--run", "first"], { answers: ["y"] });
  expect(outcome).toEqual({
    exitCode: 0,
    notes: `Delete run 'first' (${id}) of project 'mnist' with 1 log? This can not be undone. [y/N] `,
    printed: `Deleted run 'first' (${id}) of project 'mnist': 1 log in the store.\n`,
  });
  expect(await runsOf(folder)).toEqual(["second"]);
});

test("what Trackio for Python has of a run or project stays, which is said; here it does not come back", async () => {
  using folder = new LoggedFolder();
  const [a, b] = ["a", "b"].map((name) => ({ id: name.repeat(32), name }));
  {
    using database = new PythonDatabase(folder.dir, "mnist");
    for (const run of [a!, b!]) database.log(run, [{ metrics: { loss: 1 }, time: 0 }]);
  }
  await logRun(folder.dir, "ours");
  const before = readFileSync(join(folder.dir, "mnist.db"));
  const stays =
    "What Trackio for Python has of it in mnist.db stays there, and is not shown here any more.\n";
  const deleteOf = async (name: string) =>
    (await folder.trackio(["delete", "run", "--run", name, "--yes"])).notes;
  expect(await deleteOf("ours")).toBe("");
  expect(await deleteOf("a")).toBe(stays);
  expect(await runsOf(folder)).toEqual(["b"]);
  const all = await folder.trackio(["delete", "project", "--project", "mnist", "--yes"]);
  expect(all.notes).toBe(stays);
  expect((await folder.trackio(["list", "projects"])).notes).toMatch(/^There are no projects/);
  expect(readFileSync(join(folder.dir, "mnist.db"))).toEqual(before);
});

test.each([["n"], [""], ["nonsense"]])(
  "an answer other than yes (%j) deletes nothing",
  async (answer) => {
    using folder = new LoggedFolder();
    await logRun(folder.dir, "first");
    const args = ["delete", "run", "--run", "first"];
    const { exitCode, notes } = await folder.trackio(args, { answers: [answer] });
    expect(exitCode).toBe(0);
    expect(notes).toContain("Nothing was deleted.");
    expect(await runsOf(folder)).toEqual(["first"]);
  },
);

test("where nobody can be asked, --yes has to be given", async () => {
  using folder = new LoggedFolder();
  await logRun(folder.dir, "first");
  const refused = await folder.trackio(["delete", "run", "--run", "first"]);
  expect(refused.exitCode).toBe(2);
  expect(refused.notes).toContain("add --yes to go ahead");
  expect(await runsOf(folder)).toEqual(["first"]);
  expect((await folder.trackio(["delete", "run", "--run", "first", "--yes"])).exitCode).toBe(0);
  expect((await folder.trackio(["list", "runs"])).notes).toMatch(/^There is no project/);
});

test("a running run is deleted only with --force", async () => {
  using folder = new LoggedFolder();
  const run = trackio.init({ project: "mnist", name: "live", dir: folder.dir });
  run.log({ loss: 1 });
  const args = ["delete", "run", "--run", "live", "--yes"];
  const refused = await folder.trackio(args);
  expect([refused.exitCode, refused.notes]).toEqual([
    1,
    "Run 'live' of project 'mnist' is running; end its script first, or delete it with --force.\n",
  ]);
  expect((await folder.trackio([...args, "--force"])).exitCode).toBe(0);
  run.log({ loss: 2 });
  await run.finish();
  expect((await folder.trackio(["list", "runs"])).printed).not.toContain("live");
});

test("delete project takes all of its runs", async () => {
  using folder = new LoggedFolder();
  await logRun(folder.dir, "first");
  await logRun(folder.dir, "second");
  const args = ["delete", "project", "--project", "mnist", "--yes"];
  expect(await folder.json(args)).toMatchObject({ project: "mnist", num_runs: 2, num_logs: 2 });
  expect(await folder.json(["list", "projects"])).toMatchObject({ projects: [] });
});
