import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JournalWriter } from "../journal/journal-writer.ts";
import { makeProjectLane } from "../journal/make-project.ts";
import { openReceivedJournal } from "../journal/received-journal.ts";
import { findHead, readHead, updateHead } from "../journal/run-head.ts";
import { appendBatch, type BatchLine } from "../journal/testing/append-batch.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { Lane, RunIdentity } from "../protocol/run.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import type { StoredRecord } from "../store/store.ts";
import { deleteProject } from "./delete-project.ts";
import { deleteRun } from "./delete-run.ts";
import type { FoldChange } from "./fold-report.ts";
import { Folder } from "./folder.ts";
import { TestFolder } from "./testing/journals.ts";
import { factsOf } from "./testing/stored-run.ts";

let data: TestFolder;
let store: MemoryStore;

beforeEach(() => {
  data = new TestFolder();
  store = new MemoryStore();
});

afterEach(() => {
  data[Symbol.dispose]();
});

function begin(run: RunIdentity, lane?: Lane): JournalWriter {
  return JournalWriter.create(data, { run, time: Date.now(), ...(lane && { lane }) });
}

function record(
  journal: JournalWriter,
  key: string,
  value: number,
  id?: string,
  step: number | null = null,
): BatchLine {
  const set = journal.keySet([key], { ids: id !== undefined });
  return { set, record: [0, step, Date.now(), value, ...(id === undefined ? [] : [id])] };
}

async function recordsOf(run: RunIdentity, lane?: Lane): Promise<StoredRecord[]> {
  const { projectKey: project, id } = run;
  const records: StoredRecord[] = [];
  for await (const page of store.readRecords({ project, run: id, ...(lane && { lane }) })) {
    records.push(...page);
  }
  return records;
}

const foldAll = () => new Folder(data, store).foldAll();

const savedFile = (path: string) => {
  const blob = path.padEnd(64, "0") as BlobHash;
  return { path, blob, type: "text/plain", bytes: 1 };
};

describe("lanes of a run have records of their own", () => {
  test("system metrics beside what was logged", async () => {
    const run = data.run("vision");
    const [main, system] = [begin(run), begin(run, "system")];
    appendBatch(main, [record(main, "loss", 1), record(main, "loss", 2)]);
    appendBatch(system, [record(system, "cpu", 50), record(system, "loss", 9)]);
    const changes: FoldChange[] = [];
    await new Folder(data, store, { onChange: (change) => changes.push(change) }).foldAll();
    expect((await recordsOf(run)).map(({ step, values }) => [step, ...values])).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect((await recordsOf(run, "system")).map(({ step, keys }) => [step, ...keys])).toEqual([
      [0, "cpu"],
      [1, "loss"],
    ]);
    expect(await factsOf(store, run)).toMatchObject({ recordCount: 2, lastStep: 1 });
    // No chart is to be read again for system metrics.
    expect(changes).toHaveLength(2);
    expect(changes.filter(({ from }) => from !== undefined)).toHaveLength(1);
  });

  test("a run that has only system metrics or alerts is a run", async () => {
    const quiet = data.run("vision", { name: "quiet" });
    const system = begin(quiet, "system");
    appendBatch(system, [record(system, "cpu", 50)]);
    const alarmed = data.run("vision", { name: "alarmed" });
    const alert = { id: "1", title: "spike", level: "warn", text: "high", step: 3 };
    begin(alarmed).appendEvent({ time: 5, alert });
    await foldAll();
    expect(await factsOf(store, quiet)).toMatchObject({ name: "quiet", recordCount: 0 });
    expect(await factsOf(store, alarmed)).toMatchObject({ name: "alarmed", recordCount: 0 });
    expect(await store.listAlerts(alarmed.projectKey)).toEqual([
      { ...alert, time: 5, run: alarmed.id },
    ]);
  });

  test("a damaged header is told by the journal's name", async () => {
    const run = data.run("vision");
    const system = begin(run, "system");
    appendBatch(system, [record(system, "cpu", 50)]);
    writeFileSync(system.path, `x${readFileSync(system.path, "utf8").slice(1)}`);
    await foldAll();
    expect(await recordsOf(run)).toEqual([]);
    expect(await recordsOf(run, "system")).toHaveLength(1);
  });
});

