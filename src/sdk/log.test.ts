import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import * as trackio from "./index.ts";
import { readRun } from "./testing/on-disk.ts";

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0),
);
const anyLeaf = fc.oneof(
  anyNumber,
  fc.bigInt(),
  fc.boolean(),
  fc.string({ unit: "binary" }),
  fc.constant(null),
  fc.date(),
  fc.array(anyNumber, { maxLength: 3 }),
  fc.constantFrom(Float32Array.of(0.1, NaN), BigInt64Array.of(1n), new Uint8Array(0), {}),
);
const anyKey = fc.string({ maxLength: 3 });
const anyValues = fc.dictionary(
  anyKey,
  fc.oneof(anyLeaf, fc.dictionary(anyKey, anyLeaf, { minKeys: 1, maxKeys: 3 })),
  {
    maxKeys: 4,
  },
);
const anyStep = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(),
);

/** The leaves of an object in order, by path. */
function leaves(object: object, path: readonly string[] = []): [string, unknown][] {
  return Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
    const place = [...path, key];
    const isBranch =
      value !== null &&
      typeof value === "object" &&
      [Object.prototype, null].includes(Object.getPrototypeOf(value) as null) &&
      Object.keys(value as object).length > 0;
    return isBranch ? leaves(value as object, place) : [[JSON.stringify(place), value]];
  });
}

/** An integer that a number can hold is a number. */
function asStep(step: number | bigint | undefined): number | bigint | undefined {
  return typeof step === "bigint" && Number.isSafeInteger(Number(step)) ? Number(step) : step;
}

test("no point is dropped or changed, any step order, any value: a row comes back as it was logged", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ values: anyValues, step: fc.option(anyStep, { nil: undefined }) }), {
        maxLength: 12,
      }),
      async (calls) => {
        const folder = temporaryFolder();
        const run = trackio.init({ project: "p", dir: folder.root });
        for (const { values, step } of calls) run.log(values, { step, time: 5 });
        const report = await run.finish();
        expect(report).toMatchObject({ recordCount: calls.length, warnings: [] });
        const { records, damagedLines } = readRun(folder);
        expect(damagedLines).toBe(0);
        const read = records.map(({ keys, values }) =>
          keys.map((key, i) => [JSON.stringify([key].flat()), values[i]]),
        );
        expect(read).toEqual(calls.map(({ values }) => leaves(values)));
        const given = calls.map(({ step }, i) => step ?? records[i]?.step);
        expect(records.map((record) => record.step)).toEqual(given.map(asStep));
      },
    ),
    { numRuns: 60 },
  );
});

test("without a step it counts on by one from the highest so far", async () => {
  const folder = temporaryFolder();
  const run = trackio.init({ project: "p", dir: folder.root });
  const steps = [
    undefined,
    undefined,
    10,
    undefined,
    3,
    undefined,
    12.5,
    undefined,
    -7,
    undefined,
    2n ** 60n,
    undefined,
  ];
  for (const step of steps) run.log({ a: 1 }, { step });
  await run.finish();
  const read = readRun(folder);
  expect(read.steps).toEqual([0, 1, 10, 11, 3, 12, 12.5, 13, -7, 14, 2n ** 60n, 2n ** 60n + 1n]);
  expect(read.head.highestStep).toBe(2n ** 60n + 1n);
});

test.each([
  [-5, -4],
  [-0.5, 0],
  [Number.MAX_SAFE_INTEGER, 2n ** 53n],
  [2 ** 60, 2n ** 60n + 1n],
  [4n, 5],
])("after step %s comes %s", async (step, next) => {
  const folder = temporaryFolder();
  const run = trackio.init({ project: "p", dir: folder.root });
  run.log({ a: 1 }, { step });
  run.log({ a: 1 });
  await run.finish();
  expect(readRun(folder).steps[1]).toBe(next);
});

test("numbers in nested objects become parent/child series; arrays and empty objects are values", async () => {
  const folder = temporaryFolder();
  const run = trackio.init({ project: "p", dir: folder.root });
  run.log({
    loss: 1,
    train: { acc: 0.5, deep: { x: 2 } },
    list: [1, { a: 2 }],
    none: {},
    gone: undefined,
  });
  await run.finish();
  expect(readRun(folder).rows).toEqual([
    { loss: 1, "train/acc": 0.5, "train/deep/x": 2, list: [1, { a: 2 }], none: {} },
  ]);
});

