/**
 * What media cost in a store: the newest 200 of a run with many pictures against
 * one with a tenth of them, and the list of what 1,000 runs have.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunId } from "../src/protocol/ids.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { JournalLike, PROJECT } from "../src/store/testing/batches.ts";
import { imageOf } from "../src/store/testing/media.ts";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";

const RUNS = 1_000;
const PAGE_ITEMS = 200;
const READS = 50;

export async function rows({ short }: BenchOptions): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "trackio-bench-"));
  const store = await SqliteStore.open(join(folder, "store.db"));
  try {
    const large = short ? 20_000 : 100_000;
    await foldPictures(store, "small", 0, large / 10);
    await foldPictures(store, "large", 1, large);
    const many = Array.from({ length: RUNS }, (_, i) => `run-${i}` as RunId);
    for (const [i, id] of many.entries()) await foldPictures(store, id, i + 2, 10);
    const [ofSmall, ofLarge] = [await readNewest(store, "small"), await readNewest(store, "large")];
    const name = `newest ${PAGE_ITEMS} of ${large.toLocaleString("en-US")} pictures`;
    return [
      atMost(`${name}: against a tenth of them`, ofLarge / ofSmall, "×", 1.5),
      atMost(name, ofLarge, "ms", 5),
      atMost(
        `media of ${RUNS.toLocaleString("en-US")} runs, listed`,
        await timeOf(() => store.listMedia(PROJECT, many)),
        "ms",
        50,
      ),
    ];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function foldPictures(
  store: SqliteStore,
  id: string,
  number: number,
  count: number,
): Promise<void> {
  const journal = new JournalLike({ id: id as RunId, number });
  for (let at = 0; at < count; at += 1_000) {
    const length = Math.min(1_000, count - at);
    const steps = Array.from({ length }, (_, i) => at + i);
    await store.fold(
      journal.batch(steps.map((step) => ({ step, values: { image: imageOf(`${id} ${step}`) } }))),
    );
  }
}

function readNewest(store: SqliteStore, run: string): Promise<number> {
  const query = { project: PROJECT, key: "image", kind: "image", limit: PAGE_ITEMS } as const;
  return timeOf(() => store.readMedia({ ...query, runs: [run as RunId] }));
}

/** Milliseconds; the median of many, after some to warm up. */
async function timeOf(read: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = -5; i < READS; i++) {
    const begin = performance.now();
    await read();
    if (i >= 0) times.push(performance.now() - begin);
  }
  return median(times);
}
