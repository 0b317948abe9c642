/** A folder of Trackio for Python is read where it lies, and followed. */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRun } from "../../journal/run-head.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { deleteRun } from "../delete-run.ts";
import { PythonDatabase } from "../testing/python-database.ts";
import { fingerprint, PythonFolderReader } from "../testing/read-python-folder.ts";
import { RAW_KEY } from "./translate-rows.ts";

const A = { id: "a".repeat(32), name: "run a" };
const B = { id: "b".repeat(32), name: "run b" };
const DEMO = "demo" as ProjectKey;

function losses(count: number, from = 0) {
  return Array.from({ length: count }, (_, i) => ({ step: from + i, metrics: { loss: from + i } }));
}

async function lossesOf(reader: PythonFolderReader, run: string): Promise<unknown[]> {
  return (await reader.records("demo", run)).map(({ values }) => values[0]);
}

test("what a database holds is there: runs, configs, records, system metrics, alerts, traces", async () => {
  const { root } = temporaryFolder();
  const time = Date.UTC(2026, 10, 22, 21, 51);
  using database = new PythonDatabase(root, "demo");
  database.config(A, { lr: 0.1, tags: ["x"], _Group: null }, time);
  database.log(A, [
    { time, step: 0, metrics: { loss: 0.5, train: { acc: 0.9 }, bad: "NaN" } },
    { time: time + 1, step: 5, metrics: '{"big":18446744073709551615}' },
  ]);
  database.system(A, [{ time, metrics: { "gpu/0/temp": 60 } }]);
  database.alert(A, { title: "diverged", level: "error", id: "alert-1" });
  database.trace(A, "trace-1", [{ role: "user", content: "Hello" }]);
  await using reader = await PythonFolderReader.open(root);
  await reader.read();

  const [run] = await reader.store.listRuns(DEMO);
  expect(run).toMatchObject({ id: A.id, name: "run a", number: 0, client: "trackio" });
  expect(run).toMatchObject({ createdAt: time, recordCount: 2, lastStep: 5 });
  expect(run?.config).toEqual({ lr: 0.1, tags: ["x"], _Group: null });
  expect(await reader.records("demo", A.id)).toMatchObject([
    { keys: ["loss", ["train", "acc"], "bad"], step: 0, time, values: [0.5, 0.9, { $: "NaN" }] },
    { keys: ["big"], step: 5, values: [{ $: "int", v: "18446744073709551615" }] },
  ]);
  const system = await reader.records("demo", A.id, "system");
  expect(system).toMatchObject([{ keys: ["gpu/0/temp"], step: 0, time, values: [60] }]);
  const alerts = await reader.store.listAlerts(DEMO);
  expect(alerts).toMatchObject([{ id: "alert-1", title: "diverged", level: "error" }]);
  const traces = await reader.store.listTraces({ project: DEMO, search: "hello" });
  expect(traces).toMatchObject([
    { id: "trace-1", body: { messages: [{ role: "user", content: "Hello" }], spans: [] } },
  ]);
});

test("a script that is still writing is followed, and what it writes comes once", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  database.log(A, losses(3));
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  database.log(A, losses(2, 3));
  database.log(B, losses(1));
  await reader.read();
  await reader.read();
  expect(await lossesOf(reader, A.id)).toEqual([0, 1, 2, 3, 4]);
  expect(await lossesOf(reader, B.id)).toEqual([0]);
  expect(await reader.names("demo")).toEqual(["run a", "run b"]);
});

test("opening the folder again reads no row twice, and those that came meanwhile once", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  database.log(
    A,
    losses(3).map((row) => ({ ...row, logId: null })),
  );
  for (let round = 0; round < 3; round++) {
    await using reader = await PythonFolderReader.open(root);
    await reader.read();
    expect(await lossesOf(reader, A.id)).toHaveLength(3 + round);
    database.log(A, [{ step: 3 + round, metrics: { loss: 0 }, logId: null }]);
  }
});

test("a reading that was stopped anywhere goes on, each row once", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  for (let batch = 0; batch < 30; batch++) {
    for (const run of [A, B]) {
      database.log(
        run,
        losses(500, batch * 500).map((row) => ({ ...row, logId: null })),
      );
    }
  }
  for (let turns = 0; turns < 8; turns++) {
    await using reader = await PythonFolderReader.open(root);
    for (let turn = 0; turn <= turns; turn++) await reader.folder.turn(0);
  }
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  for (const { id } of [A, B]) {
    expect(await lossesOf(reader, id)).toEqual(Array.from({ length: 15_000 }, (_, i) => i));
  }
});

