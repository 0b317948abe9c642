import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../protocol/errors.ts";
import { parseProjectKey, type RunId } from "../protocol/ids.ts";
import type { DataFolder } from "./data-folder.ts";
import { JournalWriter } from "./journal-writer.ts";
import type { JournalAddress } from "./received-header.ts";
import {
  type JournalOffsetError,
  openReceivedJournal,
  type ReceivedJournal,
} from "./received-journal.ts";
import { findHead, readHead, removeRun, updateHead } from "./run-head.ts";
import { beginJournal, beginRun, PROJECT } from "./testing/begin-journal.ts";
import { mostInOneTurn } from "./testing/each-turn.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

/** A journal written on another machine. */
function writeElsewhere(records = 3, header: object = {}): { bytes: Buffer; at: JournalAddress } {
  const elsewhere = temporaryFolder();
  const { run } = beginRun(elsewhere, { name: "far" });
  const journal = JournalWriter.create(elsewhere, { run, time: 2_000, ...header });
  const set = journal.keySet(["loss"]);
  for (let step = 0; step < records; step += 1) journal.append(set, [0, step, 3_000 + step, 1]);
  journal.close();
  const at = { projectKey: PROJECT, run: run.id, writer: journal.writer.id };
  return { bytes: readFileSync(journal.path), at };
}

function open(folder: DataFolder, at: JournalAddress): ReceivedJournal {
  return openReceivedJournal(folder, at);
}

test("however many journals begin at once, others have a turn after eight", async () => {
  const folder = temporaryFolder();
  const sent = Array.from({ length: 40 }, () => writeElsewhere());
  const begun = () => sent.filter(({ at }) => existsSync(open(folder, at).path)).length;
  const beginAll = () =>
    Promise.all(sent.map(({ at, bytes }) => open(folder, at).append(0, bytes)));
  expect(await mostInOneTurn(begun, beginAll)).toBeLessThanOrEqual(8);
  for (const { at, bytes } of sent) expect(open(folder, at).size()).toBe(bytes.length);
});

async function codeOf(action: Promise<unknown>): Promise<ErrorCode | undefined> {
  return action.then(
    () => undefined,
    (error: { code: ErrorCode }) => error.code,
  );
}

