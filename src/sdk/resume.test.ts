import { appendFileSync } from "node:fs";
import { expect, test } from "vitest";
import { JournalWriter } from "../journal/journal-writer.ts";
import { listJournals, removeJournal } from "../journal/list-journals.ts";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import * as trackio from "./index.ts";
import { readRuns } from "./testing/on-disk.ts";
import { runScript } from "./testing/run-script.ts";

test("resume goes on with the run's steps and keeps its config unless a new one is given", async () => {
  const folder = temporaryFolder();
  const options = { project: "p", name: "a", dir: folder.root };
  const first = trackio.init({ ...options, config: { lr: 1 } });
  first.log({ x: 0 }, { step: 41 });
  first.log({ x: 0 }, { step: 3 });
  await first.finish();

  const second = trackio.init<{ lr?: number; b?: number }>({ ...options, resume: "must" });
  expect(second.id).toBe(first.id);
  expect(second.config.lr).toBe(1);
  expect(readRuns(folder)[1]?.head).toMatchObject({ state: "running" });
  expect(readRuns(folder)[1]?.head.end).toBeUndefined();
  second.log({ x: 1 });
  await second.finish();

  const third = trackio.init({ ...options, resume: "allow", config: { b: 2 } });
  expect({ ...third.config }).toEqual({ b: 2 });
  third.log({ x: 2 });
  await third.finish();

  const runs = readRuns(folder);
  expect(runs.map((run) => run.steps)).toEqual([[41, 3], [42], [43]]);
  expect(runs.map((run) => run.header?.resumed)).toEqual([undefined, true, true]);
  expect(runs.map((run) => run.header?.config)).toEqual([{ lr: 1 }, undefined, { b: 2 }]);
  expect(runs[0]?.head).toMatchObject({ config: { b: 2 }, highestStep: 43, state: "finished" });
});

test("resume goes on after a crash, behind a torn line, and where the journals are folded away", async () => {
  const folder = temporaryFolder();
  const id = "one";
  const crash = `trackio.init({ project: "p", id: "${id}" });
    for (let i = 0; i < 10; i++) trackio.log({ i });
    trackio.log({ i: 0 }, { step: 2 });
    process.kill(process.pid, "SIGKILL");`;
  expect((await runScript(folder, crash)).signal).toBe("SIGKILL");
  for (const { path } of listJournals(folder)) appendFileSync(path, "[0,7");
  const run = trackio.init({ project: "p", id, dir: folder.root, resume: "must" });
  run.log({ i: 10 });
  await run.finish();
  expect(readRuns(folder).map(({ steps }) => steps.at(-1))).toEqual([2, 10]);

  for (const { path, sizeBytes } of listJournals(folder)) removeJournal(path, sizeBytes);
  const again = trackio.init({ project: "p", id, dir: folder.root, resume: "must" });
  again.log({ i: 11 });
  await again.finish();
  expect(readRuns(folder).map(({ steps }) => steps)).toEqual([[11]]);
});

test("resume goes on behind records whose steps the server tells, and beside system metrics", async () => {
  const folder = temporaryFolder();
  const options = { project: "p", id: "one", dir: folder.root };
  const first = trackio.init(options);
  first.log({ x: 0 }, { step: 5 });
  await first.finish();
  const head = readRuns(folder)[0]!.head;
  const elsewhere = JournalWriter.create(folder, { run: head.run, time: 1 });
  for (let i = 0; i < 3; i++) elsewhere.append(elsewhere.keySet(["x"]), [0, null, 1, i]);
  elsewhere.close();
  const facts = { run: head.run, time: 2, lane: "system" } as const;
  const system = JournalWriter.create(folder, facts);
  system.append(system.keySet(["cpu"]), [0, 1_000, 1, 50]);
  system.close();
  const again = trackio.init({ ...options, resume: "must" });
  again.log({ x: 1 });
  await again.finish();
  expect(readRuns(folder).at(-1)?.steps).toEqual([9]);
});

test("names may repeat: never makes a new run, allow takes the newest, or makes one", async () => {
  const folder = temporaryFolder();
  const options = { project: "p", name: "a", dir: folder.root };
  const ids = [];
  for (const resume of [undefined, "never", "allow"] as const) {
    const run = trackio.init({ ...options, resume });
    ids.push(run.id);
    await run.finish();
  }
  expect(ids[0]).not.toBe(ids[1]);
  expect(ids[2]).toBe(ids[1]);
  const other = trackio.init({ ...options, name: "b", resume: "allow" });
  expect(ids).not.toContain(other.id);
  await other.finish();
});

test("allow without name and id is a new run", async () => {
  const { root } = temporaryFolder();
  const [a, b] = [0, 1].map(() => trackio.init({ project: "p", dir: root, resume: "allow" }));
  expect(a?.id).not.toBe(b?.id);
  await a?.finish();
  await b?.finish();
});
