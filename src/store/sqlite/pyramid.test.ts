/** Series long enough for chunks, pages and levels, in every order of arrival, against plain arithmetic. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cellOf } from "../choose-grid.ts";
import type { Point, SeriesAxis, Store } from "../store.ts";
import { EPOCH_MS, JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import { allPoints, compactAll } from "../testing/reading.ts";
import { SqliteStore } from "./sqlite-store.ts";

interface Logged {
  readonly writer: number;
  readonly step: number;
  readonly time: number;
}

/** Numbers from 0 to 1 that are the same in every run of a test. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = createRandom(1);

/** Who logs which step when, in the order of the clock. */
const ARRIVALS: { readonly [name: string]: () => Logged[] } = {
  "in order": () =>
    Array.from({ length: 100_000 }, (_, i) => ({ writer: 0, step: i, time: 20 * i })),
  shuffled: () => {
    const steps = Float64Array.from({ length: 100_000 }, (_, i) => i);
    for (let i = steps.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [steps[i], steps[j]] = [steps[j]!, steps[i]!];
    }
    return Array.from(steps, (step, i) => ({ writer: 0, step, time: 20 * i }));
  },
  "going back to earlier steps, with a clock that goes back too": () =>
    Array.from({ length: 90_000 }, (_, i) => {
      const [attempt, step] = [Math.floor(i / 6000), i % 6000];
      return { writer: 0, step: attempt * 2000 + step, time: 20 * i - 9000 * (attempt % 3) };
    }),
  "twelve writers at once": () =>
    Array.from({ length: 100_000 }, (_, i) => ({
      writer: Math.floor(random() * 12),
      step: Math.floor(i / 12),
      time: i + (i % 7),
    })),
  "steps that repeat and pauses between": () =>
    Array.from({ length: 80_000 }, (_, i) => ({
      writer: 0,
      step: Math.floor(i / 500),
      time: 10 * i + 3_600_000 * Math.floor(i / 9000),
    })),
};

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "trackio-pyramid-"));
  store = await SqliteStore.open(join(folder, "store.db"));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

interface Expected extends Logged {
  readonly value: number;
  readonly record: number;
}

/** Folds all that was logged in pieces of random size; gives the points as they are expected to be read. */
async function foldAll(logged: readonly Logged[], hasEnded: boolean): Promise<Expected[]> {
  const writers = Map.groupBy(logged, (record) => record.writer);
  const queues = Array.from(writers, ([writer, records]) => ({
    journal: new JournalLike({}, `w${writer}`),
    records: records.map((record, i) => ({ ...record, value: loggedValue(record, i), record: i })),
    at: 0,
  }));
  for (
    let left = queues.slice();
    left.length > 0;
    left = left.filter((q) => q.at < q.records.length)
  ) {
    for (const queue of left) {
      const part = queue.records.slice(queue.at, queue.at + 1 + Math.floor(random() * 9000));
      queue.at += part.length;
      const of = (pick: (record: Expected) => number) => Float64Array.from(part, pick);
      const times = of((r) => EPOCH_MS + r.time);
      const values = of((r) => r.value);
      await store.fold(
        queue.journal.columns({ v: values, half: values }, { steps: of((r) => r.step), times }),
      );
    }
  }
  const end = { state: "finished" } as const;
  if (hasEnded) await store.fold(queues[0]!.journal.batch([], { end }));
  // Writers are numbered in the order in which they were folded.
  const numbers = new Map(queues.map(({ journal }, i) => [journal.writer.id, i]));
  return queues
    .flatMap(({ records }) => records)
    .map((r) => ({ ...r, time: EPOCH_MS + r.time, writer: numbers.get(`w${r.writer}`)! }))
    .sort((a, b) => a.step - b.step || a.writer - b.writer || a.record - b.record);
}

function loggedValue({ step, writer }: Logged, record: number): number {
  if (record === 777 && writer === 0) return 1e9;
  if (record % 5003 === 17) return [Number.NaN, Number.POSITIVE_INFINITY][record % 2]!;
  return Math.sin(step / 1000) + writer + (record % 10) / 100;
}

