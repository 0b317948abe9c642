import { expect, test } from "vitest";
import * as trackio from "../../sdk/index.ts";
import { LoggedFolder } from "../testing/logged-folder.ts";

/** One run with what is hard to keep: repeats, order, special values. */
async function logHardRun(dir: string): Promise<void> {
  const config = { lr: 0.1, layers: { count: 2, sizes: [4, 8] }, seed: 2n ** 64n };
  const run = trackio.init({ project: "mnist", name: "hard", dir, config });
  const time = new Date("2026-11-23T10:00:00.000Z");
  run.log({ loss: 0.5 }, { step: 20, time });
  run.log({ loss: Number.NaN }, { step: 10, time: new Date(time.getTime() + 60_000) });
  run.log({ loss: Number.NEGATIVE_INFINITY }, { step: 20, time });
  run.log({ loss: 0.125 }, { step: 30, time });
  await run.finish();
}

const metric = ["get", "metric", "--project", "mnist", "--run", "hard", "--metric", "loss"];
type Values = { readonly values: readonly { readonly step: number; readonly value: unknown }[] };

test("get metric: objects with step and value, NaN and ±Infinity as those words", async () => {
  using folder = new LoggedFolder();
  await logHardRun(folder.dir);
  const document = await folder.json<Values>(metric);
  expect(document).toMatchObject({ project: "mnist", run: "hard", metric: "loss" });
  expect(document.values).toEqual([
    { timestamp: "2026-11-23T10:01:00.000Z", step: 10, value: "NaN" },
    { timestamp: "2026-11-23T10:00:00.000Z", step: 20, value: 0.5 },
    { timestamp: "2026-11-23T10:00:00.000Z", step: 20, value: "-Infinity" },
    { timestamp: "2026-11-23T10:00:00.000Z", step: 30, value: 0.125 },
  ]);
});

test("get metric: at a step, around a step, around a time", async () => {
  using folder = new LoggedFolder();
  await logHardRun(folder.dir);
  const stepsOf = async (...flags: readonly string[]) =>
    (await folder.json<Values>([...metric, ...flags])).values.map(({ step }) => step);
  expect(await stepsOf("--step", "20")).toEqual([20, 20]);
  expect(await stepsOf("--step", "25")).toEqual([]);
  expect(await stepsOf("--around", "20")).toEqual([10, 20, 20, 30]);
  expect(await stepsOf("--around", "20", "--window", "9")).toEqual([20, 20]);
  expect(await stepsOf("--at-time", "2026-11-23T10:01:00Z")).toEqual([10]);
  expect(await stepsOf("--at-time", "2026-11-23T10:01:00Z", "--window", "60")).toHaveLength(4);
});

test("get metric: a table with whole numbers, right-aligned", async () => {
  using folder = new LoggedFolder();
  await logHardRun(folder.dir);
  const { printed, notes } = await folder.trackio(metric);
  expect(printed.split("\n").slice(0, 3)).toEqual([
    "Step                     Value  Time",
    "  10                       NaN  2026-11-23T10:01:00.000Z",
    "  20                       0.5  2026-11-23T10:00:00.000Z",
  ]);
  expect(notes).toBe("4 values\n");
});

test("get metric: a metric that is not there is answered with the one that was meant", async () => {
  using folder = new LoggedFolder();
  await logHardRun(folder.dir);
  const { exitCode, notes } = await folder.trackio([...metric.slice(0, -1), "los"]);
  expect([exitCode, notes]).toEqual([1, "No metric 'los'. Did you mean 'loss'?\n"]);
});

test("get metric: bad numbers and times are bad usage", async () => {
  using folder = new LoggedFolder();
  const step = await folder.trackio([...metric, "--step", "x"]);
  expect(step.exitCode).toBe(2);
  expect(step.notes).toContain("argument 'x' is invalid. Give a number.");
  const time = await folder.trackio([...metric, "--at-time", "yesterday"]);
  expect(time.exitCode).toBe(2);
  expect(time.notes).toContain("Give a time such as 2026-11-23T10:00:00.");
});

test("get run: upstream's facts, and what else is known", async () => {
  using folder = new LoggedFolder();
  await logHardRun(folder.dir);
  expect(await folder.json(["get", "run", "--run", "hard"])).toMatchObject({
    project: "mnist",
    run: "hard",
    num_logs: 4,
    metrics: ["loss"],
    config: { lr: 0.1, layers: { count: 2, sizes: [4, 8] } },
    last_step: 30,
    status: "finished",
  });
  const { printed } = await folder.trackio(["get", "run", "--run", "hard"]);
  expect(printed).toContain("Status     finished\n");
  expect(printed).toContain("\nConfig\nlr            0.1\nlayers/count  2\n");
  expect(printed).toMatch(/\nMetrics\nMetric +Points/);
});

test("get run: why a run failed", async () => {
  using folder = new LoggedFolder();
  const run = trackio.init({ project: "p", name: "broken", dir: folder.dir });
  run.log({ loss: 1 });
  await run.finish();
  const { printed } = await folder.trackio(["get", "run", "--run", run.id]);
  expect(printed).toContain(`Id         ${run.id}\n`);
});

test("get config: nested names joined, special values kept", async () => {
  using folder = new LoggedFolder();
  await logHardRun(folder.dir);
  const { printed } = await folder.trackio(["get", "config", "--run", "hard"]);
  expect(printed).toBe(
    "lr            0.1\nlayers/count  2\nlayers/sizes  [4,8]\nseed          18446744073709551616\n",
  );
  const json = await folder.trackio(["get", "config", "--run", "hard", "--json"]);
  expect(json.printed).toContain('"seed": 18446744073709551616');
});
