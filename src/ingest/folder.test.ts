import {
  appendFileSync,
  existsSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { removeRun } from "../journal/run-head.ts";
import type { Value } from "../protocol/values.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import type { Store } from "../store/store.ts";
import type { FoldChange } from "./fold-report.ts";
import { Folder } from "./folder.ts";
import { TestFolder } from "./testing/journals.ts";
import { factsOf, rowsOf } from "./testing/stored-run.ts";

let data: TestFolder;
let store: Store;

beforeEach(() => {
  data = new TestFolder();
  store = new MemoryStore();
});

afterEach(() => {
  data[Symbol.dispose]();
});

test("every record comes into the store as it was logged", async () => {
  const run = data.run("vision");
  const journal = data.journal(run);
  const logged: { [key: string]: Value }[] = [
    { loss: 0.5, acc: -0 },
    { loss: Number.NaN, acc: Number.POSITIVE_INFINITY },
    { loss: 1, acc: 2, note: "text" },
    { loss: 12345678901234567890n, acc: null },
    { table: [1, 2, { deep: true }] },
  ];
  for (const [step, values] of logged.entries()) journal.log(step, values);
  journal.log(2n ** 60n, { loss: 7 });
  await new Folder(data, store).foldAll();
  const rows = await rowsOf(store, run);
  expect(rows.map((row) => row.values)).toEqual([...logged, { loss: 7 }]);
  expect(rows.map((row) => row.step)).toEqual([0, 1, 2, 3, 4, 2n ** 60n]);
});

test("folding again folds nothing again", async () => {
  const run = data.run("vision");
  const journal = data.journal(run);
  journal.logMany(0, 10);
  const folder = new Folder(data, store);
  await folder.foldAll();
  await folder.foldAll();
  await new Folder(data, store).foldAll();
  journal.logMany(10, 5);
  await new Folder(data, store).foldAll();
  await folder.foldAll();
  expect((await rowsOf(store, run)).map((row) => row.step)).toEqual(
    Array.from({ length: 15 }, (_, i) => i),
  );
});

test("a folder that was overtaken reads on from where the other stopped, and tells what came", async () => {
  const run = data.run("vision");
  const journal = data.journal(run);
  journal.logMany(0, 3);
  const changes: FoldChange[] = [];
  const slow = new Folder(data, store, { onChange: (change) => changes.push(change) });
  await slow.foldAll();
  journal.logMany(3, 3);
  await new Folder(data, store).foldAll();
  journal.logMany(6, 3);
  changes.length = 0;
  await slow.foldOnce();
  while ((await slow.foldOnce()).bytes > 0);
  expect((await rowsOf(store, run)).length).toBe(9);
  expect(changes.some((change) => change.from?.step === 3)).toBe(true);
});

test("a folder sees what was added to a journal whose folder did not change", async () => {
  const run = data.run("vision");
  const journal = data.journal(run);
  journal.logMany(0, 1);
  const longAgo = Date.now() / 1000 - 3_600;
  for (const path of [data.runFolder(run.projectKey, run.id), data.runsFolder(run.projectKey)]) {
    utimesSync(path, longAgo, longAgo);
  }
  const folder = new Folder(data, store);
  await folder.foldAll();
  journal.logMany(1, 1);
  await folder.foldAll();
  expect((await rowsOf(store, run)).length).toBe(2);
});

test("changes name the lowest new step, new keys and new facts", async () => {
  const run = data.run("vision");
  const journal = data.journal(run);
  const changes: FoldChange[] = [];
  const folder = new Folder(data, store, { onChange: (change) => changes.push(change) });
  journal.log(5, { loss: 1 });
  await folder.foldAll();
  journal.log(6, { loss: 1 });
  journal.log(2, { loss: 1 });
  await folder.foldAll();
  journal.writer.appendEvent({ time: Date.now(), config: { lr: 1 } });
  await folder.foldAll();
  const [first, second, third] = changes;
  expect(first).toMatchObject({ run: run.id, from: { step: 5 }, newKeys: true, facts: true });
  expect(second).toMatchObject({ from: { step: 2 }, newKeys: false, facts: false });
  expect(third).toEqual({ project: run.projectKey, run: run.id, newKeys: false, facts: true });
});

test("a journal that nobody touched for long is looked at now and then", async () => {
  const run = data.run("vision");
  const journal = data.journal(run);
  journal.logMany(0, 1);
  const folder = new Folder(data, store);
  await folder.foldAll();
  utimesSync(journal.path, 1, 1);
  folder.look();
  await folder.foldOnce();
  journal.logMany(1, 1);
  utimesSync(journal.path, 1, 1);
  for (let turn = 0; turn < 16; turn++) await folder.foldOnce();
  expect((await rowsOf(store, run)).length).toBe(2);
});

test("progress tells bytes and ends full", async () => {
  for (const name of ["a", "b"]) data.journal(data.run("vision", { name })).logMany(0, 50);
  const seen: [number, number][] = [];
  await new Folder(data, store, { pieceBytes: 500 }).foldAll({
    onProgress: (done, total) => seen.push([done, total]),
  });
  const [done, total] = seen.at(-1)!;
  expect(done).toBe(total);
  expect(seen.length).toBeGreaterThan(5);
});

describe("a damaged line loses that line alone", () => {
  test("in the middle", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.logMany(0, 2);
    appendFileSync(
      journal.path,
      '[0,2,17,"broken\n\u0000\u0000\n[0,1e999,5,1]\n[0,7,1e999,1]\n[9,1,2]\n',
    );
    journal.logMany(3, 2);
    await new Folder(data, store).foldAll();
    expect((await rowsOf(store, run)).map((row) => row.step)).toEqual([0, 1, 3, 4]);
    expect((await factsOf(store, run)).damagedLines).toBe(5);
  });

  test("whole JSON that says nothing that can be given back", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.logMany(0, 2);
    appendFileSync(
      journal.path,
      [
        '[0,2,17,{"$":"int","v":"x"}]',
        '[0,3,17,{"$":"unheard of"}]',
        `[0,{"$":"int","v":"${"9".repeat(400)}"},17,1]`,
        '{"config":5,"time":1}',
        '{"config":{"a":{"$":"?"}},"time":1}',
        '{"end":{"state":"sleeping"},"time":1}',
        '{"set":7,"keys":[5,{}]}',
        '{"trackio":1,"run":{"id":"x"}}',
        "",
      ].join("\n"),
    );
    journal.logMany(4, 2);
    await new Folder(data, store).foldAll();
    expect((await rowsOf(store, run)).map((row) => row.step)).toEqual([0, 1, 4, 5]);
    expect(await factsOf(store, run)).toMatchObject({
      damagedLines: 8,
      state: "running",
      config: {},
    });
  });

  test("a damaged header is told by the run's head", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.logMany(0, 2);
    const text = readFileSync(journal.path, "utf8");
    writeFileSync(journal.path, `x${text.slice(1)}`);
    await new Folder(data, store).foldAll();
    expect((await rowsOf(store, run)).length).toBe(2);
    expect((await factsOf(store, run)).name).toBe("test-run");
  });
});

