/** The laws of `store.ts` as tests, in the same words. Every implementation runs them. */

import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { RunId } from "../protocol/ids.ts";
import type { Value } from "../protocol/values.ts";
import { chooseGrid } from "./choose-grid.ts";
import { MemoryStore } from "./memory/memory-store.ts";
import type { Point, Row, SeriesAxis, Store } from "./store.ts";
import { EPOCH_MS, JournalLike, type LoggedRecord, PROJECT, RUN } from "./testing/batches.ts";

/** A store under test. */
export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens it again on the same data; a store without a disk gives itself. */
  reopen(): Promise<Store>;
  /** Closes the store and removes its data. */
  remove(): Promise<void>;
}

export function storeContract(name: string, openFresh: () => Promise<OpenedStore>): void {
  describe(`${name}: laws of a store`, () => {
    const opened: OpenedStore[] = [];
    const open = async (): Promise<OpenedStore> => {
      const fresh = await openFresh();
      opened.push(fresh);
      return fresh;
    };
    afterEach(async () => {
      for (const fresh of opened.splice(0)) await fresh.remove();
    });
    foldLaws(open);
    rowLaws(open);
    bucketLaws(open);
    catalogueLaws(open);
    deleteLaws(open);
    sameAsMemory(open);
  });
}

type Open = () => Promise<OpenedStore>;

function foldLaws(open: Open): void {
  test("fold is all or nothing: offsets, records and run facts move together", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    await store.fold(journal.batch([{ step: 0, values: { loss: 1 } }]));
    const bad = journal.batch([{ step: 1, values: { loss: 2 } }], { config: { lr: 1 } });
    const block = bad.blocks[0]!;
    const broken = {
      ...bad,
      blocks: [block, { ...block, times: Float64Array.of(Number.NaN) }],
    };
    await expect(store.fold(broken)).rejects.toThrow(/time NaN/);
    expect(await store.offset(journal.source)).toBe(bad.from);
    expect(await allRows(store)).toHaveLength(1);
    expect((await store.findRun(PROJECT, RUN))?.config).toEqual({});
    expect(await store.fold(bad)).toMatchObject({ outcome: "folded" });
    expect(await allRows(store)).toHaveLength(2);
  });

  test("a batch that does not start at the stored offset changes nothing and says which is wanted", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const first = journal.batch([{ step: 3, values: { loss: 1 } }]);
    const second = journal.batch([{ step: 4, values: { loss: 2 } }]);
    expect(await store.fold(second)).toEqual({ outcome: "moved", offset: 0 });
    expect(await store.listProjects()).toEqual([]);
    expect(await store.fold(first)).toMatchObject({ outcome: "folded", from: { step: 3 } });
    expect(await store.fold(first)).toEqual({ outcome: "moved", offset: first.to });
    await store.fold(second);
    expect((await allRows(store)).map((row) => row.values)).toEqual([{ loss: 1 }, { loss: 2 }]);
    expect(await store.offset(journal.source)).toBe(second.to);
    await store.forget(journal.source);
    expect(await store.offset(journal.source)).toBe(0);
  });

  test("a fold tells the lowest new step and time, and whether keys are new", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const fold = (records: readonly LoggedRecord[]) => store.fold(journal.batch(records));
    const [a, b] = [
      { step: 7, time: EPOCH_MS + 1, values: { loss: 1 } },
      { step: 5, time: EPOCH_MS + 2, values: { loss: 1 } },
    ];
    const from = { step: 5, time: EPOCH_MS + 1 };
    expect(await fold([a, b])).toEqual({ outcome: "folded", from, newKeys: true });
    expect(await fold([a])).toMatchObject({ newKeys: false });
    expect(await fold([{ step: 9, values: { note: "text is no series" } }])).toMatchObject({
      newKeys: false,
    });
    expect(await fold([{ step: 9, values: { note: 1 } }])).toMatchObject({ newKeys: true });
    expect(await fold([])).toEqual({ outcome: "folded", newKeys: false });
  });
}

