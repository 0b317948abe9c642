import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JournalWriter } from "../journal/journal-writer.ts";
import { makeProjectLane } from "../journal/make-project.ts";
import { createRun } from "../journal/run-head.ts";
import { TrackioError } from "../protocol/errors.ts";
import { parseProjectKey } from "../protocol/ids.ts";
import type { BlobHash } from "../protocol/media.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import type { FoldBatch, FoldOutcome } from "../store/store.ts";
import { type CaughtUp, FoldLoop, type FoldNews } from "./fold-loop.ts";
import { runIdOf, TestFolder } from "./testing/journals.ts";
import { PythonDatabase } from "./testing/python-database.ts";

/** Fails as often as it is told, and counts how often it was compacted. */
class TestStore extends MemoryStore {
  failures = 0;
  compactions = 0;

  override async fold(batch: FoldBatch): Promise<FoldOutcome> {
    if (this.failures-- > 0) throw new TrackioError("storage_full", "No space left.");
    return super.fold(batch);
  }

  override async compact(): Promise<boolean> {
    this.compactions += 1;
    return this.compactions < 3;
  }
}

let data: TestFolder;
let store: TestStore;
let news: (FoldNews | CaughtUp)[];
let loop: FoldLoop;
let ending: AbortController;
let ended: Promise<void> | undefined;

beforeEach(() => {
  data = new TestFolder();
  store = new TestStore();
  news = [];
  ending = new AbortController();
});

afterEach(async () => {
  ending.abort();
  await ended;
  data[Symbol.dispose]();
});

function begin(): void {
  loop = new FoldLoop(data, store, (item) => news.push(item));
  ended = loop.run(ending.signal);
}

/** Waits until `isSo`, for 10 s at most. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

type News = FoldNews | CaughtUp;

const told = <Kind extends News["news"]>(kind: Kind) =>
  news.filter((item): item is News & { readonly news: Kind } => item.news === kind);

test("what is logged is folded and told, and how many runs run", async () => {
  begin();
  const run = data.run("vision");
  const journal = data.journal(run);
  journal.log(0, { loss: 1 });
  await until(async () => (await store.listRuns(run.projectKey))[0]?.recordCount === 1);
  await until(() => told("running").length > 0);
  expect(told("running").at(-1)).toEqual({ news: "running", counts: { vision: 1 } });
  journal.end();
  await until(() => told("running").length > 1);
  expect(told("running").at(-1)).toEqual({ news: "running", counts: {} });
});

test("a client that was idle and logs again is told to run", async () => {
  const longAgo = Date.now() / 1000 - 3_600;
  const facts = { projectKey: parseProjectKey("vision"), project: "vision", config: {} };
  const named = { id: runIdOf("quiet"), name: "quiet", client: "trackio" } as const;
  const { run } = createRun(data, { ...facts, ...named }, longAgo * 1000);
  const journal = data.journal(run);
  journal.log(0, { loss: 1 });
  utimesSync(journal.path, longAgo, longAgo);
  begin();
  await until(() => told("changes").length > 0);
  expect(told("running")).toEqual([]);
  journal.log(1, { loss: 1 });
  await until(() => told("running").length > 0);
  expect(told("running").at(-1)).toEqual({ news: "running", counts: { vision: 1 } });
  await until(() => told("changes").length > 1);
  expect(told("changes").at(-1)).toMatchObject({
    changes: [{ run: run.id, from: { step: 1 }, facts: true }],
  });
});

test("what Trackio for Python wrote is read in the background, and journals are folded meanwhile", async () => {
  const old = { id: "a".repeat(32), name: "old" };
  {
    using database = new PythonDatabase(data.root, "python");
    const metrics = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}`, i / 3]));
    const rows = Array.from({ length: 60_000 }, (_, step) => ({ step, metrics }));
    database.log(old, rows);
  }
  const journal = data.journal(data.run("vision"));
  begin();
  await until(() => told("reading").length > 0);
  journal.log(0, { loss: 1 });
  const vision = parseProjectKey("vision");
  await until(async () => (await store.listRuns(vision))[0]?.recordCount === 1);
  expect(told("reading").at(-1)).toMatchObject({ total: 60_000 });
  expect(told("reading").at(-1)).not.toMatchObject({ done: 60_000 });
  await until(() => told("reading").at(-1)?.done === 60_000);
  expect(await store.listRuns(parseProjectKey("python"))).toMatchObject([
    { name: "old", client: "trackio", recordCount: 60_000 },
  ]);
  journal.end();
});

test("what belongs to a project without a run is told as the project's", async () => {
  begin();
  const project = { projectKey: parseProjectKey("vision"), project: "vision" };
  const run = makeProjectLane(data, project, Date.now());
  const journal = JournalWriter.create(data, { run, time: Date.now(), lane: "project" });
  const file = { path: "a", blob: "0".repeat(64) as BlobHash, type: "text/plain", bytes: 1 };
  journal.appendEvent({ time: 1, file });
  await until(() => told("project").length > 0);
  expect(told("project")).toEqual([{ news: "project", project: "vision" }]);
  expect(told("changes")).toEqual([]);
  journal.close();
});

test("who asks for it hears when all that stood on disk is in the store", async () => {
  begin();
  const run = data.run("vision");
  const journal = data.journal(run);
  for (let request = 0; request < 5; request += 1) {
    journal.log(request, { loss: 1 });
    loop.catchUp(request);
    await until(() => told("caught up").length === request + 1);
    expect((await store.listRuns(run.projectKey))[0]?.recordCount).toBe(request + 1);
  }
  expect(told("caught up").at(-1)).toEqual({ news: "caught up", request: 4 });
});

test("trouble of the store is told, nothing is lost, and it is tried again", async () => {
  store.failures = 1;
  const run = data.run("vision");
  data.journal(run).log(0, { loss: 1 });
  begin();
  await until(async () => (await store.listRuns(run.projectKey))[0]?.recordCount === 1);
  expect(told("trouble")).toEqual([{ news: "trouble", message: "No space left." }]);
});

test("a journal that cannot be folded is told once", async () => {
  const journal = data.journal(data.run("vision"));
  const text = readFileSync(journal.path, "utf8");
  writeFileSync(journal.path, text.replace('"trackio":2', '"trackio":3'));
  begin();
  const run = data.run("vision");
  data.journal(run).log(0, { loss: 1 });
  await until(async () => (await store.listRuns(run.projectKey)).length === 1);
  await until(() => told("skipped").length > 0);
  expect(told("skipped")).toMatchObject([{ journal: { code: "unavailable" } }]);
});

describe("compaction", () => {
  test("follows what was folded, until nothing is left to do", async () => {
    begin();
    data.journal(data.run("vision")).log(0, { loss: 1 });
    await until(() => store.compactions === 3);
  });
});
