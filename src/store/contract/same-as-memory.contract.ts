/** Whatever is folded in whatever pieces, an implementation answers as the plain one in memory does. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Lane } from "../../protocol/run.ts";
import type { Value } from "../../protocol/values.ts";
import { MemoryStore } from "../memory/memory-store.ts";
import type { FoldBatch, Store } from "../store.ts";
import { EPOCH_MS, JournalLike, type LoggedRecord, PROJECT, RUN } from "../testing/batches.ts";
import { blobNamed, imageOf, tableOf, videoOf } from "../testing/media.ts";
import type { Open } from "../testing/opened-store.ts";
import {
  allBlobs,
  allPoints,
  allRecords,
  allRows,
  compactAll,
  readOne,
} from "../testing/reading.ts";

const MEDIA: readonly Value[] = [
  imageOf("a"),
  [imageOf("a"), imageOf("b", "second"), videoOf("v")],
  { deep: { $: imageOf("c") } },
  tableOf("t", [["p0", 2]]),
  tableOf("t", [["p1", 1]], { before: 2, blobs: [blobNamed("a")] }),
  tableOf("t", [["p2", 1]], { before: 4 }),
];

/** Large ones are all positive: where they cancel out, a sum is what the order of adding makes it. */
const plainValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 0 }) },
  { weight: 2, arbitrary: fc.double({ min: -1000, max: 0 }) },
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -1000n, max: 2n ** 70n }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Value>(
      "text",
      true,
      null,
      -0,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      [1, [2]],
    ),
  },
  { weight: 3, arbitrary: fc.constantFrom(...MEDIA) },
);
const stepOf = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -4, max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom<number | bigint>(0.5, 2n ** 60n, 2n ** 60n + 1n) },
  { weight: 2, arbitrary: fc.constant(null) },
);
/** Few different ones, so that many records are repeated; most of the usual form. */
const idOf = fc
  .integer({ min: 0, max: 60 })
  .map((id) => (id % 5 === 0 ? `id ${id}` : id.toString(16).padStart(2, "0").repeat(16)));
const recordOf: fc.Arbitrary<LoggedRecord> = fc.record(
  {
    step: stepOf,
    time: fc.integer({ min: EPOCH_MS, max: EPOCH_MS + 20 }),
    id: idOf,
    values: fc.constantFrom(["a"], ["a", "b"], ["c", "a"], []).chain((keys) =>
      fc.record(Object.fromEntries(keys.map((key) => [key, plainValue])), {
        noNullPrototype: true,
      }),
    ),
  },
  { requiredKeys: ["step", "time", "values"] },
);
const eventOf = fc.record({
  id: idOf,
  time: fc.integer({ min: EPOCH_MS, max: EPOCH_MS + 9 }),
  step: fc.integer({ min: 0, max: 3 }),
});
/** What a batch says beside its records. */
const factsOf: fc.Arbitrary<Partial<FoldBatch>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ name: fc.string({ maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.constantFrom({ closed: true }, { end: "running" } as const) },
  { weight: 1, arbitrary: fc.constant({ end: { state: "failed" } } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      alerts: fc.array(eventOf.map((event) => ({ ...event, title: event.id, level: "info" }))),
      traces: fc.array(
        eventOf.map((event) => ({ ...event, key: "k", body: [event.id], searchText: event.id })),
      ),
    }),
  },
);
/** The journals that are folded: three of what is logged, two of another lane. */
const LANES: readonly (Lane | undefined)[] = [undefined, undefined, undefined, "system", "system"];
/** Records of these, cut into batches, and what happens between two folds. */
const folding = fc.array(
  fc.record({
    writer: fc.integer({ min: 0, max: LANES.length - 1 }),
    records: fc.array(recordOf, { maxLength: 12 }),
    facts: factsOf,
    afterwards: fc.constantFrom("go on", "go on", "compact", "reopen"),
  }),
  { maxLength: 12 },
);

export function sameAsMemory(open: Open, runs: number): void {
  test("batches in any order, with restarts and compaction between, give what the reference gives", async () => {
    await fc.assert(
      fc.asyncProperty(folding, async (folds) => {
        const fresh = await open();
        const reference = new MemoryStore();
        const journals = LANES.map((lane, writer) => new JournalLike({}, `w${writer}`, lane));
        let { store } = fresh;
        for (const { writer, records, facts, afterwards } of folds) {
          const batch = journals[writer]!.batch(records, facts);
          expect(await store.fold(batch)).toEqual(await reference.fold(batch));
          if (afterwards === "compact") await compactAll(store);
          if (afterwards === "reopen") store = await fresh.reopen();
        }
        if (folds.length > 0) await expectSame(store, reference);
        await fresh.remove();
      }),
      { numRuns: runs },
    );
  });

  test("keys are listed in the order in which they were written, however a journal is cut into batches", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(recordOf, { maxLength: 20 }), async (records) => {
        const [whole, cut] = [await open(), await open()];
        await whole.store.fold(new JournalLike().batch(records));
        const journal = new JournalLike();
        await cut.store.fold(journal.batch([]));
        for (const record of records) await cut.store.fold(journal.batch([record]));
        const keysOf = async ({ store }: { readonly store: Store }) => ({
          keys: await store.listKeys(PROJECT, RUN),
          series: (await store.listMetrics(PROJECT, [RUN])).map(({ key }) => key),
          media: (await store.listMedia(PROJECT, [RUN])).map(({ key, kind }) => [key, kind]),
          size: await store.laneSize(PROJECT, RUN),
        });
        expect(await keysOf(cut)).toEqual(await keysOf(whole));
        for (const opened of [whole, cut]) await opened.remove();
      }),
      { numRuns: runs },
    );
  });

  test("compact changes no answer, and any cut into batches gives the same", async () => {
    const values = Float64Array.from({ length: 9000 }, (_, i) => Math.fround(Math.sin(i / 50)));
    const shuffled = Float64Array.from(values, (_, i) => (i * 7919) % 9000);
    const reference = new MemoryStore();
    const whole = new JournalLike();
    await reference.fold(whole.columns({ a: values, b: shuffled }, { steps: shuffled }));
    const { store } = await open();
    const journal = new JournalLike();
    for (let at = 0, size = 1; at < 9000; at += size, size = (size * 13) % 4099) {
      const cut = (from: Float64Array) => from.slice(at, at + size);
      await store.fold(
        journal.columns({ a: cut(values), b: cut(shuffled) }, { steps: cut(shuffled) }),
      );
    }
    const probe = async (): Promise<void> => {
      expect(await allRows(store)).toEqual(await allRows(reference));
      for (const order of ["step", "time"] as const) {
        expect(await allRecords(store, { order })).toEqual(await allRecords(reference, { order }));
      }
      for (const axis of ["step", "time"] as const) {
        const got = await readOne(store, { key: "a", axis, buckets: 10_000 });
        expect(got).toEqual(await readOne(reference, { key: "a", axis, buckets: 10_000 }));
      }
    };
    await probe();
    await compactAll(store);
    await probe();
  });
}