test("runs whose rows are mixed with those of many others are read whole", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  const runs = Array.from({ length: 9 }, (_, i) => ({ id: `run-${i}`, name: `run ${i}` }));
  for (let batch = 0; batch < 100; batch++) {
    for (const run of runs) database.log(run, losses(50, batch * 50));
  }
  await using reader = await PythonFolderReader.open(root);
  let last = { done: 0, total: 0 };
  await reader.folder.readAll((progress) => {
    expect(progress.done).toBeGreaterThanOrEqual(last.done);
    last = progress;
  });
  expect(last).toEqual({ done: 45_000, total: 45_000 });
  for (const { id } of runs) {
    expect(await lossesOf(reader, id)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  }
});

test("the newest run is listed and read first", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  const names = ["oldest", "middle", "newest"];
  for (const [i, name] of names.entries()) {
    database.log({ id: name, name }, [{ metrics: { loss: i }, time: 1e12 + i * 1e6 }]);
  }
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  const told = reader.changes.flatMap(({ run, from }) => (from === undefined ? [] : [run]));
  expect(told).toEqual(["newest", "middle", "oldest"]);
  const numbers = (await reader.store.listRuns(DEMO)).map(({ name, number }) => [name, number]);
  expect(numbers).toEqual([
    ["newest", 2],
    ["middle", 1],
    ["oldest", 0],
  ]);
});

test("a run that is deleted there vanishes, and may come back", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  database.log(A, losses(3));
  database.log(B, losses(3));
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  database.deleteRun(A.id);
  await reader.read();
  expect(await reader.names("demo")).toEqual(["run b"]);
  database.log(A, losses(2));
  await reader.read();
  expect(await lossesOf(reader, A.id)).toEqual([0, 1]);
  database.deleteRun(A.id);
  database.deleteRun(B.id);
  await reader.read();
  expect(await reader.store.listProjects()).toEqual([]);
});

test("what upstream leaves of a run that it deletes by its name, a config, is no run", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  for (const run of [A, B]) {
    database.config(run, { lr: 1 });
    database.log(run, losses(3));
  }
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  database.exec(`DELETE FROM metrics WHERE run_id = '${A.id}'`);
  await reader.read();
  expect(await reader.names("demo")).toEqual(["run b"]);
  await using again = await PythonFolderReader.open(root);
  await again.read();
  expect(await again.names("demo")).toEqual(["run b"]);
});

test("a run that is renamed there is renamed and not doubled, and keeps its number", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  database.log(A, losses(3));
  database.log(B, losses(3));
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  const before = await reader.store.findRun(DEMO, A.id);
  database.renameRun(A.id, "better");
  await reader.read();
  const after = await reader.store.findRun(DEMO, A.id);
  expect(after).toMatchObject({ name: "better", number: before?.number, recordCount: 3 });
  expect(await lossesOf(reader, A.id)).toEqual([0, 1, 2]);
});

test("what was deleted and renamed while nobody looked is seen at the next opening", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  database.log(A, losses(3));
  database.log(B, losses(3));
  {
    await using reader = await PythonFolderReader.open(root);
    await reader.read();
  }
  database.deleteRun(A.id);
  database.renameRun(B.id, "better");
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await reader.names("demo")).toEqual(["better"]);
  expect(await lossesOf(reader, B.id)).toEqual([0, 1, 2]);
});

test("a database that is replaced by another is read anew; one that is removed takes its runs along", async () => {
  const { root } = temporaryFolder();
  const database = new PythonDatabase(root, "demo");
  database.log(A, losses(5));
  database.log(B, losses(5));
  database.close();
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  rmSync(database.path);
  const other = new PythonDatabase(root, "demo");
  other.log(B, losses(2, 100));
  other.close();
  await reader.read();
  expect(await reader.names("demo")).toEqual(["run b"]);
  expect(await lossesOf(reader, B.id)).toEqual([100, 101]);
  rmSync(other.path);
  await reader.read();
  expect(await reader.store.listProjects()).toEqual([]);
});

test("a database that was removed while nobody looked takes its runs along", async () => {
  const { root } = temporaryFolder();
  const database = new PythonDatabase(root, "demo");
  database.log(A, losses(5));
  database.close();
  {
    await using reader = await PythonFolderReader.open(root);
    await reader.read();
  }
  rmSync(database.path);
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await reader.store.listProjects()).toEqual([]);
});

test("a run that was deleted here stays deleted, though its rows are still there", async () => {
  const folder = temporaryFolder();
  using database = new PythonDatabase(folder.root, "demo");
  database.log(A, losses(3));
  database.log(B, losses(3));
  {
    await using reader = await PythonFolderReader.open(folder.root);
    await reader.read();
    await deleteRun(folder, reader.store, DEMO, A.id as RunId, { force: true });
    database.log(A, losses(1, 3));
    await reader.read();
    expect(await reader.names("demo")).toEqual(["run b"]);
  }
  await using reader = await PythonFolderReader.open(folder.root);
  await reader.read();
  expect(await reader.names("demo")).toEqual(["run b"]);
});

