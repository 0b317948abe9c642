import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { parseProjectKey, type RunId } from "../protocol/ids.ts";
import { JournalWriter } from "./journal-writer.ts";
import { listJournals } from "./list-journals.ts";
import {
  findHead,
  listRunIds,
  readHead,
  removeProject,
  removeRun,
  renameRun,
  updateHead,
} from "./run-head.ts";
import { beginRun, PROJECT } from "./testing/begin-journal.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

test("a run is found by its id, and the newest of a name by that", () => {
  const folder = temporaryFolder();
  beginRun(folder, { name: "a" });
  beginRun(folder, { name: "b" });
  beginRun(folder, { name: "a", id: "second" as RunId });
  expect(findHead(folder, PROJECT, { name: "a" })?.run).toMatchObject({ id: "second", number: 2 });
  expect(findHead(folder, PROJECT, { id: "id-of-b" as RunId })?.run.name).toBe("b");
  expect(findHead(folder, PROJECT, { name: "c" })).toBeUndefined();
  expect(findHead(folder, parseProjectKey("other"), { name: "a" })).toBeUndefined();
});

describe("a run that is given another name", () => {
  test("is found by that, and no more by the former one", () => {
    const folder = temporaryFolder();
    const first = beginRun(folder, { name: "a" }).run;
    const second = beginRun(folder, { name: "a", id: "second" as RunId }).run;
    expect(renameRun(folder, PROJECT, second.id, "b")?.run).toMatchObject({ name: "b", number: 1 });
    expect(findHead(folder, PROJECT, { name: "b" })?.run.id).toBe(second.id);
    expect(findHead(folder, PROJECT, { name: "a" })?.run.id).toBe(first.id);
    renameRun(folder, PROJECT, second.id, "a");
    expect(findHead(folder, PROJECT, { name: "b" })).toBeUndefined();
    expect(findHead(folder, PROJECT, { name: "a" })?.run.id).toBe(second.id);
    expect(renameRun(folder, PROJECT, "nobody" as RunId, "c")).toBeUndefined();
  });

  test("is what it was where that was stopped half way, and may be renamed again", () => {
    const folder = temporaryFolder();
    const { run } = beginRun(folder, { name: "a" });
    appendFileSync(folder.namesFile(PROJECT, "b"), `${run.id}\n`);
    expect(findHead(folder, PROJECT, { name: "b" })).toBeUndefined();
    expect(findHead(folder, PROJECT, { name: "a" })?.run.id).toBe(run.id);
    renameRun(folder, PROJECT, run.id, "b");
    expect(findHead(folder, PROJECT, { name: "b" })?.run.id).toBe(run.id);
  });
});

test("a head comes back as it was written, steps beyond 2^53 and -0 included", () => {
  const folder = temporaryFolder();
  const { run } = beginRun(folder, {
    name: "a",
    group: "g",
    tags: ["t"],
    notes: "n",
    config: { lr: 1 },
  });
  for (const highestStep of [2n ** 70n, -0, 0.5, 3]) {
    const changed = updateHead(folder, PROJECT, run.id, (head) => ({ ...head, highestStep }));
    expect(readHead(folder, PROJECT, run.id)).toEqual(changed);
    expect(readHead(folder, PROJECT, run.id)?.highestStep).toBe(highestStep);
  }
});

test("an id is taken once, also where its maker died before the head was written", () => {
  const folder = temporaryFolder();
  const { run } = beginRun(folder, { name: "a" });
  expect(() => beginRun(folder, { name: "a" })).toThrow(/Run "id-of-a" exists already.*resume/);
  mkdirSync(folder.runFolder(PROJECT, "abandoned" as RunId));
  expect(beginRun(folder, { name: "b", id: "abandoned" as RunId }).run.number).toBe(1);
  expect(run.number).toBe(0);
});