test("a key set is named once, whatever the order in which scripts take turns", async () => {
  const folder = temporaryFolder();
  const run = trackio.init({ project: "p", dir: folder.root });
  const shapes = Array.from({ length: 12 }, (_, i) => ({ [`key${i}`]: i, step: i }));
  for (let round = 0; round < 3; round += 1) for (const shape of shapes) run.log(shape);
  await run.finish();
  const { records, rows } = readRun(folder);
  expect(new Set(records.map((record) => record.keys)).size).toBe(12);
  expect(rows).toEqual([...shapes, ...shapes, ...shapes]);
});

test("time is now, or what was given", async () => {
  const folder = temporaryFolder();
  const run = trackio.init({ project: "p", dir: folder.root });
  const before = Date.now();
  run.log({ a: 1 });
  run.log({ a: 1 }, { time: 12.5 });
  run.log({ a: 1 }, { time: new Date(99) });
  await run.finish();
  const [now, ...given] = readRun(folder).records.map((record) => record.timeMs);
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
  expect(given).toEqual([12.5, 99]);
});

test("a clock that is set back changes no duration", async () => {
  const clock = vi.spyOn(Date, "now");
  onTestFinished(() => clock.mockRestore());
  const run = trackio.init({ project: "p", dir: temporaryFolder().root });
  clock.mockReturnValue(0);
  run.log({ a: 1 });
  expect((await run.finish()).durationMs).toBeGreaterThanOrEqual(0);
});

test("config and summary are merged, written down and kept in the head", async () => {
  const folder = temporaryFolder();
  const config: { lr: number; epochs?: number; set?: string } = { lr: 0.1 };
  const run = trackio.init({ project: "p", dir: folder.root, config });
  run.config.set({ epochs: 3, set: "a key of that name" });
  run.config.lr = 0.2;
  run.summary.set({ best: Number.NaN });
  run.summary.worst = -0;
  expect({ ...run.config }).toEqual({ lr: 0.2, epochs: 3 });
  expect({ ...run.summary }).toEqual({ best: Number.NaN, worst: -0 });
  const { head, events } = readRun(folder);
  expect(head.config).toEqual({ lr: 0.2, epochs: 3, set: "a key of that name" });
  expect(events.flatMap((event) => event.config ?? [])).toHaveLength(2);
  expect(events.flatMap((event) => event.summary ?? [])).toEqual([
    { best: { $: "NaN" } },
    { worst: { $: "-0" } },
  ]);
  await run.finish();
});

test("finish marks the run finished before it returns, and gives a short report", async () => {
  const folder = temporaryFolder();
  const run = trackio.init({ project: "p", name: "n", dir: folder.root });
  run.log({ a: 1 });
  const promise = trackio.finish();
  const { head, events } = readRun(folder);
  expect(head).toMatchObject({ state: "finished", end: { state: "finished" }, highestStep: 0 });
  expect(events.at(-1)?.end).toEqual({ state: "finished" });
  const report = await promise;
  expect(report).toMatchObject({
    project: "p",
    name: "n",
    id: run.id,
    recordCount: 1,
    warnings: [],
  });
  expect(report.sizeBytes).toBeGreaterThan(100);
  expect(report.durationMs).toBeGreaterThanOrEqual(0);
  expect(await run.finish()).toBe(report);
});

test("what is nested more than 500 levels deep is left out and told, the rest is kept", () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  onTestFinished(() => warn.mockRestore());
  const folder = temporaryFolder();
  const run = trackio.init({ project: "p", dir: folder.root });
  let deep: object = { leaf: 1 };
  for (let i = 0; i < 9_000; i += 1) deep = { a: deep };
  run.log({ deep, loss: 0.5 });
  void run.finish();
  expect(readRun(folder).rows).toEqual([{ loss: 0.5 }]);
  expect(run.stats().droppedValues).toBe(1);
});