const ODD_VALUES: readonly LoggedRecord[] = [
  { step: 0, values: { b: 1, a: 2 } },
  { step: 1, values: { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY } },
  { step: 2.5, time: EPOCH_MS + 0.25, values: { a: -0, b: 5e-324, c: 0.1 + 0.2 } },
  { step: 2n ** 60n + 1n, values: { a: 2n ** 64n, b: -1n } },
  { step: 2n ** 60n, values: { a: 2n ** 53n + 1n, b: 0n } },
  {
    step: -3,
    values: { text: "é\u0000😀", yes: true, nothing: null, list: [1, Number.NaN, [-0]] },
  },
  { step: 4, values: { at: new Date(EPOCH_MS), vector: Float32Array.of(1, Number.NaN, -0) } },
  { step: 5, values: {} },
  {
    step: 6,
    values: { train: { acc: 0.5, deep: { er: 1n } }, loss: 2 },
    keys: [["train", "acc"], ["train", "deep", "er"], "loss"],
    leaves: [0.5, 1n, 2],
  },
  { step: 7, values: { a: "now text", b: 1 } },
  { step: 8, values: { a: 3, b: 2 } },
  { step: 8, values: { a: 4, b: null } },
];

function rowLaws(open: Open): void {
  test("rows come back as they were logged: key order, nesting, steps, times, every number bit for bit", async () => {
    const { store, reopen } = await open();
    const journal = new JournalLike();
    await store.fold(journal.batch(ODD_VALUES));
    const expected = ODD_VALUES.map(({ step, time, values }, record) => ({
      step,
      time: time ?? EPOCH_MS + record,
      values,
    })).sort((a, b) => (a.step < b.step ? -1 : a.step > b.step ? 1 : 0));
    const check = async (from: Store): Promise<void> => {
      const rows = await allRows(from);
      expect(rows).toEqual(expected);
      expect(rows.map((row) => JSON.stringify(Object.keys(row.values)))).toEqual(
        expected.map((row) => JSON.stringify(Object.keys(row.values))),
      );
    };
    await check(store);
    const again = await reopen();
    await check(again);
    await again.fold(journal.batch([], { end: { state: "finished" } }));
    await compactAll(again);
    await check(again);
  });

  test("records are ordered by step, writer and number in the writer's journal", async () => {
    const { store } = await open();
    const [a, b] = [new JournalLike({}, "first"), new JournalLike({}, "second")];
    await store.fold(a.batch([{ step: 1, values: { v: 1 } }]));
    await store.fold(b.batch([1, 0, 1].map((step, i) => ({ step, values: { v: 10 + i } }))));
    await store.fold(a.batch([1, 0].map((step, i) => ({ step, values: { v: 2 + i } }))));
    expect((await allRows(store)).map((row) => row.values.v)).toEqual([3, 11, 1, 2, 10, 12]);
    const points = await allPoints(store, "v");
    expect(points.map((point) => point.value)).toEqual([3, 11, 1, 2, 10, 12]);
  });

  test("a nested key and a flat key of the same name make one series", async () => {
    const { store } = await open();
    const nested = { keys: [["train", "acc"] as const, "train/acc"], leaves: [1, 2] };
    const values = { train: { acc: 1 }, "train/acc": 2 };
    await store.fold(new JournalLike().batch([{ step: 0, values, ...nested }]));
    expect((await allPoints(store, "train/acc")).map((point) => point.value)).toEqual([1, 2]);
    expect((await allRows(store))[0]?.values).toEqual(values);
  });

  test("a run that is not there is not_found by name", async () => {
    const { store } = await open();
    await expect(allRows(store)).rejects.toMatchObject({ code: "not_found" });
    await expect(allPoints(store, "loss")).rejects.toThrow(/"vision" has no run "run-0"/);
  });
}