test("threads that begin and change runs at once give each number once and lose no change", async () => {
  const folder = temporaryFolder();
  const { run } = beginRun(folder, { name: "shared" });
  const worker = new URL("./testing/race-worker.ts", import.meta.url);
  const threads = [0, 1, 2, 3].map(
    (thread) =>
      new Worker(worker, { workerData: { root: folder.root, id: run.id, thread, rounds: 25 } }),
  );
  await Promise.all(
    threads.map(
      (thread) =>
        new Promise<void>((resolve, reject) => {
          thread.on("error", reject);
          thread.on("exit", () => resolve());
        }),
    ),
  );
  expect(readHead(folder, PROJECT, run.id)?.recordCount).toBe(100);
  const numbers = listRunIds(folder, PROJECT).map(
    (id) => readHead(folder, PROJECT, id)?.run.number,
  );
  expect(numbers.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
    Array.from({ length: 101 }, (_, number) => number),
  );
});

test("a lock of a process that died is taken away", () => {
  const folder = temporaryFolder();
  const { run } = beginRun(folder, { name: "a" });
  const lock = `${folder.runFolder(PROJECT, run.id)}/head.lock`;
  writeFileSync(lock, "");
  utimesSync(lock, 1, 1);
  updateHead(folder, PROJECT, run.id, (head) => ({ ...head, recordCount: 7 }));
  expect(readHead(folder, PROJECT, run.id)?.recordCount).toBe(7);
  expect(readdirSync(folder.runFolder(PROJECT, run.id))).toEqual(["head.json"]);
});

test("a head that a power cut tore is made again from the journals beside it", () => {
  const folder = temporaryFolder();
  const { run } = beginRun(folder, { name: "a" });
  JournalWriter.create(folder, { run, time: 5, config: { lr: 1 } }).close();
  writeFileSync(folder.headFile(PROJECT, run.id), '{"head":1,"ru');
  const head = readHead(folder, PROJECT, run.id);
  expect(head).toMatchObject({ run, config: { lr: 1 }, state: "running" });
  expect(updateHead(folder, PROJECT, run.id, (torn) => torn)).toEqual(head);
  expect(readHead(folder, PROJECT, run.id)).toEqual(head);
});

test("a torn head without a journal is no head, and hurts no other", () => {
  const folder = temporaryFolder();
  const first = beginRun(folder, { name: "a" }).run;
  const second = beginRun(folder, { name: "a", id: "second" as RunId }).run;
  writeFileSync(folder.headFile(PROJECT, second.id), '{"head":1,"ru');
  expect(readHead(folder, PROJECT, second.id)).toBeUndefined();
  expect(findHead(folder, PROJECT, { name: "a" })?.run.id).toBe(first.id);
});

test("deleting really deletes: head and journals go, number and id never come back", () => {
  const folder = temporaryFolder();
  const { run } = beginRun(folder, { name: "a" });
  JournalWriter.create(folder, { run, time: 1 }).close();
  expect(removeRun(folder, PROJECT, run.id)).toBe(true);
  expect(removeRun(folder, PROJECT, run.id)).toBe(false);
  expect(findHead(folder, PROJECT, { name: "a" })).toBeUndefined();
  expect([...listJournals(folder)]).toEqual([]);
  expect(updateHead(folder, PROJECT, run.id, (head) => head)).toBeUndefined();
  expect(() => beginRun(folder, { name: "a" })).toThrow(/was deleted and its id cannot come back/);
  expect(beginRun(folder, { name: "b" }).run.number).toBe(1);
});

test("a deleted project is gone, and may begin anew", () => {
  const folder = temporaryFolder();
  beginRun(folder, { name: "a" });
  beginRun(folder, { name: "b" });
  expect(removeProject(folder, PROJECT)).toBe(true);
  expect(removeProject(folder, PROJECT)).toBe(false);
  expect(existsSync(folder.projectFile(PROJECT))).toBe(false);
  expect(listRunIds(folder, PROJECT)).toEqual([]);
  expect(() => beginRun(folder, { name: "a" })).toThrow(/was deleted/);
  expect(beginRun(folder, { name: "c" }).run.number).toBe(0);
});
