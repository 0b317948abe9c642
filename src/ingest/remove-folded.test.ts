import { existsSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readHead, updateHead } from "../journal/run-head.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import type { Store } from "../store/store.ts";
import { Folder } from "./folder.ts";
import { TestFolder } from "./testing/journals.ts";
import { rowsOf } from "./testing/stored-run.ts";

let data: TestFolder;
let store: Store;

beforeEach(() => {
  data = new TestFolder();
  store = new MemoryStore();
});

afterEach(() => {
  data[Symbol.dispose]();
});

describe("a journal goes only when its run has ended and all of it is folded", () => {
  test("then the head knows the highest step, the config and the end", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.log(41, { loss: 1 });
    journal.log(7, { loss: 1 });
    journal.writer.appendEvent({ time: Date.now(), config: { lr: 0.1 } });
    journal.end("failed");
    const report = await new Folder(data, store).foldAll();
    expect(report.removedJournals).toBe(1);
    expect(existsSync(journal.path)).toBe(false);
    expect(readHead(data, run.projectKey, run.id)).toMatchObject({
      highestStep: 41,
      config: { lr: 0.1 },
      state: "failed",
      recordCount: 2,
    });
    expect((await rowsOf(store, run)).length).toBe(2);
  });

  test("not while the run goes on", async () => {
    const journal = data.journal(data.run("vision"));
    journal.logMany(0, 3);
    await new Folder(data, store).foldAll();
    expect(existsSync(journal.path)).toBe(true);
  });

  test("not while another living writer of the run has not ended", async () => {
    const run = data.run("vision");
    const [main, second] = [data.journal(run), data.journal(run)];
    second.logMany(0, 3);
    const folder = new Folder(data, store);
    await folder.foldAll();
    main.end("finished", Date.now() + 500);
    await folder.foldAll();
    expect(existsSync(main.path)).toBe(true);
    expect(existsSync(second.path)).toBe(true);
    second.end("finished", Date.now() + 600);
    await folder.foldAll();
    expect(existsSync(main.path)).toBe(false);
    expect(existsSync(second.path)).toBe(false);
  });

  test("not where the head is missing", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.end();
    rmSync(data.headFile(run.projectKey, run.id));
    await new Folder(data, store).foldAll();
    expect(existsSync(journal.path)).toBe(true);
  });

  test("a folder that begins after all was folded removes it too", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.logMany(0, 3);
    const first = new Folder(data, store);
    first.look();
    journal.end();
    while ((await first.foldOnce()).bytes > 0);
    expect(existsSync(journal.path)).toBe(true);
    const report = await new Folder(data, store).foldAll();
    expect(report.removedJournals).toBe(1);
  });

  test("a head that a resume has changed since keeps what it says", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.logMany(0, 3);
    journal.end();
    const head = { state: "running" as const, config: { lr: 9 }, updatedAt: Date.now() + 5_000 };
    updateHead(data, run.projectKey, run.id, (before) => ({ ...before, ...head }));
    await new Folder(data, store).foldAll();
    expect(readHead(data, run.projectKey, run.id)).toMatchObject({
      state: "running",
      config: { lr: 9 },
      highestStep: 2,
    });
  });
});