function bucketLaws(open: Open): void {
  const spiky = Array.from({ length: 5000 }, (_, step) => (step === 3777 ? 1e6 : step % 7));

  test("a bucket keeps first, last, minimum and maximum of its points, and counts them", async () => {
    const { store } = await open();
    await store.fold(new JournalLike().columns({ loss: Float64Array.from(spiky) }));
    for (const buckets of [1, 2, 50, 1000, 10_000]) {
      const { series, grid } = await readOne(store, { buckets });
      expect(Math.max(...series.max)).toBe(1e6);
      expect(series.first[0]).toBe(0);
      expect(series.last.at(-1)).toBe(spiky.at(-1));
      expect(series.length).toBeLessThanOrEqual(buckets);
      expect(sumOf(series.count)).toBe(5000);
      expect(sumOf(series.sum)).toBe(sumOf(spiky));
      expect(grid).toEqual(chooseGrid(0, 4999, buckets));
      expect(series.nan).toHaveLength(0);
    }
  });

  test("NaN and ±Infinity are counted and never bend a number", async () => {
    const { store } = await open();
    const [inf, ninf] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const values = [Number.NaN, 1, inf, ninf, 3, inf, Number.NaN, Number.NaN];
    await store.fold(new JournalLike().columns({ loss: Float64Array.from(values) }));
    const { series } = await readOne(store, { buckets: { origin: 0, width: 6 } });
    expect(series).toMatchObject({ length: 2 });
    expect(Array.from(series.min)).toEqual([1, Number.NaN]);
    expect(Array.from(series.max)).toEqual([3, Number.NaN]);
    expect(Array.from(series.sum)).toEqual([4, 0]);
    expect(Array.from(series.first)).toEqual([Number.NaN, Number.NaN]);
    expect(Array.from(series.last)).toEqual([inf, Number.NaN]);
    expect([series.nan, series.posInf, series.negInf].map((c) => Array.from(c))).toEqual([
      [1, 2],
      [2, 0],
      [1, 0],
    ]);
    const [summary] = await store.listMetrics(PROJECT, [RUN]);
    expect(summary).toEqual({
      run: RUN,
      key: "loss",
      ...{ count: 8, min: 1, max: 3, mean: 2, last: Number.NaN, lastStep: 7 },
      ...{ nanCount: 3, posInfCount: 2, negInfCount: 1 },
    });
  });

  test("the sum of the counts over all buckets is the number of points in range", async () => {
    const { store } = await open();
    const count = 20_000;
    const values = Float64Array.from({ length: count }, (_, i) => Math.sin(i));
    await store.fold(new JournalLike().columns({ loss: values }));
    for (const [from, to] of [
      [0, 19_999],
      [5, 19_990],
      [4096, 8191],
      [777, 777],
      [10_000.5, 12_345.6],
      [-5, 3],
      [30_000, 40_000],
    ] as const) {
      const { series, extent } = await readOne(store, { from, to, buckets: 300 });
      const inRange = Math.max(
        0,
        Math.min(count - 1, Math.floor(to)) - Math.max(0, Math.ceil(from)) + 1,
      );
      expect(sumOf(series.count)).toBe(inRange);
      expect(extent).toEqual({ from: 0, to: count - 1 });
      if (inRange > 0) {
        expect(series.firstX[0]).toBe(Math.max(0, Math.ceil(from)));
        expect(series.lastX.at(-1)).toBe(Math.min(count - 1, Math.floor(to)));
      }
    }
  });

  test("a bucket of one point is that point", async () => {
    const { store } = await open();
    await store.fold(new JournalLike().columns({ loss: Float64Array.of(3, 1, 2) }));
    const { series } = await readOne(store, { buckets: { origin: 0, width: 1 } });
    expect(Array.from(series.index)).toEqual([0, 1, 2]);
    for (const values of [series.first, series.last, series.min, series.max, series.sum]) {
      expect(Array.from(values)).toEqual([3, 1, 2]);
    }
  });

  test("a series that is not there has no buckets, and its neighbour has its own", async () => {
    const { store } = await open();
    await store.fold(new JournalLike().columns({ loss: Float64Array.of(3) }));
    const answer = await store.readSeries({
      project: PROJECT,
      series: [
        { run: RUN, key: "nope" },
        { run: "nobody" as RunId, key: "loss" },
        { run: RUN, key: "loss" },
      ],
      axis: "step",
      buckets: 10,
    });
    expect(answer.series.map((series) => series.length)).toEqual([0, 0, 1]);
    expect(answer.extent).toEqual({ from: 0, to: 0 });
    const none = await store.readSeries({ project: PROJECT, series: [], axis: "time", buckets: 1 });
    expect(none.series).toEqual([]);
    expect(none.extent).toBeUndefined();
  });

  test("on the time axis points of any step order lie where their time is", async () => {
    const { store } = await open();
    const steps = Float64Array.of(5, 3, 4, 0, 1, 2);
    await store.fold(new JournalLike().columns({ v: Float64Array.from(steps) }, { steps }));
    const { series } = await readOne(store, {
      key: "v",
      axis: "time",
      buckets: { origin: EPOCH_MS, width: 60 },
    });
    expect(Array.from(series.first)).toEqual([5, 0]);
    expect(Array.from(series.last)).toEqual([4, 2]);
    expect(Array.from(series.firstX)).toEqual([EPOCH_MS, EPOCH_MS + 60]);
  });

  test("a grid or a number of buckets that cannot be is refused by value", async () => {
    const { store } = await open();
    await store.fold(new JournalLike().columns({ loss: Float64Array.of(3, 4) }));
    for (const buckets of [0, 1.5, 10_001, { origin: 0, width: 0 }, { origin: 0, width: 1e-9 }]) {
      await expect(readOne(store, { buckets })).rejects.toMatchObject({ code: "invalid_argument" });
    }
  });
}

