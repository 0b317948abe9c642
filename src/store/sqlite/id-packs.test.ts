import { randomBytes } from "node:crypto";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunId } from "../../protocol/ids.ts";
import { JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import { SqliteStore } from "./sqlite-store.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "trackio-ids-"));
  path = join(folder, "store.db");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const randomIds = (count: number) =>
  Array.from({ length: count }, () => randomBytes(16).toString("hex"));

function batchOf(journal: JournalLike, ids: readonly string[]) {
  const batch = journal.columns({ v: new Float64Array(ids.length) });
  return { ...batch, blocks: [{ ...batch.blocks[0]!, ids }] };
}

test("ids are few bytes on disk, in few packs, and each of many is known again", async () => {
  const ids = randomIds(60_000);
  {
    await using store = await SqliteStore.open(path);
    const journal = new JournalLike();
    for (let at = 0, size = 50; at < ids.length; at += size, size = 50 + ((size * 7) % 2003)) {
      const outcome = await store.fold(batchOf(journal, ids.slice(at, at + size)));
      expect(outcome).not.toHaveProperty("repeatedRecords");
    }
  }
  const database = new DatabaseSync(path);
  const packs = database.prepare("SELECT count(*) AS n, sum(count) AS ids FROM id_packs").get();
  expect(packs).toMatchObject({ ids: ids.length });
  expect(packs?.n).toBeLessThan(30);
  database.close();
  expect((await stat(path)).size / ids.length).toBeLessThan(30);
  await using store = await SqliteStore.open(path);
  const fresh = randomIds(1000);
  const again = await store.fold(
    batchOf(new JournalLike({}, "b"), [...ids.toReversed(), ...fresh]),
  );
  expect(again).toMatchObject({ repeatedRecords: ids.length });
  expect(await store.laneSize(PROJECT, RUN)).toMatchObject({ recordCount: ids.length + 1000 });
});

test("ids that begin alike are told apart by their last digit, in any number", async () => {
  await using store = await SqliteStore.open(path);
  const ids = Array.from({ length: 5000 }, (_, i) => `${"ab".repeat(14)}${hex(i * 13)}`);
  const others = Array.from({ length: 5000 }, (_, i) => `${"ab".repeat(14)}${hex(i * 13 + 1)}`);
  for (let at = 0; at < ids.length; at += 700) {
    await store.fold(batchOf(new JournalLike({}, `a${at}`), ids.slice(at, at + 700)));
  }
  const journal = new JournalLike({}, "b");
  expect(await store.fold(batchOf(journal, others))).not.toHaveProperty("repeatedRecords");
  expect(await store.fold(batchOf(journal, ids))).toMatchObject({ repeatedRecords: 5000 });
});

function hex(number: number): string {
  return (number % 65_536).toString(16).padStart(4, "0");
}

test("two folders of one store know each other's ids", async () => {
  await using a = await SqliteStore.open(path);
  await using b = await SqliteStore.open(path);
  const [first, second] = [new JournalLike({}, "a"), new JournalLike({}, "b")];
  for (let round = 0; round < 20; round++) {
    const ids = randomIds(100);
    expect(await a.fold(batchOf(first, ids))).not.toHaveProperty("repeatedRecords");
    expect(await b.fold(batchOf(second, ids))).toMatchObject({ repeatedRecords: 100 });
  }
});

test("the ids of a deleted run are gone from the disk, and those of its neighbour are not", async () => {
  await using store = await SqliteStore.open(path);
  const other = new JournalLike({ id: "other" as RunId, number: 1 });
  const ids = [...randomIds(40_000), "a text", "another"];
  await store.fold(batchOf(new JournalLike(), ids));
  await store.fold(batchOf(other, ids.slice(0, 100)));
  await store.deleteRun(PROJECT, RUN);
  expect((await stat(path)).size).toBeLessThan(300_000);
  const database = new DatabaseSync(path);
  const left = database.prepare(
    "SELECT (SELECT count(*) FROM id_pages) AS pages, (SELECT count(*) FROM text_ids) AS texts",
  );
  expect(left.get()).toEqual({ pages: 1, texts: 0 });
  database.close();
  const again = await store.fold(batchOf(other, ids.slice(0, 100)));
  expect(again).toMatchObject({ repeatedRecords: 100 });
});

test("damage of a page of ids is told with its place", async () => {
  await using store = await SqliteStore.open(path);
  const ids = randomIds(1000);
  await store.fold(batchOf(new JournalLike(), ids));
  const database = new DatabaseSync(path);
  for (const sql of ["UPDATE id_pages SET data = x'00'", "DELETE FROM id_pages"]) {
    database.exec(sql);
    await expect(store.fold(batchOf(new JournalLike({}, "b"), ids))).rejects.toMatchObject({
      code: "damaged",
      message: expect.stringMatching(/page \d+ of ids of pack 1: /),
    });
  }
  database.close();
});
