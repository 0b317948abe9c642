import { appendFileSync, statSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import { JournalKeeper } from "./journal-keeper.ts";

test("what is new goes to the disk in the next round, and only then", () => {
  const path = join(temporaryFolder().root, "a.jsonl");
  writeFileSync(path, "1\n");
  const synced: number[] = [];
  const keeper = new JournalKeeper(30_000, (fd) => synced.push(fd));
  keeper.follow([path]);
  const rounds = ["2\n", "", "", "3\n"].map((line) => {
    appendFileSync(path, line);
    keeper.beat(Date.now());
    return synced.length;
  });
  expect(rounds).toEqual([1, 1, 1, 2]);
  keeper.follow([]);
  appendFileSync(path, "4\n");
  keeper.beat(Date.now());
  expect(synced).toHaveLength(2);
});

test("a journal that is silent for long is touched as a sign of life, and keeps its bytes", () => {
  const path = join(temporaryFolder().root, "a.jsonl");
  writeFileSync(path, "1\n");
  utimesSync(path, 1_000, 1_000);
  const keeper = new JournalKeeper(30_000, () => undefined);
  keeper.follow([path]);
  const signs = [1_029_999, 1_030_000, 1_059_000, 1_060_000].map((nowMs) => {
    keeper.beat(nowMs);
    return statSync(path).mtimeMs;
  });
  expect(signs).toEqual([1_000_000, 1_030_000, 1_030_000, 1_060_000]);
  expect(statSync(path).size).toBe(2);
  keeper.follow([]);
});

test("trouble with one journal hurts no other", () => {
  const { root } = temporaryFolder();
  const [gone, bad, good] = ["gone", "bad", "good"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [gone, bad, good]) writeFileSync(path, "1\n");
  const synced: number[] = [];
  const keeper = new JournalKeeper(30_000, (fd) => {
    synced.push(fd);
    if (synced.length === 1) throw new Error("EIO");
  });
  keeper.follow([join(root, "missing"), gone, bad, good]);
  unlinkSync(gone);
  keeper.beat(Date.now());
  keeper.beat(Date.now());
  // The first is tried again, the others are done.
  expect(synced).toHaveLength(4);
  keeper.follow([]);
});
