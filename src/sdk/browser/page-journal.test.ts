import { expect, test } from "vitest";
import type { BlobHash } from "../../protocol/media.ts";
import { LineWriter } from "./line-writer.ts";
import { MemoryJournals } from "./memory-journals.ts";
import { PageJournal } from "./page-journal.ts";

const FACTS = {
  writer: "w1",
  serverUrl: "http://localhost:1",
  projectKey: "p",
  run: "r",
  mustExist: false,
  begunAtMs: 0,
};

/** A store that has no room for its first writings. */
class FullJournals extends MemoryJournals {
  left: number;
  constructor(failures: number) {
    super();
    this.left = failures;
  }
  override async write(...given: Parameters<MemoryJournals["write"]>): Promise<void> {
    this.left -= 1;
    if (this.left >= 0) throw new Error("QuotaExceededError");
    await super.write(...given);
  }
}

function open(journals: MemoryJournals) {
  const troubles: string[] = [];
  const journal = new PageJournal({
    facts: FACTS,
    journals: Promise.resolve(journals),
    onKept: () => {},
    onTrouble: (error) => troubles.push(String(error)),
  });
  const text = async () => new TextDecoder().decode(await journals.read("w1", 0, 1e9));
  return { journal, text, troubles };
}

test("what could not be kept is kept with the next lines, in their order", async () => {
  const { journal, text, troubles } = open(new FullJournals(2));
  for (const line of ["1\n", "2\n", "3\n", "4\n"]) {
    journal.append(line);
    await journal.flush();
  }
  expect(troubles).toHaveLength(2);
  expect(await text()).toBe("1\n2\n3\n4\n");
});

test("lines of one burst go in one transaction, and long ones are cut into chunks at line ends", async () => {
  let writings = 0;
  class Counting extends MemoryJournals {
    override async write(...given: Parameters<MemoryJournals["write"]>): Promise<void> {
      writings += 1;
      for (const { bytes } of given[0].chunks) expect(bytes.at(-1)).toBe(10);
      await super.write(...given);
    }
  }
  const { journal, text } = open(new Counting());
  await journal.flush();
  const lines = Array.from({ length: 1_000 }, (_, i) => `${i} ${"ÿ".repeat(i)}\n`);
  for (const line of lines) journal.append(line);
  await journal.flush();
  expect(await text()).toBe(lines.join(""));
  expect(writings).toBeLessThan(10);
});

test("a blob is kept once in a journal, in one transaction with its line", async () => {
  const journals = new MemoryJournals();
  const { journal } = open(journals);
  const blob = { hash: "a".repeat(64) as BlobHash, state: "raw", bytes: Uint8Array.of(1) } as const;
  expect(journal.addBlob(blob)).toBe(true);
  journal.append("names it\n");
  expect(journal.addBlob(blob)).toBe(false);
  await journal.flush();
  expect(await journals.blobsToSend("w1")).toEqual([blob.hash]);
});

test("a line that waits for its picture keeps its place, and those behind it wait, too", async () => {
  let text = "";
  const lines = new LineWriter((more) => {
    text += more;
  });
  const set = lines.keySet(["a"]);
  const { promise, resolve } = Promise.withResolvers<void>();
  const value = { toJSON: () => "read" };
  lines.append(set, [0, 0, 0, 1]);
  lines.append(set, [0, 1, 0, value as never], promise);
  lines.append(set, [0, 2, 0, 3]);
  lines.appendEvent({ time: 0, end: { state: "finished" } });
  expect(text).toBe('{"set":0,"keys":["a"]}\n[0,0,0,1]\n');
  resolve();
  await lines.settled();
  expect(text.split("\n").slice(2)).toEqual([
    '[0,1,0,"read"]',
    "[0,2,0,3]",
    '{"time":0,"end":{"state":"finished"}}',
    "",
  ]);
});
