/** Records of long runs by time and by step, in every order of arrival, against a plain sort. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SeriesAxis, Store, StoredRecord } from "../store.ts";
import { EPOCH_MS, JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import { allRecords, compactAll } from "../testing/reading.ts";
import { SqliteStore } from "./sqlite-store.ts";

interface Logged {
  readonly writer: number;
  readonly step: number;
  readonly time: number;
}

const COUNT = 30_000;
/** Numbers below `most` that look like chance and are the same in every run of a test. */
const scattered = (i: number, most: number) => (Math.imul(i, 2654435761) >>> 0) % most;

/** The i-th record that is logged. */
const ARRIVALS: { readonly [name: string]: (i: number) => Logged } = {
  "in order": (i) => ({ writer: 0, step: i, time: i }),
  "shuffled, in groups of one time": (i) => ({
    writer: 0,
    step: scattered(i, 50_000),
    time: Math.floor(i / 100),
  }),
  "all at one time, steps going down": (i) => ({ writer: i % 2, step: -i, time: 0 }),
  "of three writers, with clocks that go back": (i) => ({
    writer: scattered(i, 3),
    step: i % 7000,
    time: (i % 7000) - 500 * (i % 3),
  }),
};

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "trackio-records-"));
  store = await SqliteStore.open(join(folder, "store.db"));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** What is read of a record: its writer, and its number there. */
const nameOf = ({ values }: StoredRecord) => values.join(" ");

/** Folds all that was logged, cut into batches; gives the names of the records in the order of `axis`. */
async function foldAll(logged: readonly Logged[]): Promise<(axis: SeriesAxis) => string[]> {
  const journals = [0, 1, 2].map((writer) => new JournalLike({}, `w${writer}`));
  const counts = [0, 0, 0];
  const records = logged.map((record) => ({ ...record, number: counts[record.writer]!++ }));
  // Writers are numbered in the order in which they were folded.
  for (const journal of journals) await store.fold(journal.batch([]));
  for (let at = 0, size = 1; at < records.length; at += size, size = (size * 13) % 6007) {
    const part = records.slice(at, at + size);
    for (const [writer, journal] of journals.entries()) {
      const own = part.filter((record) => record.writer === writer);
      const of = (pick: (record: (typeof own)[number]) => number) => Float64Array.from(own, pick);
      const columns = { writer: of((r) => r.writer), number: of((r) => r.number) };
      const options = { steps: of((r) => r.step), times: of((r) => EPOCH_MS + r.time) };
      if (own.length > 0) await store.fold(journal.columns(columns, options));
    }
  }
  return (axis) =>
    records
      .toSorted((a, b) => a[axis] - b[axis] || a.writer - b.writer || a.number - b.number)
      .map(({ writer, number }) => `${writer} ${number}`);
}

describe.each(Object.keys(ARRIVALS))("a long run %s", (name) => {
  test("is read by time in the order in which it was written, while compaction moves it", async () => {
    const logged = Array.from({ length: COUNT }, (_, i) => ARRIVALS[name]!(i));
    const wanted = await foldAll(logged);
    const read: string[] = [];
    const query = { project: PROJECT, run: RUN, order: "time" } as const;
    for await (const page of store.readRecords(query)) {
      expect(page.length).toBeLessThanOrEqual(4096);
      for (const record of page) read.push(nameOf(record));
      await store.compact(0);
    }
    expect(read).toEqual(wanted("time"));
    await compactAll(store);
    for (const order of ["time", "step"] as const) {
      const all = (await allRecords(store, { order })).map(nameOf);
      expect(all).toEqual(wanted(order));
      const part = await allRecords(store, { order, ...rangeOf(logged, order) });
      const { from, to } = rangeOf(logged, order);
      const inRange = logged.filter((record) => {
        const x = order === "time" ? EPOCH_MS + record.time : record.step;
        return x >= from && x <= to;
      });
      expect(part).toHaveLength(inRange.length);
      expect(part.map(nameOf)).toEqual(
        all.slice(all.indexOf(nameOf(part[0]!)), all.indexOf(nameOf(part[0]!)) + part.length),
      );
    }
  });
});

/** The middle third of what was logged. */
function rangeOf(logged: readonly Logged[], axis: SeriesAxis): { from: number; to: number } {
  const sorted = logged
    .map((record) => (axis === "time" ? EPOCH_MS + record.time : record.step))
    .sort((a, b) => a - b);
  return { from: sorted[Math.floor(COUNT / 3)]!, to: sorted[Math.floor((2 * COUNT) / 3)]! };
}