async function expectAnswers(points: readonly Expected[], axis: SeriesAxis): Promise<void> {
  const xOf = (point: Expected) => (axis === "step" ? point.step : point.time);
  const ordered = points.toSorted((a, b) => xOf(a) - xOf(b));
  const [lowest, highest] = [xOf(ordered[0]!), xOf(ordered.at(-1)!)];
  for (let zoom = 0; zoom < 9; zoom++) {
    const width = (highest - lowest) * 10 ** (-zoom / 2);
    const from = zoom === 0 ? lowest : lowest + random() * (highest - lowest - width);
    const to = from + width;
    const buckets = zoom % 3 === 2 ? 37 : 1000;
    const query = { project: PROJECT, series: [{ run: RUN, key: "v" }], axis, from, to, buckets };
    const { grid, series } = await store.readSeries(query);
    expectBuckets(
      ordered.filter((point) => xOf(point) >= from && xOf(point) <= to),
      xOf,
      (x) => cellOf(grid, x),
      series[0]!,
    );
  }
}

function expectBuckets(
  inRange: readonly Expected[],
  xOf: (point: Expected) => number,
  cell: (x: number) => number,
  got: Awaited<ReturnType<Store["readSeries"]>>["series"][number],
): void {
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  expect(sum(got.count)).toBe(inRange.length);
  if (inRange.length === 0) return;
  const finite = inRange.map((point) => point.value).filter(Number.isFinite);
  const highest = (values: Iterable<number>) => {
    let max = Number.NEGATIVE_INFINITY;
    for (const value of values) if (value > max) max = value;
    return max;
  };
  expect(highest(got.max)).toBe(highest(finite));
  expect(highest(got.min.map((v) => -v))).toBe(highest(finite.map((v) => -v)));
  expect(sum(got.nan)).toBe(inRange.filter((point) => Number.isNaN(point.value)).length);
  expect(sum(got.posInf) + sum(got.nan) + finite.length).toBe(inRange.length);
  const [first, last] = [inRange[0]!, inRange.at(-1)!];
  expect([got.firstX[0], got.first[0]]).toEqual([xOf(first), first.value]);
  expect([got.lastX.at(-1), got.last.at(-1)]).toEqual([xOf(last), last.value]);
  // Up to the end of each bucket there are its points, and at most those of the bucket behind it.
  let [counted, own, next] = [0, 0, 0];
  for (let i = 0; i < got.length; i++) {
    counted += got.count[i]!;
    while (own < inRange.length && cell(xOf(inRange[own]!)) <= got.index[i]!) own++;
    while (next < inRange.length && cell(xOf(inRange[next]!)) <= got.index[i]! + 1) next++;
    if (counted < own || counted > next) expect(`${own} ≤ ${counted} ≤ ${next}`).toBe("true");
    if (cell(got.firstX[i]!) !== got.index[i]) expect(got.firstX[i]).toBe("in its bucket");
  }
}

describe.each(Object.keys(ARRIVALS))("a long series %s", (name) => {
  test("is read right at every zoom, on both axes, before, amid and after compaction", async () => {
    const points = await foldAll(ARRIVALS[name]!(), false);
    await expectAnswers(points, "step");
    await expectAnswers(points, "time");
    for (let slice = 0; await store.compact(0); slice++) {
      if (slice !== 3 && slice !== 12) continue;
      await expectAnswers(points, "step");
      await expectAnswers(points, "time");
    }
    await expectAnswers(points, "step");
    await expectAnswers(points, "time");
  });

  test("comes back point by point in order, while compaction moves it", async () => {
    const points = await foldAll(ARRIVALS[name]!(), true);
    const got: Point[] = [];
    for await (const page of store.readPoints(PROJECT, RUN, "v")) {
      got.push(...page);
      await store.compact(0);
    }
    expect(got.length).toBe(points.length);
    const differing = got.findIndex(
      ({ step, time, value }, i) =>
        step !== points[i]!.step || time !== points[i]!.time || !Object.is(value, points[i]!.value),
    );
    expect(differing).toBe(-1);
    await compactAll(store);
    expect(await allPoints(store, "v")).toEqual(got);
    await expectAnswers(points, "step");
    await expectAnswers(points, "time");
  });
});
