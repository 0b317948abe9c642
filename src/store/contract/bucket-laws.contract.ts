/** What a chart is told of its points. */

import { expect, test } from "vitest";
import type { RunId } from "../../protocol/ids.ts";
import { chooseGrid } from "../choose-grid.ts";
import { EPOCH_MS, JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import type { Open } from "../testing/opened-store.ts";
import { readOne, sumOf } from "../testing/reading.ts";

export function bucketLaws(open: Open): void {
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

  test("of two keys that make one series, points of one x are first and last by the order of records", async () => {
    const { store } = await open();
    const keys = ["a/b", ["a", "b"]] as const;
    const values = { step: 7, time: EPOCH_MS, values: {}, keys };
    const leaves = [
      [1, 2],
      [3, "text"],
    ];
    await store.fold(new JournalLike().batch(leaves.map((of) => ({ ...values, leaves: of }))));
    for (const axis of ["step", "time"] as const) {
      const { series } = await readOne(store, { key: "a/b", axis });
      expect([series.first[0], series.last[0], series.count[0]]).toEqual([1, 3, 3]);
    }
  });

  test("a grid or a number of buckets that cannot be is refused by value", async () => {
    const { store } = await open();
    await store.fold(new JournalLike().columns({ loss: Float64Array.of(3, 4) }));
    for (const buckets of [0, 1.5, 10_001, { origin: 0, width: 0 }, { origin: 0, width: 1e-9 }]) {
      await expect(readOne(store, { buckets })).rejects.toMatchObject({ code: "invalid_argument" });
    }
  });
}