async function expectSame(store: Store, reference: Store): Promise<void> {
  expect(await allRows(store)).toEqual(await allRows(reference));
  expect(await store.listRuns(PROJECT)).toEqual(await reference.listRuns(PROJECT));
  expect(await store.listAlerts(PROJECT)).toEqual(await reference.listAlerts(PROJECT));
  for (const order of ["time", "-step"] as const) {
    const query = { project: PROJECT, order, search: "1", limit: 9, offset: 1 };
    expect(await store.listTraces(query)).toEqual(await reference.listTraces(query));
  }
  for (const lane of [undefined, "system"] as const) {
    await expectSameRecords(store, reference, lane);
    await expectSameSeries(store, reference, lane);
  }
  await expectSameMedia(store, reference);
}

async function expectSameRecords(store: Store, reference: Store, lane?: Lane): Promise<void> {
  const at = lane === undefined ? {} : { lane };
  const of = (from: Store) => [
    from.laneSize(PROJECT, RUN, lane),
    from.listKeys(PROJECT, RUN, lane),
  ];
  expect(await Promise.all(of(store))).toEqual(await Promise.all(of(reference)));
  for (const query of [
    {},
    { from: 0, to: 6, keys: ["a"] },
    { order: "time" },
    { order: "time", from: EPOCH_MS + 5, to: EPOCH_MS + 15, keys: ["b", "c"] },
  ] as const) {
    const records = await allRecords(store, { ...at, ...query });
    expect(records).toEqual(await allRecords(reference, { ...at, ...query }));
  }
}

async function expectSameSeries(store: Store, reference: Store, lane?: Lane): Promise<void> {
  const summaries = await store.listMetrics(PROJECT, [RUN], lane);
  expectClose(summaries, await reference.listMetrics(PROJECT, [RUN], lane));
  for (const { key } of summaries) {
    if (lane === undefined) {
      expect(await allPoints(store, key)).toEqual(await allPoints(reference, key));
    }
    for (const axis of ["step", "time"] as const) {
      for (const buckets of [3, 1000]) {
        const query = { key, axis, buckets, ...(lane !== undefined && { lane }) };
        expectClose(await readOne(store, query), await readOne(reference, query));
      }
    }
  }
}

async function expectSameMedia(store: Store, reference: Store): Promise<void> {
  const summaries = await store.listMedia(PROJECT, [RUN]);
  expect(summaries).toEqual(await reference.listMedia(PROJECT, [RUN]));
  const blobs = await allBlobs(store);
  expect(blobs).toEqual(await allBlobs(reference));
  expect(await allBlobs(store, RUN)).toEqual(blobs);
  for (const { key, kind, lastStep: to } of summaries) {
    const query = { project: PROJECT, key, kind, runs: [RUN] };
    expect(await store.readMediaSteps(query)).toEqual(await reference.readMediaSteps(query));
    for (const part of [{ limit: 1 }, { limit: 5, before: to }, { limit: 100, from: 0, to: 6 }]) {
      const page = await store.readMedia({ ...query, ...part });
      expect(page).toEqual(await reference.readMedia({ ...query, ...part }));
    }
    for (const at of [{}, { step: 3 }, { index: 1 }]) {
      const table = await store.findTable(PROJECT, RUN, key, at);
      expect(table).toEqual(await reference.findTable(PROJECT, RUN, key, at));
    }
  }
}

/** Equal, but for the order in which a sum was added up. */
function expectClose(got: unknown, wanted: unknown): void {
  const close = (a: unknown, b: unknown): boolean | undefined => {
    if (typeof a !== "number" || typeof b !== "number") return undefined;
    if (Number.isNaN(a) || Number.isNaN(b) || Object.is(a, b)) return undefined;
    return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1);
  };
  const plain = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (_, v) =>
        ArrayBuffer.isView(v)
          ? Array.from(v as Float64Array, String)
          : v === undefined
            ? null
            : typeof v === "number"
              ? String(v)
              : v,
      ),
    );
  const walk = (a: unknown, b: unknown): boolean => {
    if (typeof a === "string" && typeof b === "string") {
      return a === b || close(Number(a), Number(b)) === true;
    }
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
    const [keysA, keysB] = [Object.keys(a), Object.keys(b)];
    return (
      keysA.length === keysB.length &&
      keysA.every((key) =>
        walk((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
      )
    );
  };
  if (!walk(plain(got), plain(wanted))) expect(got).toEqual(wanted);
}