function catalogueLaws(open: Open): void {
  test("runs are listed by number, newest first, with what is known of them", async () => {
    const { store, reopen } = await open();
    const journals = [0, 1, 2].map(
      (number) =>
        new JournalLike({ id: `run-${number}` as RunId, number, name: number < 2 ? "same" : "c" }),
    );
    for (const [i, journal] of journals.entries()) {
      const records = [{ step: 10 * i, time: EPOCH_MS + 1000 * i, values: { loss: i } }];
      await store.fold(journal.batch(records, { config: { lr: i, layers: [1, 2] } }));
    }
    const infos = await (await reopen()).listRuns(PROJECT);
    expect(infos.map((run) => run.number)).toEqual([2, 1, 0]);
    expect(infos[0]).toEqual({
      ...journals[2]!.run,
      state: "running",
      updatedAt: EPOCH_MS + 2000,
      recordCount: 1,
      lastStep: 20,
      damagedLines: 0,
      config: { lr: 2, layers: [1, 2] },
      summary: {},
      writers: [{ ...journals[2]!.writer, source: journals[2]!.source, seenAt: EPOCH_MS + 2000 }],
    });
  });

  test("a run is found by id, or the newest by name", async () => {
    const { store } = await open();
    for (const number of [0, 1]) {
      const run = { id: `run-${number}` as RunId, number, name: "same", tags: ["a"], group: "g" };
      await store.fold(new JournalLike(run).batch([{ step: 0, values: { loss: 1 } }]));
    }
    expect((await store.findRun(PROJECT, "same"))?.number).toBe(1);
    expect(await store.findRun(PROJECT, "run-0")).toMatchObject({
      number: 0,
      tags: ["a"],
      group: "g",
    });
    expect(await store.findRun(PROJECT, "nope")).toBeUndefined();
    const one = await store.listRuns(PROJECT, { runs: ["run-0" as RunId, "nope" as RunId] });
    expect(one.map((run) => run.id)).toEqual(["run-0"]);
  });

  test("state, end, config and summary are what the newest batch said", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const facts = async () => (await store.findRun(PROJECT, RUN))!;
    await store.fold(
      journal.batch([], { config: { lr: 1, old: true }, summary: { best: 1, x: 1 } }),
    );
    await store.fold(
      journal.batch([], { config: { lr: 2 }, summary: { best: 2 }, damagedLines: 2 }),
    );
    expect(await facts()).toMatchObject({ state: "running", recordCount: 0, damagedLines: 2 });
    expect((await facts()).config).toEqual({ lr: 2 });
    expect((await facts()).summary).toEqual({ best: 2, x: 1 });
    expect(await facts()).not.toHaveProperty("lastStep");
    const end = { state: "failed", reason: "SIGINT", error: "stack" } as const;
    await store.fold(journal.batch([], { end, seenAt: EPOCH_MS + 9 }));
    expect(await facts()).toMatchObject({
      state: "failed",
      end,
      endedAt: EPOCH_MS + 9,
      writers: [],
    });
    await store.fold(journal.batch([], { end: "running", damagedLines: 1 }));
    expect(await facts()).toMatchObject({ state: "running", damagedLines: 3 });
    expect((await facts()).writers).toHaveLength(1);
    expect(await facts()).not.toHaveProperty("endedAt");
  });

  test("projects are listed with their runs counted, newest activity first", async () => {
    const { store } = await open();
    const place = (project: string) => ({ projectKey: project as typeof PROJECT, project });
    const seen = (at: number) => ({ seenAt: EPOCH_MS + at });
    await store.fold(new JournalLike(place("old")).batch([], seen(5)));
    const done = new JournalLike({ ...place("new"), createdAt: EPOCH_MS - 7 });
    await store.fold(done.batch([], { ...seen(6), end: { state: "finished" } }));
    const other = new JournalLike({ ...place("new"), id: "b" as RunId, number: 1 });
    await store.fold(other.batch([], seen(1)));
    const facts = { createdAt: EPOCH_MS - 7, updatedAt: EPOCH_MS + 6 };
    expect(await store.listProjects()).toEqual([
      { key: "new", name: "new", runCount: 2, runningCount: 1, ...facts },
      {
        key: "old",
        name: "old",
        runCount: 1,
        runningCount: 1,
        createdAt: EPOCH_MS,
        updatedAt: EPOCH_MS + 5,
      },
    ]);
  });

  test("summaries come by run as asked and key as first logged", async () => {
    const { store } = await open();
    for (const id of ["a", "b"]) {
      const journal = new JournalLike({ id: id as RunId, number: id === "a" ? 0 : 1 });
      await store.fold(journal.batch([{ step: 0, values: { z: 1, text: "x", a: 2 } }]));
      await store.fold(journal.batch([5, 4].map((step) => ({ step, values: { m: step, z: 9n } }))));
    }
    const summaries = await store.listMetrics(PROJECT, ["b", "nope", "a"] as RunId[]);
    expect(summaries.map(({ run, key }) => run + key)).toEqual([
      "bz",
      "ba",
      "bm",
      "az",
      "aa",
      "am",
    ]);
    expect(summaries[2]).toMatchObject({
      count: 2,
      last: 5,
      lastStep: 5,
      min: 4,
      max: 5,
      mean: 4.5,
    });
    expect(summaries[0]).toMatchObject({ count: 3, last: 9, max: 9 });
  });

  test("size counts the points and the bytes of each project", async () => {
    const { store } = await open();
    await store.fold(
      new JournalLike().columns({ a: new Float64Array(500), b: new Float64Array(500) }),
    );
    const { bytes, projects } = await store.size();
    expect(projects).toMatchObject([{ key: PROJECT, pointCount: 1000 }]);
    expect(projects[0]?.bytes).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThanOrEqual(projects[0]?.bytes ?? 0);
  });
}

