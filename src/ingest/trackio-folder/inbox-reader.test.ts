/** The inbox of a Trackio folder is read where it lies, and what moves on to the database is kept once. */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import { PythonDatabase, pythonTime } from "../testing/python-database.ts";
import { fingerprint, PythonFolderReader } from "../testing/read-python-folder.ts";

const RUN = { id: "a".repeat(32), name: "run a" };
const DEMO = "demo" as ProjectKey;
const TIME = Date.UTC(2026, 10, 22);

/** A fragment as a client leaves it: whole, by rename. */
function writeFragment(
  root: string,
  writer: string,
  number: number,
  lines: readonly unknown[],
): void {
  const folder = join(root, "inbox", writer);
  mkdirSync(folder, { recursive: true });
  const texts = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(join(folder, "draft.tmp"), `${texts.join("\n")}\n`);
  renameSync(join(folder, "draft.tmp"), fragment(root, writer, number));
}

function fragment(root: string, writer: string, number: number): string {
  return join(root, "inbox", writer, `${String(number).padStart(8, "0")}.jsonl`);
}

function metric(logId: string, step: number, more: object = {}) {
  const { id, name } = RUN;
  const metrics = { loss: step };
  const timestamp = pythonTime(TIME + step);
  return {
    v: 1,
    kind: "metric",
    project: "demo",
    run: name,
    run_id: id,
    metrics,
    step,
    timestamp,
    config: null,
    log_id: logId,
    ...more,
  };
}

async function losses(reader: PythonFolderReader): Promise<unknown[]> {
  return (await reader.records("demo", RUN.id)).map(({ values }) => values[0]);
}

test("metrics, configs, system metrics, alerts and traces of fragments are there, and the files stay", async () => {
  const { root } = temporaryFolder();
  const { id: run_id, name: run } = RUN;
  const common = { v: 1, project: "demo", run, run_id, timestamp: pythonTime(TIME) };
  const chat = {
    _type: "trackio.trace",
    messages: [{ role: "user", content: "Hello" }],
    metadata: {},
  };
  writeFragment(root, "w1", 0, [
    metric("id-0", 0, { config: { lr: 0.1 } }),
    metric("id-1", 1, { metrics: { loss: 1, chat } }),
    "no json",
    { ...common, kind: "system_metric", metrics: { temp: "NaN" }, log_id: "s-0" },
    { ...common, kind: "alert", title: "diverged", level: "error", step: 3, alert_id: "al-0" },
  ]);
  const before = fingerprint(root);
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await reader.store.listRuns(DEMO)).toMatchObject([
    { id: RUN.id, name: "run a", client: "trackio", config: { lr: 0.1 }, recordCount: 2 },
  ]);
  expect(await losses(reader)).toEqual([0, 1]);
  expect(await reader.records("demo", RUN.id, "system")).toMatchObject([
    { values: [{ $: "NaN" }] },
  ]);
  expect(await reader.store.listAlerts(DEMO)).toMatchObject([{ id: "al-0", step: 3 }]);
  expect(await reader.store.listTraces({ project: DEMO })).toMatchObject([
    { id: `${RUN.id}:id-1:chat`, key: "chat", step: 1 },
  ]);
  expect(fingerprint(root)).toEqual(before);
});

test("an alert and a trace at a step beyond 2^53 stay at it", async () => {
  const { root } = temporaryFolder();
  const step = 2n ** 53n + 1n;
  const { id: run_id, name: run } = RUN;
  const common = { v: 1, project: "demo", run, run_id, timestamp: pythonTime(TIME), step: "STEP" };
  const chat = { _type: "trackio.trace", messages: [], metadata: {} };
  const lines = [
    { ...common, kind: "metric", metrics: { chat }, log_id: "id-0" },
    { ...common, kind: "alert", title: "late", level: "warn", alert_id: "al-0" },
  ].map((line) => JSON.stringify(line).replace('"STEP"', String(step)));
  writeFragment(root, "w1", 0, lines);
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await reader.store.listAlerts(DEMO)).toMatchObject([{ id: "al-0", step }]);
  expect(await reader.store.listTraces({ project: DEMO })).toMatchObject([{ key: "chat", step }]);
});

test("new fragments and writers are followed, and opening the folder again reads none twice", async () => {
  const { root } = temporaryFolder();
  writeFragment(root, "w1", 0, [metric("id-0", 0, { log_id: null })]);
  {
    await using reader = await PythonFolderReader.open(root);
    await reader.read();
    writeFragment(root, "w1", 1, [metric("id-1", 1, { log_id: null })]);
    writeFragment(root, "w2", 0, [metric("id-2", 2, { log_id: null })]);
    await reader.read();
    expect(await losses(reader)).toEqual([0, 1, 2]);
  }
  writeFragment(root, "w2", 1, [metric("id-3", 3, { log_id: null })]);
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await losses(reader)).toEqual([0, 1, 2, 3]);
});

test("what Python moves into its database is kept once, whichever is seen first", async () => {
  const { root } = temporaryFolder();
  writeFragment(root, "w1", 0, [metric("id-0", 0), metric("id-1", 1)]);
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  using database = new PythonDatabase(root, "demo");
  const rows = [0, 1, 2].map((step) => ({
    step,
    time: TIME + step,
    metrics: { loss: step },
    logId: `id-${step}`,
  }));
  database.log(RUN, rows);
  rmSync(join(root, "inbox", "w1"), { recursive: true });
  writeFragment(root, "w1", 7, [metric("id-2", 2), metric("id-3", 3)]);
  await reader.read();
  expect(await losses(reader)).toEqual([0, 1, 2, 3]);
});

test("steps that a client did not know, or that no chart has a place for, go on from the run's highest", async () => {
  const { root } = temporaryFolder();
  writeFragment(root, "w1", 0, [metric("id-0", 5), metric("id-1", 6, { step: null })]);
  writeFragment(root, "w1", 1, [metric("id-2", 7)]);
  const text = readFileSync(fragment(root, "w1", 1), "utf8");
  writeFileSync(fragment(root, "w1", 1), text.replace(/"step": ?7/, `"step":${"9".repeat(400)}`));
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  const records = await reader.records("demo", RUN.id);
  expect(records.map(({ step }) => step)).toEqual([5, 6, 7]);
});