test("however it is cut, sent twice or in another order, it arrives byte for byte", async () => {
  const { bytes, at } = writeElsewhere(12);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(bytes.length), fc.nat(bytes.length)), { maxLength: 12 }),
      async (cuts) => {
        const folder = temporaryFolder();
        const journal = open(folder, at);
        for (const [a, b] of cuts) {
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const size = journal.size();
          try {
            const answer = await journal.append(from, bytes.subarray(from, to));
            expect(answer.size).toBe(journal.size());
          } catch (error) {
            expect((error as JournalOffsetError).size).toBe(size);
          }
          const have = journal.size();
          expect(have === 0 || bytes[have - 1] === 10).toBe(true);
        }
        for (let size = journal.size(); size < bytes.length; ) {
          ({ size } = await journal.append(size, bytes.subarray(size)));
        }
        expect(readFileSync(journal.path).equals(bytes)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test("calls of one process never interleave", async () => {
  const { bytes, at } = writeElsewhere(200);
  const folder = temporaryFolder();
  const send = async () => {
    const journal = open(folder, at);
    for (let size = 0; size < bytes.length; ) {
      try {
        ({ size } = await journal.append(size, bytes.subarray(size, size + 700)));
      } catch (error) {
        ({ size } = error as JournalOffsetError);
      }
    }
  };
  await Promise.all([send(), send(), send(), send()]);
  expect(readFileSync(open(folder, at).path).equals(bytes)).toBe(true);
});

test("a run is made with a number of this machine, and what the header says of it", async () => {
  const folder = temporaryFolder();
  beginRun(folder, { name: "here before" });
  const { bytes, at } = writeElsewhere(1, { config: { lr: 0.5 } });
  await open(folder, at).append(0, bytes);
  expect(readHead(folder, PROJECT, at.run)).toMatchObject({
    run: { id: at.run, name: "far", number: 1, createdAt: 1_000 },
    config: { lr: 0.5 },
    state: "running",
  });
  expect(findHead(folder, PROJECT, { name: "far" })?.run.id).toBe(at.run);
});

test("a later journal makes the run go on, an earlier one changes nothing of its end", async () => {
  const folder = temporaryFolder();
  const first = writeElsewhere(1);
  await open(folder, first.at).append(0, first.bytes);
  const finish = () =>
    updateHead(folder, PROJECT, first.at.run, (head) => ({
      ...head,
      state: "finished",
      end: { state: "finished" },
      updatedAt: 5_000,
    }));
  finish();
  const earlier = writeElsewhere(1, { time: 4_000, config: { lr: 1 } });
  await open(folder, earlier.at).append(0, earlier.bytes);
  expect(readHead(folder, PROJECT, first.at.run)).toMatchObject({ state: "finished", config: {} });
  const later = writeElsewhere(1, { time: 6_000, config: { lr: 2 } });
  await open(folder, later.at).append(0, later.bytes);
  const head = readHead(folder, PROJECT, first.at.run);
  expect(head).toMatchObject({ state: "running", config: { lr: 2 }, updatedAt: 6_000 });
  expect(head?.end).toBeUndefined();
});

test("a run that was deleted is refused, before and after its first line", async () => {
  const folder = temporaryFolder();
  const { bytes, at } = writeElsewhere(3);
  const journal = open(folder, at);
  await journal.append(0, bytes.subarray(0, bytes.length - 5));
  removeRun(folder, PROJECT, at.run);
  expect(await codeOf(journal.append(bytes.length, bytes))).toBe("deleted");
  expect(() => journal.size()).toThrow(/was deleted on this server/);
  expect(existsSync(folder.runFolder(PROJECT, at.run))).toBe(false);
});

test("a script that goes on with a run only where it is there is refused where it is not", async () => {
  const folder = temporaryFolder();
  const { bytes, at } = writeElsewhere(1, { resumed: "must" });
  expect(await codeOf(open(folder, at).append(0, bytes))).toBe("not_found");
  expect(existsSync(folder.projectFile(PROJECT))).toBe(false);
  beginRun(folder, { name: "far" });
  expect(await open(folder, at).append(0, bytes)).toEqual({ size: bytes.length });
});

test("nothing is made for a first line that is no header of this journal", async () => {
  const { bytes, at } = writeElsewhere(1);
  const [header] = bytes.toString().split("\n") as [string];
  const wrong: [Buffer, Partial<JournalAddress>][] = [
    [Buffer.from("hello\n"), {}],
    [Buffer.from("[1]\n"), {}],
    [Buffer.from("null\n"), {}],
    [Buffer.from(bytes.subarray(header.length + 1)), {}],
    [bytes, { run: "another" as RunId }],
    [bytes, { projectKey: parseProjectKey("another") }],
    [bytes, { writer: "another" }],
    [bytes, { lane: "system" }],
    [replaced(bytes, '"trackio":2', '"trackio":3'), {}],
    [replaced(bytes, '"trackio":2', '"trackio":"2"'), {}],
    [replaced(bytes, '"project":"mnist"', '"project":"other"'), {}],
    [replaced(bytes, '"name":"far"', '"name":" "'), {}],
    [replaced(bytes, '"createdAt":1000', '"createdAt":1e300'), {}],
    [replaced(bytes, '"time":2000', '"time":"now"'), {}],
    [replaced(bytes, '"time":2000', '"time":2000,"lane":"project"'), {}],
    [replaced(bytes, '"time":2000', '"time":2000,"lane":"other"'), {}],
    [replaced(bytes, '"pid":', '"pid":"x","was":'), {}],
  ];
  for (const [sent, change] of wrong) {
    const folder = temporaryFolder();
    const journal = open(folder, { ...at, ...change });
    expect(await codeOf(journal.append(0, sent))).toBe("invalid_argument");
    expect(existsSync(folder.storePath)).toBe(false);
  }
});

function replaced(bytes: Buffer, what: string, by: string): Buffer {
  expect(bytes.includes(what)).toBe(true);
  return Buffer.from(bytes.toString().replace(what, by));
}

describe("no name leads out of the folder", () => {
  test.each([
    "",
    "..",
    "../x",
    "a/b",
    "a\\b",
    "a.b",
    "A",
    "a--b",
    "-a",
    "a\u0000",
    "a".repeat(101),
  ])("writer %j", (writer) => {
    const at = { projectKey: PROJECT, run: "r" as RunId, writer };
    expect(() => open(temporaryFolder(), at)).toThrow(/writer is /);
  });

  test.each(["", "a\nb", "\u0000project", "x".repeat(129)])("run %j", (run) => {
    const at = { projectKey: PROJECT, run: run as RunId, writer: "w" };
    expect(() => open(temporaryFolder(), at)).toThrow(/a run id has 1 to 128/);
  });
});

test("what a power cut left of a line comes again, whole", async () => {
  const folder = temporaryFolder();
  const { bytes, at } = writeElsewhere(5);
  const journal = open(folder, at);
  const { size } = await journal.append(0, bytes.subarray(0, bytes.length - 30));
  appendFileSync(journal.path, Buffer.alloc(100_000));
  expect(journal.size()).toBe(size);
  await journal.append(size, bytes.subarray(size));
  expect(readFileSync(journal.path).equals(bytes)).toBe(true);
});

test("without bytes it is a sign of life, and makes nothing where nothing is", async () => {
  const folder = temporaryFolder();
  const { bytes, at } = writeElsewhere(1);
  const journal = open(folder, at);
  expect(await journal.append(0, Buffer.alloc(0))).toEqual({ size: 0 });
  expect(existsSync(folder.storePath)).toBe(false);
  await journal.append(0, bytes);
  utimesSync(journal.path, 1, 1);
  expect(await journal.append(7, Buffer.alloc(0))).toEqual({ size: bytes.length });
  expect(statSync(journal.path).mtimeMs).toBeGreaterThan(1_000_000);
});

test("a journal that was removed meanwhile is asked for from its first byte", async () => {
  const folder = temporaryFolder();
  const { bytes, at } = writeElsewhere(3);
  const journal = open(folder, at);
  const { size } = await journal.append(0, bytes.subarray(0, bytes.length - 30));
  rmSync(journal.path);
  await expect(journal.append(size, bytes.subarray(size))).rejects.toMatchObject({
    code: "conflict",
    size: 0,
  });
  expect(await journal.append(0, bytes)).toEqual({ size: bytes.length });
});

test("no file stays open between two calls", async () => {
  const folder = temporaryFolder();
  const countOpen = () => readdirSync("/dev/fd").length;
  const before = countOpen();
  for (let i = 0; i < 100; i += 1) {
    const journal = beginJournal(temporaryFolder(), `run ${i}`);
    journal.close();
    const at = { projectKey: PROJECT, run: `id-of-run ${i}` as RunId, writer: journal.writer.id };
    await open(folder, at).append(0, readFileSync(journal.path));
    expect(await codeOf(open(folder, at).append(7, Buffer.from("x\n")))).toBe("conflict");
  }
  expect(countOpen()).toBe(before);
});