function deleteLaws(open: Open): void {
  test("a deleted run answers not_found, and a fold of it is refused: deleted", async () => {
    const { store, reopen } = await open();
    const journal = new JournalLike();
    const other = new JournalLike({ id: "other" as RunId, number: 1 });
    await store.fold(journal.batch([{ step: 0, values: { loss: 1 } }]));
    await store.fold(other.batch([{ step: 0, values: { loss: 5 } }]));
    expect(await store.deleteRun(PROJECT, RUN)).toBe(true);
    expect(await store.deleteRun(PROJECT, RUN)).toBe(false);
    const check = async (after: Store): Promise<void> => {
      await expect(allRows(after)).rejects.toMatchObject({ code: "not_found" });
      expect(await after.findRun(PROJECT, RUN)).toBeUndefined();
      expect(await after.listMetrics(PROJECT, [RUN])).toEqual([]);
      expect((await readOne(after, {})).series).toHaveLength(0);
      const late = journal.batch([{ step: 1, values: { loss: 1 } }]);
      expect(await after.fold(late)).toEqual({ outcome: "deleted" });
      expect((await after.listRuns(PROJECT)).map((run) => run.id)).toEqual(["other"]);
      expect(await allRows(after, "other" as RunId)).toHaveLength(1);
    };
    await check(store);
    await check(await reopen());
  });

  test("a deleted project takes all its runs along, each with a tombstone", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    await store.fold(journal.batch([{ step: 0, values: { loss: 1 } }]));
    expect(await store.deleteProject(PROJECT)).toBe(true);
    expect(await store.deleteProject(PROJECT)).toBe(false);
    expect(await store.listProjects()).toEqual([]);
    expect(await store.fold(journal.batch([]))).toEqual({ outcome: "deleted" });
    const next = new JournalLike({ id: "next" as RunId, number: 1 });
    expect(await store.fold(next.batch([]))).toMatchObject({ outcome: "folded" });
    expect(await store.listProjects()).toMatchObject([{ key: PROJECT, runCount: 1 }]);
  });
}

const plainValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 8, arbitrary: fc.double() },
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }) },
  { weight: 1, arbitrary: fc.constantFrom<Value>("text", true, null, -0, Number.NaN, [1, [2]]) },
);
const stepOf = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -4, max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom<number | bigint>(0.5, 2n ** 60n, 2n ** 60n + 1n) },
);
const recordOf: fc.Arbitrary<LoggedRecord> = fc.record({
  step: stepOf,
  time: fc.integer({ min: EPOCH_MS, max: EPOCH_MS + 20 }),
  values: fc.constantFrom(["a"], ["a", "b"], ["c", "a"], []).chain((keys) =>
    fc.record(Object.fromEntries(keys.map((key) => [key, plainValue])), {
      noNullPrototype: true,
    }),
  ),
});
/** Records of up to three writers, cut into batches, and what happens between two folds. */
const folding = fc.array(
  fc.record({
    writer: fc.integer({ min: 0, max: 2 }),
    records: fc.array(recordOf, { maxLength: 12 }),
    afterwards: fc.constantFrom("go on", "go on", "compact", "reopen"),
  }),
  { maxLength: 12 },
);

function sameAsMemory(open: Open): void {
  test("batches in any order, with restarts and compaction between, give what the reference gives", async () => {
    await fc.assert(
      fc.asyncProperty(folding, async (folds) => {
        const fresh = await open();
        const reference = new MemoryStore();
        const journals = [0, 1, 2].map((writer) => new JournalLike({}, `w${writer}`));
        let { store } = fresh;
        for (const { writer, records, afterwards } of folds) {
          const batch = journals[writer]!.batch(records);
          expect(await store.fold(batch)).toEqual(await reference.fold(batch));
          if (afterwards === "compact") await compactAll(store);
          if (afterwards === "reopen") store = await fresh.reopen();
        }
        if (folds.length > 0) await expectSame(store, reference);
        await fresh.remove();
      }),
      { numRuns: 60 },
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
  const summaries = await store.listMetrics(PROJECT, [RUN]);
  expectClose(summaries, await reference.listMetrics(PROJECT, [RUN]));
  for (const { key } of summaries) {
    expect(await allPoints(store, key)).toEqual(await allPoints(reference, key));
    for (const axis of ["step", "time"] as const) {
      for (const buckets of [3, 1000]) {
        const query = { key, axis, buckets };
        expectClose(await readOne(store, query), await readOne(reference, query));
      }
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

async function readOne(
  store: Store,
  query: {
    readonly key?: string;
    readonly axis?: SeriesAxis;
    readonly from?: number;
    readonly to?: number;
    readonly buckets?: number | { readonly origin: number; readonly width: number };
  },
) {
  const { key = "loss", axis = "step", buckets = 1000, ...range } = query;
  const series = [{ run: RUN, key }];
  const answer = await store.readSeries({ project: PROJECT, series, axis, buckets, ...range });
  return { ...answer, series: answer.series[0]! };
}

async function allRows(store: Store, run: RunId = RUN): Promise<Row[]> {
  return pagesOf(store.readRows(PROJECT, run));
}

async function allPoints(store: Store, key: string): Promise<Point[]> {
  return pagesOf(store.readPoints(PROJECT, RUN, key));
}

async function pagesOf<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

async function compactAll(store: Store): Promise<void> {
  for (let slice = 0; await store.compact(1000); slice++) expect(slice).toBeLessThan(1000);
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
