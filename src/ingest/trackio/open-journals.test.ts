import { existsSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DataFolder } from "../../journal/data-folder.ts";
import { markDeleted, readHead, removeRun } from "../../journal/run-head.ts";
import { mostInOneTurn } from "../../journal/testing/each-turn.ts";
import { readFolder } from "../../journal/testing/read-all.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { OpenJournals, type OpenJournalsOptions } from "./open-journals.ts";
import type { NamedRun } from "./open-run.ts";

const PROJECT = "p" as ProjectKey;

function namedRun(id: string, name = id): NamedRun {
  return { projectKey: PROJECT, project: "p", id: id as RunId, name };
}

class Clock {
  ms = 1_763_856_000_000;
  readonly now = () => this.ms;
}

function open(folder: DataFolder, options: Partial<OpenJournalsOptions> = {}): OpenJournals {
  const onTrouble = (error: unknown) => {
    throw error;
  };
  return new OpenJournals(folder, { onTrouble, ...options });
}

async function addOne(
  journals: OpenJournals,
  named: NamedRun,
  value: number,
  lane?: "system",
): Promise<boolean> {
  const journal = await journals.open(named, lane);
  if (journal === undefined) return false;
  journal.addRecord(journal.keySet(["x"], false), value, 1, String(value));
  journal.write(Date.now());
  return true;
}

/** Descriptors of this process on files of the folder. */
function openFiles(folder: DataFolder): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(join("/proc/self/fd", fd)).startsWith(folder.root);
    } catch {
      // The one that read the list is gone.
      return false;
    }
  }).length;
}

