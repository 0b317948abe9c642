import { readFileSync, truncateSync, utimesSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JournalWriter } from "../journal/journal-writer.ts";
import { openReceivedJournal } from "../journal/received-journal.ts";
import { readHead } from "../journal/run-head.ts";
import type { RunIdentity } from "../protocol/run.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { Folder } from "./folder.ts";
import { TestFolder, TestJournal } from "./testing/journals.ts";
import { factsOf, rowsOf } from "./testing/stored-run.ts";

let data: TestFolder;
let store: MemoryStore;

beforeEach(() => {
  data = new TestFolder();
  store = new MemoryStore();
});

afterEach(() => {
  data[Symbol.dispose]();
});

async function stepsOf(run: RunIdentity): Promise<(number | bigint)[]> {
  return (await rowsOf(store, run)).map(({ step }) => step);
}

describe("of a journal that is sent here", () => {
  /** A journal of a script whose process is gone, in pieces: the last one ends a line that the one before begins. */
  function sent(cutAt: (text: string) => number) {
    using elsewhere = new TestFolder();
    const far = elsewhere.run("vision", { name: "far" });
    const journal = elsewhere.journal(far);
    for (let step = 0; step < 4; step++) journal.log(step, { loss: 1 });
    const text = readFileSync(journal.path, "utf8").replace(/"pid":\d+/, '"pid":999999999');
    const at = { projectKey: far.projectKey, run: far.id, writer: journal.writer.writer.id };
    return { far, bytes: Buffer.from(text), cut: cutAt(text), at };
  }

  test("its end stands in the head, however far the clock there is ahead", async () => {
    using elsewhere = new TestFolder();
    const aheadMs = Date.now() + 3_600_000;
    const run = { ...elsewhere.run("vision", { name: "far" }), createdAt: aheadMs };
    const at = { projectKey: run.projectKey, run: run.id };
    for (const resumed of [false, true]) {
      const writer = JournalWriter.create(elsewhere, { run, time: aheadMs, resumed });
      const journal = new TestJournal(writer);
      journal.log(0, { loss: 1 }, aheadMs + 1);
      journal.end("finished", aheadMs + 2);
      const received = openReceivedJournal(data, { ...at, writer: writer.writer.id });
      await received.append(0, readFileSync(journal.path));
      expect((await new Folder(data, store).foldAll()).removedJournals).toBe(1);
      const head = readHead(data, run.projectKey, run.id)!;
      expect(head).toMatchObject({ state: "finished" });
      expect(Math.max(head.run.createdAt, head.updatedAt)).toBeLessThanOrEqual(Date.now());
    }
  });

  test.each([
    ["a record", (text: string) => text.lastIndexOf("[") + 4],
    ["the header", () => 40],
  ])("a torn line, %s, is whole when its rest comes, however late", async (_, cutAt) => {
    const { far, bytes, cut, at } = sent(cutAt);
    const received = openReceivedJournal(data, at);
    await received.append(0, bytes);
    // As a server that was killed while it wrote leaves it.
    truncateSync(received.path, cut);
    utimesSync(received.path, 1_000, 1_000);
    const folder = new Folder(data, store);
    await folder.foldAll();
    expect((await factsOf(store, far)).damagedLines).toBe(1);
    const again = openReceivedJournal(data, at);
    for (const to of [again.size() + 200, bytes.length]) {
      await again.append(again.size(), bytes.subarray(again.size(), to));
      await (to === bytes.length ? folder : new Folder(data, store)).foldAll();
    }
    expect(await stepsOf(far)).toEqual([0, 1, 2, 3]);
    expect(await factsOf(store, far)).toMatchObject({
      name: "far",
      recordCount: 4,
      damagedLines: 0,
    });
  });
});