test("a run that our own script went on with is not taken away with its rows there", async () => {
  const folder = temporaryFolder();
  using database = new PythonDatabase(folder.root, "demo");
  database.log(A, losses(3));
  await using reader = await PythonFolderReader.open(folder.root);
  await reader.read();
  const run = { id: A.id as RunId, projectKey: DEMO, project: "demo", name: "run a", config: {} };
  createRun(folder, run, Date.now());
  database.deleteRun(A.id);
  await reader.read();
  expect(await lossesOf(reader, A.id)).toEqual([0, 1, 2]);
});

test("runs without ids go by their names, before and after Python gives them some", async () => {
  const { root } = temporaryFolder();
  const database = new PythonDatabase(root, "demo", "nameless");
  database.config(A, { lr: 1 });
  database.log(A, losses(3));
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await reader.store.listRuns(DEMO)).toMatchObject([
    { id: "run a", name: "run a", config: { lr: 1 } },
  ]);
  // As upstream's migration does.
  database.exec(`
    ALTER TABLE metrics ADD COLUMN run_id TEXT; UPDATE metrics SET run_id = 'uuid';
    ALTER TABLE configs ADD COLUMN run_id TEXT; UPDATE configs SET run_id = 'uuid';
    CREATE INDEX i ON metrics(run_id); CREATE INDEX j ON configs(run_id); PRAGMA user_version = 2`);
  database.close();
  await reader.read();
  expect(await reader.store.listRuns(DEMO)).toMatchObject([{ id: "uuid", name: "run a" }]);
  expect(await lossesOf(reader, "uuid")).toEqual([0, 1, 2]);
});

test("a table that is in no order of its runs is read all the same", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  database.exec(
    "DROP INDEX idx_metrics_run_step; DROP INDEX idx_metrics_run_timestamp; DROP INDEX idx_metrics_run_record",
  );
  for (const run of [A, B, A])
    database.log(
      run,
      losses(2).map((row) => ({ ...row, logId: null })),
    );
  for (let round = 0; round < 2; round++) {
    await using reader = await PythonFolderReader.open(root);
    await reader.read();
    expect(await lossesOf(reader, A.id)).toEqual([0, 1, 0, 1]);
    expect(await lossesOf(reader, B.id)).toEqual([0, 1]);
  }
});

test("rows of one time keep their order", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  const steps = [5, 3, 4, 3, 1];
  database.log(
    A,
    steps.map((step) => ({ step, time: 1e12, metrics: { loss: step } })),
  );
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await lossesOf(reader, A.id)).toEqual(steps);
});

test("steps beyond 2^53 and with fractions, odd times and texts that are no JSON are kept", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  database.log(A, [
    { step: 9007199254740993n, metrics: { loss: 1 }, time: 1e12 },
    { step: 0.5, metrics: { loss: 2 }, time: 1e12 },
    { step: 1, metrics: "no json", time: 1e12 },
  ]);
  database.exec("UPDATE metrics SET timestamp = '' WHERE id = 2");
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await reader.records("demo", A.id)).toMatchObject([
    { step: 9007199254740993n, time: 1e12 },
    { step: 0.5, time: 1e12 },
    { step: 1, keys: [RAW_KEY], values: ["no json"] },
  ]);
});

test("files that were saved there are files of the project, the newest of each", async () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  database.log(A, losses(1));
  const folder = join(root, "media", "demo", "files", "sub");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "c.yaml"), "a: 1");
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await reader.store.listFiles(DEMO)).toMatchObject([
    { path: "sub/c.yaml", bytes: 4, type: "application/yaml" },
  ]);
  writeFileSync(join(folder, "c.yaml"), "a: 12345");
  await reader.read();
  expect(await reader.store.listFiles(DEMO)).toMatchObject([{ path: "sub/c.yaml", bytes: 8 }]);
});

test("registries and what is no database are no projects; what cannot be read is told and keeps no other waiting", async () => {
  const { root } = temporaryFolder();
  using registry = new PythonDatabase(root, "registry-models");
  registry.log(A, losses(1));
  using database = new PythonDatabase(root, "demo");
  database.log(A, losses(1));
  writeFileSync(join(root, "notes.db"), "these are notes, no database, but long enough to be one");
  mkdirSync(join(root, "traces", "demo"), { recursive: true });
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect((await reader.store.listProjects()).map(({ key }) => key)).toEqual(["demo"]);
  expect(reader.folder.skipped).toMatchObject([{ source: "notes.db", code: "unreadable" }]);
});

test("nothing in the folder changes, nor comes to lie there", async () => {
  const { root } = temporaryFolder();
  for (const project of ["demo", "other"]) {
    using database = new PythonDatabase(root, project);
    database.log(A, losses(100));
  }
  const before = fingerprint(root);
  {
    await using reader = await PythonFolderReader.open(root);
    await reader.read();
    expect(await reader.names("other")).toEqual(["run a"]);
  }
  expect(fingerprint(root)).toEqual(before);
});
