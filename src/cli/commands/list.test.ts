import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as trackio from "../../sdk/index.ts";
import { LoggedFolder } from "../testing/logged-folder.ts";

/** Two finished runs of one project. */
async function logTwoRuns(dir: string): Promise<void> {
  for (const name of ["first", "second"]) {
    const run = trackio.init({ project: "mnist", name, dir, config: { lr: 0.1 } });
    run.log({ loss: 0.5, train: { acc: 0.25 } });
    run.log({ loss: Number.NaN, train: { acc: 0.75 } });
    await run.finish();
  }
}

test("list projects: names as upstream's, and what else is known", async () => {
  using folder = new LoggedFolder();
  await logTwoRuns(folder.dir);
  const document = await folder.json<{ projects: string[]; records: object[] }>([
    "list",
    "projects",
  ]);
  expect(document.projects).toEqual(["mnist"]);
  expect(document.records[0]).toMatchObject({ name: "mnist", num_runs: 2, num_running: 0 });
  const { printed } = await folder.trackio(["list", "projects"]);
  expect(printed).toMatch(/^Project {2}Runs {2}Running {2}Last activity\nmnist +2 +0 {2}\d{4}-/);
});

test("list runs: oldest first, names as upstream's, and what else is known", async () => {
  using folder = new LoggedFolder();
  await logTwoRuns(folder.dir);
  const document = await folder.json<{ runs: string[]; records: object[] }>([
    "list",
    "runs",
    "--project",
    "mnist",
  ]);
  expect(document).toMatchObject({ project: "mnist", runs: ["first", "second"] });
  expect(document.records[1]).toMatchObject({
    name: "second",
    number: 1,
    status: "finished",
    num_logs: 2,
    last_step: 1,
  });
  const { printed } = await folder.trackio(["list", "runs"]);
  expect(printed.split("\n").map((line) => line.trim().split(/\s+/).slice(0, 5))).toEqual([
    ["#", "Run", "Status", "Logs", "Last"],
    ["0", "first", "finished", "2", "1"],
    ["1", "second", "finished", "2", "1"],
    [""],
  ]);
});

test("list metrics: names as upstream's, and their summaries", async () => {
  using folder = new LoggedFolder();
  await logTwoRuns(folder.dir);
  const document = await folder.json<object>(["list", "metrics", "--run", "second"]);
  expect(document).toMatchObject({
    project: "mnist",
    run: "second",
    metrics: ["loss", "train/acc"],
    records: [
      { metric: "loss", count: 2, last: "NaN", last_step: 1, min: 0.5, nan_count: 1 },
      { metric: "train/acc", count: 2, last: 0.75, min: 0.25, max: 0.75, mean: 0.5 },
    ],
  });
  const { printed } = await folder.trackio(["list", "metrics", "--run", "second"]);
  expect(printed.split("\n")[0]).toMatch(/^Metric +Points +Last +Last step +Min +Max +Mean +NaN$/);
});

test("a project that is not there is answered with the one that was meant", async () => {
  using folder = new LoggedFolder();
  await logTwoRuns(folder.dir);
  expect(await folder.trackio(["list", "runs", "--project", "mnits"])).toEqual({
    exitCode: 1,
    printed: "",
    notes: "No project 'mnits'. Did you mean 'mnist'?\n",
  });
  expect((await folder.trackio(["list", "metrics", "--run", "frist"])).notes).toBe(
    "No run 'frist'. Did you mean 'first'?\n",
  );
  expect((await folder.trackio(["list", "metrics", "--run", "elsewhere"])).notes).toBe(
    "No run 'elsewhere'. Project 'mnist' has 'second' and 'first'.\n",
  );
});

test("with several projects, which one has to be said", async () => {
  using folder = new LoggedFolder();
  for (const project of ["mnist", "cifar"]) {
    await trackio.init({ project, dir: folder.dir }).finish();
  }
  const { exitCode, notes } = await folder.trackio(["list", "runs"]);
  expect(exitCode).toBe(2);
  expect(notes).toMatch(/^Which project\? Give --project with one of '\w+' and '\w+'\.\n$/);
  const missing = await folder.trackio(["list", "runs", "--project", "elsewhere"]);
  expect(missing.notes).toMatch(/^No project 'elsewhere'\. There are '.+' and '.+'\.\n$/);
});

test("a run of this process is running; ids appear where names repeat", async () => {
  using folder = new LoggedFolder();
  const first = trackio.init({ project: "p", name: "same", dir: folder.dir });
  const second = trackio.init({ project: "p", name: "same", dir: folder.dir });
  first.log({ loss: 1 });
  second.log({ loss: 2 });
  const { printed } = await folder.trackio(["list", "runs"]);
  expect(printed).toContain(first.id);
  expect(printed.match(/running/g)).toHaveLength(2);
  expect((await folder.json<{ records: object[] }>(["list", "projects"])).records[0]).toMatchObject(
    { num_running: 2 },
  );
  await first.finish();
  await second.finish();
});

test("an empty folder is no trouble, and nothing is made in it", async () => {
  using folder = new LoggedFolder();
  expect(await folder.trackio(["list", "projects"])).toEqual({
    exitCode: 0,
    printed: "",
    notes: `There are no projects in ${folder.dir} yet.\n`,
  });
  expect(await folder.json(["list", "projects"])).toEqual({ projects: [], records: [] });
  const { exitCode, notes } = await folder.trackio(["list", "runs", "--project", "mnist"]);
  expect(exitCode).toBe(1);
  expect(notes).toMatch(/^No project 'mnist': there are no runs in \/.+\. Name another/);
});

test("a data folder that is not there is told", async () => {
  using folder = new LoggedFolder();
  const { exitCode, notes } = await folder.trackio([
    "list",
    "projects",
    "--dir",
    `${folder.dir}/typo`,
  ]);
  expect(exitCode).toBe(1);
  expect(notes).toMatch(/^There is no folder '.+typo'; name the one that the script logs to\.\n$/);
});

test("a data folder that is a file is told", async () => {
  using folder = new LoggedFolder();
  const file = `${folder.dir}/file`;
  writeFileSync(file, "");
  for (const args of [["list", "projects"], ["show"], ["status"]]) {
    const { exitCode, notes } = await folder.trackio([...args, "--dir", file]);
    expect(exitCode).toBe(2);
    expect(notes).toMatch(/^The data folder '.+file' is a file; name a folder by --dir/);
  }
});