describe("open journals", () => {
  test("a head is made when a run is first heard of, and found again by the next process", async () => {
    const folder = temporaryFolder();
    const first = open(folder);
    await addOne(first, namedRun("a", "same name"), 1);
    await addOne(first, namedRun("b", "same name"), 2);
    await first.close();
    const second = open(folder);
    await addOne(second, namedRun("a", "same name"), 3);
    await second.close();
    const heads = ["a", "b"].map((id) => readHead(folder, PROJECT, id as RunId)!.run);
    expect(heads).toMatchObject([
      { id: "a", name: "same name", number: 0, client: "trackio" },
      { id: "b", name: "same name", number: 1, client: "trackio" },
    ]);
    const read = readFolder(folder);
    expect(read.map(({ header }) => header!.run.id).sort()).toEqual(["a", "a", "b"]);
    expect(read.flatMap(({ records }) => records.map(({ values }) => values[0])).sort()).toEqual([
      1, 2, 3,
    ]);
  });

  test("however many runs begin at once, others have a turn after eight", async () => {
    const folder = temporaryFolder();
    const journals = open(folder);
    const runs = Array.from({ length: 40 }, (_, i) => namedRun(`r${i}`));
    const begun = () => runs.filter(({ id }) => existsSync(folder.headFile(PROJECT, id))).length;
    const beginAll = () => Promise.all(runs.map((run, i) => addOne(journals, run, i)));
    expect(await mostInOneTurn(begun, beginAll)).toBeLessThanOrEqual(8);
    await journals.close();
    expect(readFolder(folder)).toHaveLength(40);
    const numbers = runs.map(({ id }) => readHead(folder, PROJECT, id)!.run.number);
    expect(numbers).toEqual(runs.map((_, i) => i));
  });

  test("what comes while its run begins is written in the order in which it came", async () => {
    const folder = temporaryFolder();
    const journals = open(folder);
    const values = [1, 2, 3, 4];
    await Promise.all(values.map((value) => addOne(journals, namedRun("a"), value)));
    await journals.close();
    const [journal, ...others] = readFolder(folder);
    expect(others).toEqual([]);
    expect(journal!.records.map((record) => record.values[0])).toEqual(values);
  });

  test("what comes while its journal is brought to the disk is written behind, and nobody else waits", async () => {
    const folder = temporaryFolder();
    const journals = open(folder);
    await addOne(journals, namedRun("b"), 1);
    journals.tick();
    await journals.open(namedRun("b"), undefined);
    await addOne(journals, namedRun("a"), 1);
    journals.tick();
    expect(journals.find(namedRun("a"), undefined)).toBeUndefined();
    expect(journals.find(namedRun("b"), undefined)).toBeDefined();
    const values = [1, 2, 3, 4];
    const added = values.slice(1).map((value) => addOne(journals, namedRun("a"), value));
    expect(await Promise.all(added)).toEqual([true, true, true]);
    await journals.close();
    const journal = readFolder(folder).find(({ header }) => header!.run.id === "a")!;
    expect(journal.records.map((record) => record.values[0])).toEqual(values);
  });

  test("what waits while its journal is brought to the disk twice goes on in the same journal", async () => {
    const folder = temporaryFolder();
    const journals = open(folder);
    const journal = (await journals.open(namedRun("a"), undefined))!;
    const write = () => {
      journal.addRecord(journal.keySet(["x"], false), 1, 1, "1");
      journal.write(Date.now());
    };
    write();
    journals.tick();
    write();
    const waiting = journals.open(namedRun("a"), undefined);
    journals.tick();
    expect(await waiting).toBe(journal);
    await journals.close();
    expect(readFolder(folder)).toHaveLength(1);
  });

  test("what ends while a run begins ends its journal too", async () => {
    const folder = temporaryFolder();
    const journals = open(folder);
    const added = addOne(journals, namedRun("a"), 1);
    await journals.close();
    expect(await added).toBe(true);
    const [journal] = readFolder(folder);
    expect(journal!.records).toHaveLength(1);
    expect(journal!.events.at(-1)).toMatchObject({ closed: true });
  });

  test("lanes of a run have journals of their own", async () => {
    const folder = temporaryFolder();
    const journals = open(folder);
    await addOne(journals, namedRun("a"), 1, "system");
    await addOne(journals, namedRun("a"), 2);
    await journals.close();
    const lanes = readFolder(folder).map(({ header }) => header!.lane);
    expect(new Set(lanes)).toEqual(new Set([undefined, "system"]));
  });

  test("a journal ends with `closed` after a minute of silence, and its run goes on in the next one", async () => {
    const folder = temporaryFolder();
    const clock = new Clock();
    const journals = open(folder, { now: clock.now });
    const find = async () => {
      const journal = (await journals.open(namedRun("a"), undefined))!;
      journal.addRecord(journal.keySet(["x"], false), 1, clock.ms, "1");
      journal.write(clock.ms);
      return journal;
    };
    const first = await find();
    clock.ms += 59_000;
    journals.tick();
    expect(await find()).toBe(first);
    clock.ms += 61_000;
    journals.tick();
    expect(await find()).not.toBe(first);
    const [ended, next] = readFolder(folder);
    expect(ended!.events.at(-1)).toEqual({ closed: true, time: clock.ms });
    expect(next!.events).toEqual([]);
    await journals.close();
    expect(readFolder(folder)[1]!.events.at(-1)).toMatchObject({ closed: true });
  });

  test("a journal that is full ends, and its run goes on in the next one", async () => {
    const folder = temporaryFolder();
    const journals = open(folder, { maxJournalBytes: 600 });
    for (let i = 0; i < 100; i += 1) await addOne(journals, namedRun("a"), i);
    await journals.close();
    const read = readFolder(folder);
    expect(read.length).toBeGreaterThan(1);
    expect(read.every(({ events }) => events.at(-1)?.closed === true)).toBe(true);
    const values = read.flatMap(({ records }) => records.map((record) => record.values[0]));
    expect(values.sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });

  test.runIf(existsSync("/proc/self/fd"))(
    "only so many files are open, however many runs log at once",
    async () => {
      const folder = temporaryFolder();
      const journals = open(folder, { maxOpen: 8 });
      for (let round = 0; round < 3; round += 1) {
        for (let i = 0; i < 50; i += 1) await addOne(journals, namedRun(`r${i}`), round);
      }
      await expect.poll(() => openFiles(folder)).toBeLessThanOrEqual(8);
      await journals.close();
      const read = readFolder(folder);
      expect(read).toHaveLength(50);
      expect(read.every(({ records }) => records.length === 3)).toBe(true);
      await expect.poll(() => openFiles(folder)).toBe(0);
    },
  );

  test("nothing more is written of a run that was deleted, here or by another process", async () => {
    const folder = temporaryFolder();
    const journals = open(folder);
    for (const id of ["here", "there", "stays"]) await addOne(journals, namedRun(id), 1);
    markDeleted(folder, PROJECT, "here" as RunId);
    journals.release(PROJECT, "here");
    removeRun(folder, PROJECT, "there" as RunId);
    const ids = ["here", "there", "stays", "new"];
    const added = ids.map((id) => addOne(journals, namedRun(id), 2));
    expect(await Promise.all(added)).toEqual([false, false, true, true]);
    expect(existsSync(folder.runFolder(PROJECT, "there" as RunId))).toBe(false);
    await journals.close();
  });

  test("a run whose folder somebody removed begins anew", async () => {
    const folder = temporaryFolder();
    const journals = open(folder);
    await addOne(journals, namedRun("a"), 1);
    await addOne(journals, namedRun("a"), 1, "system");
    rmSync(folder.runFolder(PROJECT, "a" as RunId), { recursive: true });
    await addOne(journals, namedRun("a"), 2);
    await addOne(journals, namedRun("a"), 3, "system");
    await journals.close();
    expect(
      readFolder(folder)
        .flatMap(({ records }) => records.map(({ step }) => step))
        .sort(),
    ).toEqual([2, 3]);
  });
});