describe("a torn last line", () => {
  test("waits for its rest while its writer lives", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.logMany(0, 2);
    const folder = new Folder(data, store);
    appendFileSync(journal.path, "[0,2,17");
    await folder.foldAll();
    expect((await rowsOf(store, run)).length).toBe(2);
    appendFileSync(journal.path, "00,0.25]\n");
    await folder.foldAll();
    expect((await rowsOf(store, run)).at(-1)).toMatchObject({ step: 2, values: { loss: 0.25 } });
    expect((await factsOf(store, run)).damagedLines).toBe(0);
  });

  test("is skipped and counted once its writer is gone", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.logMany(0, 2);
    const text = readFileSync(journal.path, "utf8").replace(/"pid":\d+/, '"pid":999999999');
    writeFileSync(journal.path, `${text}[0,2,17`);
    await new Folder(data, store).foldAll();
    expect((await factsOf(store, run)).damagedLines).toBe(1);
    expect(await store.offset(data.sourceOf(journal.path))).toBe(statSync(journal.path).size);
  });
});

describe("a journal that cannot be folded stays as it is, and keeps no other waiting", () => {
  test("one of a newer version", async () => {
    const newer = data.journal(data.run("vision", { name: "newer" }));
    const text = readFileSync(newer.path, "utf8");
    writeFileSync(newer.path, text.replace('"trackio":2', '"trackio":99'));
    const run = data.run("vision");
    data.journal(run).logMany(0, 3);
    const report = await new Folder(data, store).foldAll();
    expect((await rowsOf(store, run)).length).toBe(3);
    expect(report.skipped).toHaveLength(1);
    expect(report.skipped[0]!.reason).toMatch(/version 99.*update trackio/);
    expect(existsSync(newer.path)).toBe(true);
  });

  test("one that a newer version has folded already", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.end();
    const folding = new Folder(data, store);
    folding.look();
    await folding.foldOnce();
    const text = readFileSync(journal.path, "utf8");
    writeFileSync(journal.path, text.replace('"trackio":2', '"trackio":9'));
    const report = await new Folder(data, store).foldAll();
    expect(report).toMatchObject({ removedJournals: 0, skipped: [{ code: "unavailable" }] });
    expect(existsSync(journal.path)).toBe(true);
  });

  test("one that the store fails at", async () => {
    const poisoned = data.run("vision", { name: "poisoned" });
    data.journal(poisoned).logMany(0, 3);
    const run = data.run("vision");
    data.journal(run).logMany(0, 3);
    const fold = store.fold.bind(store);
    store.fold = async (batch) => {
      if (batch.run.id === poisoned.id) throw new RangeError("Out of range");
      return fold(batch);
    };
    const report = await new Folder(data, store).foldAll();
    expect((await rowsOf(store, run)).length).toBe(3);
    expect(report.skipped).toMatchObject([{ code: "internal" }]);
    expect(report.skipped[0]!.reason).toMatch(/stays as it is: Out of range/);
  });

  test("one of a deleted run", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.logMany(0, 3);
    const folder = new Folder(data, store);
    await folder.foldAll();
    await store.deleteRun(run.projectKey, run.id);
    journal.logMany(3, 3);
    const report = await folder.foldAll();
    expect(report.skipped[0]).toMatchObject({ code: "deleted" });
    expect(await store.listRuns(run.projectKey)).toEqual([]);
  });

  test("one that is gone from disk", async () => {
    const run = data.run("vision");
    data.journal(run).logMany(0, 3);
    const folder = new Folder(data, store);
    folder.look();
    removeRun(data, run.projectKey, run.id);
    expect(await folder.foldOnce()).toEqual({ bytes: 0, more: false });
  });
});

describe("a run's status heals when data comes again", () => {
  test("by a new journal", async () => {
    const run = data.run("vision");
    data.journal(run).end("failed", Date.now() - 5_000);
    const folder = new Folder(data, store);
    await folder.foldAll();
    expect((await factsOf(store, run)).state).toBe("failed");
    data.journal(run, { resumed: true }).logMany(0, 1);
    await folder.foldAll();
    expect((await factsOf(store, run)).state).toBe("running");
  });

  test("in the same journal, whatever time its records bear", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    const folder = new Folder(data, store);
    journal.writer.appendEvent({ time: Date.now(), end: { state: "finished" } });
    folder.look();
    await folder.foldOnce();
    expect((await factsOf(store, run)).state).toBe("finished");
    journal.log(1, { loss: 1 }, 17);
    await folder.foldOnce();
    expect((await factsOf(store, run)).state).toBe("running");
  });
});
