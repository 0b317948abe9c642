import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JournalWriter } from "../journal/journal-writer.ts";
import { makeProjectLane } from "../journal/make-project.ts";
import { remoteMarkFile, writeRemoteMark } from "../journal/remote-mark.ts";
import { createRun, readHead } from "../journal/run-head.ts";
import { appendBatch } from "../journal/testing/append-batch.ts";
import { TrackioError } from "../protocol/errors.ts";
import { parseProjectKey } from "../protocol/ids.ts";
import type { RunIdentity, RunStatus } from "../protocol/run.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { Folder } from "./folder.ts";
import { runStatus } from "./run-status.ts";
import { RunWatch } from "./run-watch.ts";
import { runIdOf, TestFolder } from "./testing/journals.ts";

let data: TestFolder;
let store: MemoryStore;

beforeEach(() => {
  data = new TestFolder();
  store = new MemoryStore();
});

afterEach(() => {
  data[Symbol.dispose]();
});

/** A run of a Trackio client. */
function clientRun(name = "test-run"): RunIdentity {
  return data.run("vision", { name, client: "trackio" });
}

/** Writes one record more into a journal, a new one unless told. */
function log(
  run: RunIdentity,
  journal = JournalWriter.create(data, { run, time: Date.now() }),
): JournalWriter {
  journal.append(journal.keySet(["loss"]), [0, null, Date.now(), 1]);
  return journal;
}

function close(journal: JournalWriter): void {
  journal.appendEvent({ time: Date.now(), closed: true });
  journal.close();
}

/** As if the process that writes it had been killed. */
function kill(journal: JournalWriter): void {
  journal.close();
  const text = readFileSync(journal.path, "utf8").replace(/"pid":\d+/, '"pid":999999999');
  writeFileSync(journal.path, text);
}

const foldAll = () => new Folder(data, store).foldAll();

describe("a journal whose writer has left goes once it is folded, though the run never ends", () => {
  test("where the writer said so", async () => {
    const run = clientRun();
    const first = log(run);
    const folder = new Folder(data, store);
    await folder.foldAll();
    expect(existsSync(first.path)).toBe(true);
    first.appendEvent({ time: Date.now(), config: { lr: 0.1 } });
    close(log(run, first));
    const second = log(run);
    expect((await folder.foldAll()).removedJournals).toBe(1);
    expect(existsSync(first.path)).toBe(false);
    expect(existsSync(second.path)).toBe(true);
    expect(readHead(data, run.projectKey, run.id)).toMatchObject({
      highestStep: 2,
      recordCount: 3,
      config: { lr: 0.1 },
      state: "running",
    });
    const [info] = await store.listRuns(run.projectKey);
    expect(info).toMatchObject({ recordCount: 3, lastStep: 2 });
    expect(info?.writers).toHaveLength(1);
  });

  test("where its process is gone, system metrics and files of the project as well", async () => {
    const run = clientRun();
    const { projectKey } = run;
    const ofProject = makeProjectLane(data, { projectKey, project: "vision" }, Date.now());
    const journals = [
      log(run),
      log(run, JournalWriter.create(data, { run, time: 1, lane: "system" })),
      JournalWriter.create(data, { run: ofProject, time: 1, lane: "project" }),
    ];
    await foldAll();
    for (const { path } of journals) expect(existsSync(path)).toBe(true);
    for (const journal of journals) kill(journal);
    expect((await foldAll()).removedJournals).toBe(3);
    for (const { path } of journals) expect(existsSync(path)).toBe(false);
  });

  test("but not before all of it is folded, nor where the head is missing", async () => {
    const run = clientRun();
    const journal = log(run);
    const folder = new Folder(data, store, { pieceBytes: 100 });
    close(journal);
    folder.look();
    await folder.foldOnce();
    await folder.tidy();
    expect(existsSync(journal.path)).toBe(true);
    rmSync(data.headFile(run.projectKey, run.id));
    await folder.foldAll();
    expect(existsSync(journal.path)).toBe(true);
  });

  test("but not that of a script of ours, which may be lost and may go on", async () => {
    const run = data.run("vision");
    const journal = log(run);
    kill(journal);
    await foldAll();
    expect(existsSync(journal.path)).toBe(true);
  });
});

test("a journal that has still to be sent to another machine stays until it is there", async () => {
  const mark = { serverUrl: "http://127.0.0.1:1", sentBytes: 0 };
  const ended = data.journal(data.run("vision"));
  const left = log(clientRun());
  for (const path of [ended.path, left.path]) writeRemoteMark(path, { ...mark, isDone: false });
  ended.end();
  close(left);
  const folder = new Folder(data, store);
  expect((await folder.foldAll()).removedJournals).toBe(0);
  for (const path of [ended.path, left.path]) writeRemoteMark(path, { ...mark, isDone: true });
  expect((await folder.foldAll()).removedJournals).toBe(2);
  for (const path of [ended.path, left.path]) {
    expect(existsSync(path) || existsSync(remoteMarkFile(path))).toBe(false);
  }
});

