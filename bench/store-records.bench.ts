/**
 * What records with ids of their own cost, which the store keeps once each, and
 * what it costs to read all records of a run back by time, as clients from
 * elsewhere ask for them.
 */

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import type { FoldBatch } from "../src/store/store.ts";
import { JournalLike, PROJECT, RUN } from "../src/store/testing/batches.ts";
import { atLeast, atMost, type BenchOptions, type BenchRow } from "./bench-row.ts";

/** Records of a batch, as a folder reads them from a journal at once. */
const BATCH = 5_000;

export async function rows({ short }: BenchOptions): Promise<readonly BenchRow[]> {
  const count = short ? 100_000 : 1_000_000;
  const folder = mkdtempSync(join(tmpdir(), "trackio-bench-"));
  try {
    const plain = await foldRun(join(folder, "plain.db"), count, false);
    const named = await foldRun(join(folder, "named.db"), count, true);
    const idBytes = (named.bytes - plain.bytes) / count;
    const suffix = `${count / 1e6}M in one run`;
    const read = await readByTime(join(folder, "named.db"));
    return [
      atLeast(`fold of records with ids, ${suffix}`, named.recordsPerSecond, "records/s", 100_000),
      atMost(`ids on disk, ${suffix}`, idBytes, "B/id", 24),
      atLeast(`records by time, ${suffix}`, read.recordsPerSecond, "records/s", 200_000),
      atMost(`records by time, ${suffix}: first page`, read.firstMs, "ms", 50),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function foldRun(
  path: string,
  count: number,
  hasIds: boolean,
): Promise<{ readonly recordsPerSecond: number; readonly bytes: number }> {
  const store = await SqliteStore.open(path);
  const journal = new JournalLike();
  let ms = 0;
  for (let at = 0; at < count; at += BATCH) {
    const plain = journal.columns({ loss: Float64Array.from({ length: BATCH }, Math.random) });
    const batch = hasIds ? withIds(plain) : plain;
    const begin = performance.now();
    await store.fold(batch);
    ms += performance.now() - begin;
  }
  await store.fold(journal.batch([], { end: { state: "finished" } }));
  while (await store.compact(1_000));
  await store.close();
  return { recordsPerSecond: (count / ms) * 1_000, bytes: statSync(path).size };
}

function withIds(batch: FoldBatch): FoldBatch {
  const blocks = batch.blocks.map((block) => {
    const digits = randomBytes(16 * block.count).toString("hex");
    const idAt = (_: unknown, row: number) => digits.slice(32 * row, 32 * (row + 1));
    return { ...block, ids: Array.from({ length: block.count }, idAt) };
  });
  return { ...batch, blocks };
}

async function readByTime(
  path: string,
): Promise<{ readonly recordsPerSecond: number; readonly firstMs: number }> {
  await using store = await SqliteStore.open(path, { readOnly: true });
  const begin = performance.now();
  let [count, firstMs] = [0, Number.NaN];
  for await (const page of store.readRecords({ project: PROJECT, run: RUN, order: "time" })) {
    if (count === 0) firstMs = performance.now() - begin;
    count += page.length;
  }
  return { recordsPerSecond: (count / (performance.now() - begin)) * 1_000, firstMs };
}
