/** Values and steps that are no plain numbers, in series long enough for chunks and levels. */

import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Json } from "../../protocol/json.ts";
import { MemoryStore } from "../memory/memory-store.ts";
import type { Column, FoldBatch, Store } from "../store.ts";
import { JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import { allPoints, allRows, compactAll, readOne } from "../testing/reading.ts";
import { SqliteStore } from "./sqlite-store.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "trackio-values-"));
  store = await SqliteStore.open(join(folder, "store.db"));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** Batches of 2,000 records whose steps and column `v` are made record by record. */
function batchesOf(
  count: number,
  make: { readonly value: (i: number) => Json; readonly step?: (i: number) => Json },
): FoldBatch[] {
  const journal = new JournalLike();
  const batches: FoldBatch[] = [];
  for (let at = 0; at < count; at += 2000) {
    const batch = journal.columns({
      v: new Float64Array(2000),
      w: new Float64Array(2000).fill(at),
    });
    const block = batch.blocks[0]!;
    const column = (of: (i: number) => Json): Column => ({
      kind: "values",
      values: Array.from({ length: 2000 }, (_, row) => of(at + row)),
    });
    const steps = make.step ? column(make.step) : block.steps;
    const columns = [column(make.value), block.columns[1]!];
    batches.push({ ...batch, blocks: [{ ...block, steps, columns }] });
  }
  return [...batches, journal.batch([], { end: { state: "finished" } })];
}

test("a long value lies in a row of its own, so that no chunk outgrows what one text can hold", async () => {
  const texts = Array.from({ length: 40 }, () => randomBytes(3500).toString("base64"));
  const list = Array.from({ length: 2000 }, (_, i) => i / 7);
  const long = (i: number): Json => (i % 50 === 0 ? list : texts[i % texts.length]!);
  const batches = batchesOf(8000, { value: (i) => (i % 3 === 0 ? i : long(i)) });
  await expectSameAsMemory(batches);
  const database = new DatabaseSync(join(folder, "store.db"));
  for (const table of ["tails", "columns"]) {
    const { n } = database.prepare(`SELECT max(length(data)) AS n FROM ${table}`).get() as {
      n: number | null;
    };
    expect(n ?? 0).toBeLessThan(1_000_000);
  }
  expect(await store.deleteRun(PROJECT, RUN)).toBe(true);
  expect(database.prepare("SELECT count(*) AS n FROM long_values").get()).toEqual({ n: 0 });
  database.close();
});

async function expectSameAsMemory(batches: readonly FoldBatch[]): Promise<void> {
  const reference = new MemoryStore();
  for (const batch of batches) {
    expect(await store.fold(batch)).toEqual(await reference.fold(batch));
  }
  for (const isCompact of [false, true]) {
    if (isCompact) await compactAll(store);
    expect(await allPoints(store, "v")).toEqual(await allPoints(reference, "v"));
    expect(await allRows(store)).toEqual(await allRows(reference));
    for (const axis of ["step", "time"] as const) {
      const got = await readOne(store, { key: "v", axis, buckets: 100 });
      const wanted = await readOne(reference, { key: "v", axis, buckets: 100 });
      expect(got.grid).toEqual(wanted.grid);
      const total = (counts: Float64Array) => counts.reduce((a, b) => a + b, 0);
      expect(total(got.series.count)).toBe(total(wanted.series.count));
      expect(Math.max(...got.series.max)).toBe(Math.max(...wanted.series.max));
      expect(Math.min(...got.series.min)).toBe(Math.min(...wanted.series.min));
      expect(got.series.first[0]).toBe(wanted.series.first[0]);
      expect(got.series.last.at(-1)).toBe(wanted.series.last.at(-1));
    }
  }
}

test("text among the numbers of a long series is no point of it, at any zoom", async () => {
  const value = (i: number): Json => (i % 1000 === 7 ? "diverged" : i % 77 === 0 ? null : i / 7);
  await expectSameAsMemory(batchesOf(40_000, { value }));
});

test("one text in a long series of numbers costs that series nothing else", async () => {
  const value = (i: number): Json => (i === 12_123 ? "oops" : Math.sin(i));
  await expectSameAsMemory(batchesOf(20_000, { value }));
  const { series } = await readOne(store, { key: "v", buckets: 10 });
  expect(series.count.reduce((a, b) => a + b, 0)).toBe(19_999);
});

test("integers beyond 2^53 come back to the last digit from chunks", async () => {
  const value = (i: number): Json => ({ $: "int", v: String(2n ** 62n + BigInt(i)) });
  await expectSameAsMemory(batchesOf(10_000, { value }));
});

test("steps beyond 2^53 that are one number as doubles keep their order in chunks", async () => {
  const step = (i: number): Json => ({
    $: "int",
    v: String(2n ** 60n + BigInt((i * 7919) % 10_000)),
  });
  await expectSameAsMemory(batchesOf(10_000, { value: (i) => i, step }));
  const points = await allPoints(store, "v");
  expect(points.every(({ step: s }, i) => s === 2n ** 60n + BigInt(i))).toBe(true);
});

test("a value that is text in all records makes no series, and comes back", async () => {
  await expectSameAsMemory(batchesOf(6_000, { value: (i) => `line ${i}` }));
  expect((await store.listMetrics(PROJECT, [RUN])).map(({ key }) => key)).toEqual(["w"]);
});
