/**
 * Laws 5 and 6 on the store as it ships: what a chart keeps, and what a chart
 * and a list cost. Cost is counted as the bytes that SQLite hands out, which is
 * the same on every machine.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunId } from "../../src/protocol/ids.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { JournalLike, PROJECT } from "../../src/store/testing/batches.ts";

const BATCH = 65_536;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "trackio-laws-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Folds a run whose series `loss` has `count` points: a slow curve, and `spike` at its step. */
async function logRun(
  store: Store,
  id: string,
  count: number,
  spike?: { step: number; value: number },
) {
  const journal = new JournalLike({ id: id as RunId, name: id, number: count });
  for (let from = 0; from < count; from += BATCH) {
    const loss = Float64Array.from({ length: Math.min(BATCH, count - from) }, (_, i) =>
      from + i === spike?.step ? spike.value : Math.exp(-(from + i) / count),
    );
    await store.fold(journal.columns({ loss }));
  }
  while (await store.compact(1_000));
}

/** Bytes that SQLite hands out while `read` runs. */
async function countBytes(read: () => Promise<unknown>): Promise<number> {
  let bytes = 0;
  const weigh = (row: unknown) => {
    for (const value of Object.values((row ?? {}) as object)) {
      bytes +=
        value instanceof Uint8Array ? value.length : typeof value === "string" ? value.length : 8;
    }
  };
  const { get, all, iterate } = StatementSync.prototype;
  Object.assign(StatementSync.prototype, {
    get(this: StatementSync, ...given: Parameters<typeof get>) {
      const row = get.apply(this, given);
      weigh(row);
      return row;
    },
    all(this: StatementSync, ...given: Parameters<typeof all>) {
      const rows = all.apply(this, given);
      rows.forEach(weigh);
      return rows;
    },
    *iterate(this: StatementSync, ...given: Parameters<typeof iterate>) {
      for (const row of { [Symbol.iterator]: () => iterate.apply(this, given) }) {
        weigh(row);
        yield row;
      }
    },
  });
  try {
    await read();
  } finally {
    Object.assign(StatementSync.prototype, { get, all, iterate });
  }
  return bytes;
}

test("a chart keeps the first, last, minimum and maximum of every bucket: a spike of one point is visible at every zoom", async () => {
  const count = 300_000;
  const spike = { step: 123_457, value: 50 };
  await using store = await SqliteStore.open(join(dir, "store.db"));
  await logRun(store, "spiky", count, spike);
  const window = fc.record({
    before: fc.integer({ min: 0, max: spike.step }),
    after: fc.integer({ min: 0, max: count - 1 - spike.step }),
    buckets: fc.integer({ min: 1, max: 2_000 }),
  });
  await fc.assert(
    fc.asyncProperty(window, async ({ before, after, buckets }) => {
      const { series } = await store.readSeries({
        project: PROJECT,
        series: [{ run: "spiky" as RunId, key: "loss" }],
        axis: "step",
        from: spike.step - before,
        to: spike.step + after,
        buckets,
      });
      const { max, min, length } = series[0]!;
      expect(Math.max(...max)).toBe(spike.value);
      expect(Math.min(...min)).toBeGreaterThan(0);
      expect(length).toBeLessThanOrEqual(buckets);
    }),
    { numRuns: 200 },
  );
});

test("reading a chart costs by its pixels; it does not grow with the points logged", async () => {
  await using store = await SqliteStore.open(join(dir, "store.db"));
  await logRun(store, "short", 250_000);
  await logRun(store, "long", 4_000_000);
  const cost = async (run: string, from: number, to: number) => {
    // A store of its own, so that nothing is remembered from the read before.
    await using fresh = await SqliteStore.open(join(dir, "store.db"), { readOnly: true });
    const series = [{ run: run as RunId, key: "loss" }];
    const query = { project: PROJECT, series, axis: "step", from, to, buckets: 1_000 } as const;
    return countBytes(() => fresh.readSeries(query));
  };
  // Entries of a level stand for four of the level below, so one pixel takes 2 to 8 of them, of some 40 bytes each.
  const limit = 1_000 * 320;
  for (const [from, to] of [
    [0, 3_999_999],
    [1_000_000, 3_000_000],
    [123_456, 789_012],
    [2_000_000, 2_100_000],
    [2_000_000, 2_001_000],
  ] as const) {
    expect(await cost("long", from, to)).toBeLessThan(limit);
  }
  expect(await cost("short", 0, 249_999)).toBeLessThan(limit);
});

test("listing runs costs by the runs shown; it does not grow with the points logged", async () => {
  await using store = await SqliteStore.open(join(dir, "store.db"));
  for (let run = 0; run < 20; run++) await logRun(store, `small-${run}`, 10);
  const cost = (runs: readonly RunId[]) => countBytes(() => store.listRuns(PROJECT, { runs }));
  const one = await cost(["small-0" as RunId]);
  expect(await cost(["small-0", "small-1", "small-2", "small-3"] as RunId[])).toBeLessThan(one * 5);
  await logRun(store, "large", 1_000_000);
  expect(await cost(["large" as RunId])).toBeLessThan(one * 1.5);
});