describe("a run whose client has no word for an end", () => {
  const MINUTE_MS = 60_000;

  async function statusAfter(run: RunIdentity, ms: number): Promise<RunStatus> {
    const [info] = await store.listRuns(run.projectKey, { runs: [run.id] });
    return runStatus(info!, Date.now() + ms, data);
  }

  test("runs while something came within five minutes, then is idle; never lost, never finished", async () => {
    const run = clientRun();
    const journal = log(run);
    await foldAll();
    expect(await statusAfter(run, 4 * MINUTE_MS)).toBe("running");
    expect(await statusAfter(run, 6 * MINUTE_MS)).toBe("idle");
    kill(journal);
    await foldAll();
    expect(await statusAfter(run, 4 * MINUTE_MS)).toBe("running");
    expect(await statusAfter(run, 600 * MINUTE_MS)).toBe("idle");
  });

  test("runs while system metrics come, and when what comes was logged long ago", async () => {
    const run = clientRun();
    const old = JournalWriter.create(data, { run, time: 1 });
    old.append(old.keySet(["loss"]), [0, 0, 1_000, 1]);
    await foldAll();
    expect(await statusAfter(run, 4 * MINUTE_MS)).toBe("running");
    const longAgo = Date.now() / 1000 - 3_600;
    utimesSync(old.path, longAgo, longAgo);
    const other = clientRun("other");
    const system = log(other, JournalWriter.create(data, { run: other, time: 1, lane: "system" }));
    await foldAll();
    expect(await statusAfter(other, 4 * MINUTE_MS)).toBe("running");
    expect(statSync(system.path).mtimeMs).toBeGreaterThan(longAgo * 1000);
  });

  test("does not run because it is given another name", async () => {
    const longAgoMs = Date.now() - 60 * MINUTE_MS;
    const facts = { id: runIdOf("old"), projectKey: parseProjectKey("vision"), project: "vision" };
    const named = { name: "before", config: {}, client: "trackio" } as const;
    const { run } = createRun(data, { ...facts, ...named }, longAgoMs);
    const first = log(run);
    kill(first);
    utimesSync(first.path, longAgoMs / 1000, longAgoMs / 1000);
    await foldAll();
    expect(await statusAfter(run, 0)).toBe("idle");
    const naming = JournalWriter.create(data, { run, time: Date.now() });
    appendBatch(naming, [
      { event: { time: Date.now(), name: "after" } },
      { event: { time: Date.now(), closed: true } },
    ]);
    naming.close();
    await foldAll();
    expect((await store.listRuns(run.projectKey))[0]?.name).toBe("after");
    expect(await statusAfter(run, 0)).toBe("idle");
  });

  test("is watched: that it fell idle is told, and that it runs again", async () => {
    const run = clientRun();
    const journal = log(run);
    await foldAll();
    let nowMs = Date.now();
    const watch = new RunWatch(data, store, () => nowMs);
    await watch.begin();
    expect(watch.runningCounts()).toEqual({ vision: 1 });
    nowMs += 6 * MINUTE_MS;
    expect(watch.look().map(({ id }) => id)).toEqual([run.id]);
    expect(watch.isIdle(run.projectKey, run.id)).toBe(true);
    expect(watch.runningCounts()).toEqual({});
    log(run, journal);
    utimesSync(journal.path, nowMs / 1000, nowMs / 1000);
    await foldAll();
    await watch.refresh(run.projectKey, run.id);
    expect(watch.isIdle(run.projectKey, run.id)).toBe(false);
    expect(watch.runningCounts()).toEqual({ vision: 1 });
  });
});

test("no journal goes before the store has on the disk itself what was folded from it", async () => {
  const runs = ["a", "b"].map((name) => data.run("vision", { name }));
  const journals = runs.map((run) => data.journal(run));
  for (const journal of journals) journal.log(0, { loss: 1 });
  for (const journal of journals) journal.end();
  let syncs = 0;
  store.sync = async () => {
    syncs += 1;
    for (const { path } of journals) expect(existsSync(path)).toBe(true);
    if (syncs === 1) throw new TrackioError("storage_full", "No space.");
  };
  const folder = new Folder(data, store);
  await expect(folder.foldAll()).rejects.toMatchObject({ code: "storage_full" });
  for (const { path } of journals) expect(existsSync(path)).toBe(true);
  expect((await folder.foldAll()).removedJournals).toBe(2);
  await folder.foldAll();
  expect(syncs).toBe(2);
});
