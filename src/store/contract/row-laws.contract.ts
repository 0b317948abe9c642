/** Rows and points come back as they were logged. */

import { expect, test } from "vitest";
import type { Row, Store } from "../store.ts";
import { EPOCH_MS, JournalLike, type LoggedRecord } from "../testing/batches.ts";
import type { Open } from "../testing/opened-store.ts";
import { allPoints, allRows, compactAll } from "../testing/reading.ts";

const ODD_VALUES: readonly (LoggedRecord & Pick<Row, "step">)[] = [
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

export function rowLaws(open: Open): void {
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

  test("a key set that no script can log, with a key as leaf and as parent, costs no row but its own", async () => {
    const { store } = await open();
    const keys = ["a", ["a", "b"], ["list", "c"], "list"] as const;
    const odd = { step: 0, values: {}, keys, leaves: [1, 2, 3, [4]] };
    await store.fold(new JournalLike().batch([odd, { step: 1, values: { a: 5 } }]));
    const rows = await allRows(store);
    expect(rows.map(({ values }) => values)).toEqual([{ a: { b: 2 }, list: [4] }, { a: 5 }]);
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