describe("what belongs to a project without a run", () => {
  function save(path: string): JournalWriter {
    const { projectKey } = data.run("vision", { name: path });
    const run = makeProjectLane(data, { projectKey, project: "vision" }, Date.now());
    const journal = begin(run, "project");
    journal.appendEvent({ time: Date.now(), file: savedFile(path) });
    return journal;
  }

  test("is the project's, and no run", async () => {
    const journal = save("a");
    await foldAll();
    const [project] = await store.listProjects();
    expect(project).toBeUndefined();
    const { projectKey } = data.run("vision", { name: "other" });
    expect(await store.listFiles(projectKey)).toMatchObject([{ path: "a" }]);
    expect(await store.listRuns(projectKey)).toEqual([]);
    journal.close();
  });

  test("goes with the project, folded or not, and does not come back", async () => {
    const { path } = save("a");
    await foldAll();
    save("b");
    const projectKey = data.run("vision", { name: "last" }).projectKey;
    await deleteProject(data, store, projectKey);
    await foldAll();
    expect(await store.listFiles(projectKey)).toEqual([]);
    expect(() => readFileSync(path)).toThrow();
    save("c");
    await foldAll();
    expect((await store.listFiles(projectKey)).map((file) => file.path)).toEqual(["c"]);
  });

  test("a project that has nothing else is deleted too", async () => {
    const run = makeProjectLane(
      data,
      { projectKey: "lonely" as never, project: "lonely" },
      Date.now(),
    );
    begin(run, "project").appendEvent({ time: 1, file: savedFile("a") });
    await deleteProject(data, store, run.projectKey);
    await expect(deleteProject(data, store, run.projectKey)).rejects.toThrow(/No project 'lonely'/);
  });

  test("goes with the last run, and with no other", async () => {
    save("a");
    const second = data.run("vision", { name: "second" });
    begin(second).close();
    await foldAll();
    const first = findHead(data, second.projectKey, { name: "a" })!.run;
    await deleteRun(data, store, first.projectKey, first.id, { force: true });
    expect(await store.listFiles(second.projectKey)).toHaveLength(1);
    await deleteRun(data, store, second.projectKey, second.id, { force: true });
    await foldAll();
    expect(await store.listFiles(second.projectKey)).toEqual([]);
  });

  test("a run's journal that claims to be a project's stays as it is", async () => {
    const run = data.run("vision");
    const journal = begin(run, "project");
    appendBatch(journal, [record(journal, "loss", 1)]);
    const report = await foldAll();
    expect(report.skipped).toMatchObject([{ code: "damaged" }]);
    expect(await store.listRuns(run.projectKey)).toEqual([]);
  });
});

test("of records, alerts and traces with the same id only the first counts, whatever journal they are in", async () => {
  const run = data.run("vision");
  for (const value of [1, 2]) {
    const journal = JournalWriter.create(data, { run, time: value });
    const alert = { id: "a", title: `spike ${value}`, level: "warn" };
    const trace = { id: "t", key: "chat", step: 0, body: { messages: [value] } };
    appendBatch(journal, [
      record(journal, "loss", value, "x"),
      record(journal, "loss", value, `y${value}`),
      { event: { time: 1, alert } },
      { event: { time: 1, trace } },
      { event: { time: 2, trace: { ...trace, id: `t${value}`, index: value } } },
    ]);
  }
  await foldAll();
  expect((await recordsOf(run)).map(({ values, step }) => [step, ...values])).toEqual([
    [0, 1],
    [1, 1],
    [2, 2],
  ]);
  expect(await store.listAlerts(run.projectKey)).toMatchObject([{ title: "spike 1" }]);
  const traces = await store.listTraces({ project: run.projectKey, order: "time" });
  expect(traces.map(({ id }) => id).toSorted()).toEqual(["t", "t1", "t2"]);
});

test("an alert, trace or name that is none loses its line alone", async () => {
  const run = data.run("vision");
  const journal = begin(run);
  const trace = { id: "t", key: "k", step: 0, body: {} };
  const wrong = [
    { alert: null },
    { alert: { id: "1", title: "x" } },
    { alert: { id: "1", title: "x", level: "warn", step: "3" } },
    { alert: { id: "1", title: "x", level: "warn", text: 5 } },
    { trace: "x" },
    { trace: { ...trace, step: null } },
    { trace: { ...trace, index: -1 } },
    { trace: { ...trace, body: { a: { $: "unheard of" } } } },
    { trace: { id: "t", key: "k", step: 0 } },
    { name: "" },
    { name: 5 },
    { name: "x".repeat(513) },
    { closed: false },
  ];
  for (const event of wrong) journal.appendEvent({ time: 1, ...event } as never);
  appendBatch(journal, [record(journal, "loss", 1)]);
  await foldAll();
  expect(await factsOf(store, run)).toMatchObject({ damagedLines: wrong.length, recordCount: 1 });
  expect(await store.listAlerts(run.projectKey)).toEqual([]);
  expect(await store.listTraces({ project: run.projectKey })).toEqual([]);
});

