import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PROJECT_RUN } from "../protocol/run.ts";
import { JournalWriter } from "./journal-writer.ts";
import { listJournalsOf } from "./list-journals.ts";
import { makeProjectLane } from "./make-project.ts";
import { appendBatch, type BatchLine } from "./testing/append-batch.ts";
import { beginJournal, beginRun, PROJECT } from "./testing/begin-journal.ts";
import { readAll } from "./testing/read-all.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const anyLine = fc.oneof(
  fc.record({
    keys: fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 3 }),
    id: fc.option(fc.string(), { nil: undefined }),
    step: fc.option(fc.integer(), { nil: null }),
  }),
  fc.record({ name: fc.string() }),
);

test("a batch comes back as it was written, records with their ids and steps, events between them", () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyLine, { maxLength: 6 }), { maxLength: 5 }), (batches) => {
      const journal = beginJournal(temporaryFolder());
      const records: object[] = [];
      const names: string[] = [];
      for (const batch of batches) {
        const sizeBytes = statSync(journal.path).size;
        expect(journal.sizeBytes).toBe(sizeBytes);
        appendBatch(
          journal,
          batch.map((line): BatchLine => {
            if ("name" in line) {
              names.push(line.name);
              return { event: { time: 1, name: line.name } };
            }
            const { keys, id, step } = line;
            const values = keys.map((_, i) => i);
            records.push({ keys, values, step: step ?? undefined, id, number: records.length });
            return {
              set: journal.keySet(keys, { ids: id !== undefined }),
              record: id === undefined ? [0, step, 1, ...values] : [0, step, 1, ...values, id],
            };
          }),
        );
      }
      journal.close();
      const read = readAll(journal.path, 50);
      expect(read.damagedLines).toBe(0);
      expect(read.records).toMatchObject(records);
      expect(read.events.map(({ name }) => name)).toEqual(names);
    }),
    { numRuns: 60 },
  );
});

test("after a write that stopped half way the next one begins on a new line, and names its key sets anew", () => {
  const folder = temporaryFolder();
  const script = join(import.meta.dirname, "testing", "write-until-full.ts");
  const limited = ["-c", `trap "" XFSZ; ulimit -f 20; exec "$0" "$@"`, process.execPath, script];
  const told = execFileSync("bash", [...limited, folder.root], { encoding: "utf8" });
  const { path, from } = JSON.parse(told) as { path: string; from: number };
  expect(from).toBeGreaterThan(20);
  const read = readAll(path);
  const again = read.records.slice(-10);
  expect(again.map(({ step, id }) => [step, id])).toEqual(
    Array.from({ length: 10 }, (_, i) => [from + i, `id ${from + i}`]),
  );
  expect(read.damagedLines).toBe(1);
  const before = read.records.slice(0, -10).map(({ step }) => step);
  expect(before).toEqual(Array.from(before, (_, i) => i));
});

test("keys with and without ids are two key sets", () => {
  const journal = beginJournal(temporaryFolder());
  const plain = journal.keySet(["a"]);
  const withIds = journal.keySet(["a"], { ids: true });
  expect(withIds).not.toBe(plain);
  expect(journal.keySet(["a"], { ids: true })).toBe(withIds);
  journal.append(withIds, [0, 1, 1, 5, "x"]);
  journal.append(plain, [0, 2, 1, 5]);
  journal.close();
  expect(readAll(journal.path).records).toMatchObject([
    { id: "x", values: [5] },
    { id: undefined, values: [5] },
  ]);
});

test("a journal says which lane it is of, also in its name", () => {
  const folder = temporaryFolder();
  const { run } = beginRun(folder, { name: "a" });
  const system = JournalWriter.create(folder, { run, time: 1, lane: "system" });
  system.close();
  expect(readAll(system.path).header?.lane).toBe("system");
  expect(system.path).toMatch(/-system\.jsonl$/);
});

test("what belongs to a project without a run has a folder of its own, and no head", () => {
  const folder = temporaryFolder();
  const run = makeProjectLane(folder, { projectKey: PROJECT, project: "mnist" }, 1);
  const journal = JournalWriter.create(folder, { run, time: 1, lane: "project" });
  const file = { path: "a.txt", blob: "0".repeat(64), type: "text/plain", bytes: 1 };
  journal.appendEvent({ time: 1, file: file as never });
  journal.close();
  const [found] = listJournalsOf(folder, PROJECT, PROJECT_RUN);
  expect(found).toMatchObject({ path: journal.path, id: PROJECT_RUN });
  expect(makeProjectLane(folder, { projectKey: PROJECT, project: "mnist" }, 2).id).toBe(run.id);
  expect(readAll(journal.path).events).toMatchObject([{ file }]);
});

test("a writer sees that its file was deleted", () => {
  const journal = beginJournal(temporaryFolder());
  expect(journal.isGone).toBe(false);
  rmSync(journal.path);
  expect(journal.isGone).toBe(true);
  journal.close();
});

test("a batch is one write", () => {
  const journal = beginJournal(temporaryFolder());
  const set = journal.keySet(["a"], { ids: true });
  const before = readFileSync(journal.path, "utf8");
  appendBatch(journal, []);
  expect(readFileSync(journal.path, "utf8")).toBe(before);
  const lines = Array.from(
    { length: 3 },
    (_, i): BatchLine => ({
      set,
      record: [0, null, i, i, `id ${i}`],
    }),
  );
  appendBatch(journal, [...lines, { event: { time: 4, closed: true } }]);
  expect(readFileSync(journal.path, "utf8").slice(before.length)).toBe(
    '{"set":0,"keys":["a"],"ids":true}\n' +
      '[0,null,0,0,"id 0"]\n[0,null,1,1,"id 1"]\n[0,null,2,2,"id 2"]\n' +
      '{"time":4,"closed":true}\n',
  );
  journal.close();
});