test("a trace is found by what was said, not by what its spans were given", async () => {
  const run = data.run("vision");
  const body = {
    messages: [{ role: "user", content: ["Where is LIMA?", 42, { $: "NaN" }] }],
    metadata: { $: "entries", v: [["10", "Ten"]] },
    spans: [
      { id: "S1", name: "Call", model: "m", input: "hidden", metadata: { tag: "Blue" } },
      "s2",
    ],
    other: "unseen",
  };
  const trace = { id: "T", key: "Chat", step: 4, body };
  begin(run).appendEvent({ time: 1, trace: trace as never });
  await foldAll();
  const find = async (search: string) =>
    (await store.listTraces({ project: run.projectKey, search })).length;
  const found = ["t chat", "user where is lima? 42 nan", "ten", "s1 call m blue s2"];
  for (const search of found) expect([search, await find(search)]).toEqual([search, 1]);
  for (const search of ["hidden", "unseen", "10"]) expect(await find(search)).toBe(0);
});

describe("what a run is, its head says", () => {
  test("a journal from another machine has a number of this one", async () => {
    const first = data.run("vision", { name: "first" });
    using elsewhere = new TestFolder();
    const far = elsewhere.run("vision", { name: "far" });
    const journal = elsewhere.journal(far);
    journal.log(0, { loss: 1 });
    journal.end();
    expect([first.number, far.number]).toEqual([0, 0]);
    const at = { projectKey: far.projectKey, run: far.id, writer: journal.writer.writer.id };
    await openReceivedJournal(data, at).append(0, readFileSync(journal.path));
    await foldAll();
    expect(await factsOf(store, far)).toMatchObject({ number: 1, name: "far", state: "finished" });
  });

  test("sending a folded journal of a run that has ended once more folds nothing again", async () => {
    using elsewhere = new TestFolder();
    const far = elsewhere.run("vision", { name: "far" });
    const journal = elsewhere.journal(far);
    journal.log(0, { loss: 1 });
    journal.end();
    const bytes = readFileSync(journal.path);
    const at = { projectKey: far.projectKey, run: far.id, writer: journal.writer.writer.id };
    for (let time = 0; time < 3; time++) {
      const received = openReceivedJournal(data, at);
      expect(received.size()).toBe(0);
      await received.append(0, bytes);
      expect((await foldAll()).removedJournals).toBe(1);
    }
    expect(await factsOf(store, far)).toMatchObject({ state: "finished", recordCount: 1 });
    expect(readHead(data, far.projectKey, far.id)).toMatchObject({ state: "finished" });
  });

  test("a run that was renamed is called so in the store and in its head", async () => {
    const run = data.run("vision", { name: "before" });
    const journal = begin(run);
    appendBatch(journal, [record(journal, "loss", 1), { event: { time: 1, name: "after" } }]);
    await foldAll();
    expect(await factsOf(store, run)).toMatchObject({ name: "after" });
    expect(findHead(data, run.projectKey, { name: "after" })?.run.id).toBe(run.id);
    expect(findHead(data, run.projectKey, { name: "before" })).toBeUndefined();
  });

  test("another name is no life: a run that has ended stays so", async () => {
    const run = data.run("vision");
    data.journal(run).end("failed", Date.now() - 10_000);
    await foldAll();
    const journal = begin(run);
    appendBatch(journal, [
      { event: { time: Date.now(), name: "after" } },
      { event: { time: Date.now(), closed: true } },
    ]);
    journal.close();
    await foldAll();
    expect(await factsOf(store, run)).toMatchObject({ name: "after", state: "failed" });
    expect(readHead(data, run.projectKey, run.id)).toMatchObject({
      run: { name: "after" },
      state: "failed",
    });
  });

  test("the highest step of a journal that goes is known, also where nobody wrote it", async () => {
    const run = data.run("vision");
    const journal = begin(run);
    appendBatch(journal, [record(journal, "loss", 1, undefined, 41), record(journal, "loss", 2)]);
    journal.appendEvent({ time: Date.now(), end: { state: "finished" } });
    journal.close();
    updateHead(data, run.projectKey, run.id, (head) => ({ ...head, highestStep: 7 }));
    expect((await foldAll()).removedJournals).toBe(1);
    expect(readHead(data, run.projectKey, run.id)?.highestStep).toBe(42);
  });
});
