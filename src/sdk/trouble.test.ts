import { closeSync, fstatSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import * as trackio from "./index.ts";
import { readRun } from "./testing/on-disk.ts";
import { startScript } from "./testing/run-script.ts";

/** A run whose methods take anything, as in a script without types, and the lines that it tells. */
function openLoosely() {
  const folder = temporaryFolder();
  const told = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  onTestFinished(() => told.mockRestore());
  const run = trackio.init({ project: "p", dir: folder.root });
  const log = run.log.bind(run) as (values?: unknown, options?: unknown) => void;
  return { folder, run, log, told: () => told.mock.calls.map(([line]) => String(line)) };
}

/** Whatever a script without types may hand over by mistake. */
const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  fc.constantFrom<unknown>(
    Symbol("s"),
    () => 1,
    class {},
    new Proxy({}, { get: () => explode(), ownKeys: () => explode() }),
  ),
  fc.string().map((key) => Object.defineProperty({}, key, { enumerable: true, get: explode })),
  fc.constant(null).map(() => {
    const cycle: { self?: unknown } = {};
    cycle.self = [cycle];
    return cycle;
  }),
);

function explode(): never {
  throw new Error("touched");
}

test("after init the SDK never throws into the training script: trouble becomes one warning and a counter", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), anything, anything), { maxLength: 20 }),
      async (calls) => {
        const { folder, run, log } = openLoosely();
        for (const [method, first, second] of calls) {
          if (method === 0) log(first, second);
          if (method === 1) log({ value: first }, { step: second, time: first });
          if (method === 2) run.config.set(first as never);
          if (method === 3) run.summary.set({ [String(method)]: first } as never);
        }
        const { recordCount, refusedCalls, failedWrites, warnings } = await run.finish();
        const logged = calls.filter(([method]) => method < 2).length;
        expect(recordCount).toBeLessThanOrEqual(logged);
        expect(recordCount + refusedCalls).toBeGreaterThanOrEqual(logged);
        expect(failedWrites).toBe(0);
        expect(new Set(warnings).size).toBe(warnings.length);
        const read = readRun(folder);
        expect(read.records).toHaveLength(recordCount);
        expect(read.damagedLines).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

test("what cannot be kept is left out with one warning naming its key; the rest is logged", async () => {
  const { folder, run, log, told } = openLoosely();
  const cycle: { self?: unknown; x: number } = { x: 1 };
  cycle.self = cycle;
  for (let i = 0; i < 2; i += 1) {
    log({ f: () => 1, loss: i, s: Symbol("s"), cycle, deep: { g: test, y: 2 }, list: [1, test] });
  }
  expect(told()).toEqual([
    'trackio: "f" is left out: f is a function, which cannot be kept.',
    'trackio: "s" is left out: s is a symbol, which cannot be kept.',
    'trackio: "cycle/self" is left out: cycle.self is part of a cycle, which cannot be kept.',
    'trackio: "deep/g" is left out: deep.g is a function, which cannot be kept.',
    'trackio: "list" is left out: list.1 is a function, which cannot be kept.',
  ]);
  expect(await run.finish()).toMatchObject({ droppedValues: 10, recordCount: 2 });
  expect(readRun(folder).rows).toEqual([
    { loss: 0, "cycle/x": 1, "deep/y": 2 },
    { loss: 1, "cycle/x": 1, "deep/y": 2 },
  ]);
});

test("a value that cannot be read is left out like one that cannot be kept", async () => {
  const { folder, run, log, told } = openLoosely();
  let isBroken = false;
  const values = {
    loss: 1,
    get gpu() {
      return isBroken ? explode() : 2;
    },
    deep: new Proxy({}, { ownKeys: () => explode() }),
    json: { toJSON: explode },
  };
  log({ loss: 0, gpu: 1, deep: 1, json: 1 });
  log(values);
  isBroken = true;
  log(values);
  run.config.set(Object.defineProperty({ lr: 1 }, "gpu", { enumerable: true, get: explode }));
  expect(told()).toEqual([
    'trackio: "deep" is left out: it could not be read (touched).',
    'trackio: "json" is left out: it could not be read (touched).',
    'trackio: "gpu" is left out: it could not be read (touched).',
    'trackio: "gpu" is left out: it could not be read (touched).',
  ]);
  expect({ ...run.config }).toEqual({ lr: 1 });
  expect(await run.finish()).toMatchObject({ droppedValues: 5, recordCount: 3, refusedCalls: 0 });
  expect(readRun(folder).rows.slice(1)).toEqual([{ loss: 1, gpu: 2 }, { loss: 1 }]);
});

test("a value whose content would not be kept, like a promise or a tensor, is told", async () => {
  const { folder, run, log, told } = openLoosely();
  class Tensor {
    readonly shape: readonly number[] = [];
    dataSync() {
      return Float32Array.of(0.5);
    }
  }
  log({ loss: 1, accuracy: Promise.resolve(1), error: new Error("e"), list: [new WeakMap()] });
  log({ loss: new Tensor() });
  expect(told()).toEqual([
    'trackio: "accuracy" is left out: accuracy is an instance of Promise, which cannot be kept.',
    'trackio: "error" is left out: error is an instance of Error, which cannot be kept.',
    'trackio: "list" is left out: list.0 is an instance of WeakMap, which cannot be kept.',
    'trackio: "loss" is left out: loss is a tensor (its dataSync() gives the numbers), which cannot be kept.',
  ]);
  await run.finish();
  expect(readRun(folder).rows).toEqual([{ loss: 1 }, {}]);
});

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

test.each([
  ["an object without a text", Object.create(null)],
  ["a revoked proxy", revoked],
  [
    "an error whose text cannot be read",
    Object.defineProperty(new Error(), "message", { get: explode }),
  ],
  ["a symbol", Symbol("s")],
])("whatever a getter throws, be it %s, log() does not", async (_what, thrown) => {
  const { run, log } = openLoosely();
  const raise = () => {
    throw thrown;
  };
  const values = Object.defineProperty({ a: 1 }, "b", { enumerable: true, get: raise });
  log(values);
  log({ deep: values });
  log(new Proxy({}, { ownKeys: raise }));
  log({ a: 1 }, Object.defineProperty({}, "step", { get: raise }));
  log({ a: 1 }, { step: thrown });
  run.config.set(values);
  run.summary.set(new Proxy({}, { ownKeys: raise }));
  expect(await run.finish()).toMatchObject({ recordCount: 3, refusedCalls: 3, droppedValues: 2 });
});

test("a step or time that is none is told and counted, and the call is kept", async () => {
  const { folder, run, log, told } = openLoosely();
  const none = Object.create(null) as unknown;
  const beyondNumbers = 10n ** 400n;
  for (const step of [Number.NaN, "7", null, none, Infinity, Symbol("s"), explode, beyondNumbers])
    log({ a: 1 }, { step });
  const nanoseconds = 1.8e18;
  for (const time of [Number.NaN, "now", new Date(Number.NaN), nanoseconds])
    log({ a: 1 }, { time });
  expect(told()).toEqual([
    expect.stringMatching(/^trackio: step is NaN, which is no number .* next step is taken/),
    expect.stringMatching(/^trackio: time is NaN, which is neither .* present is taken/),
  ]);
  expect(run.stats()).toMatchObject({ wrongOptions: 12, recordCount: 12 });
  await run.finish();
  expect(readRun(folder).steps).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test("a call with nothing to log is told and counted, never thrown", async () => {
  const { folder, run, log, told } = openLoosely();
  const proxy = new Proxy({}, { ownKeys: () => explode() });
  for (const values of [undefined, null, 5, "loss", [1], new Map([["a", 1]]), proxy]) log(values);
  log({});
  expect(told()).toEqual([
    expect.stringMatching(/^trackio: log\(\) was given undefined; give it an object/),
    expect.stringMatching(/^trackio: log\(\) could not read what it was given \(touched\)/),
  ]);
  expect(await run.finish()).toMatchObject({ refusedCalls: 7, recordCount: 1 });
  expect(readRun(folder).rows).toEqual([{}]);
});

test("log after finish is told and counted", async () => {
  const { folder, run, log, told } = openLoosely();
  await run.finish();
  log({ a: 1 });
  log({ a: 1 });
  run.config.set({ lr: 1 });
  run.summary.set({ best: 1 });
  expect(told()).toEqual([
    expect.stringMatching(/called after the run ".*" had finished; it is not kept/),
  ]);
  expect(run.stats()).toMatchObject({ lateCalls: 4, recordCount: 0 });
  expect(readRun(folder).events).toHaveLength(1);
});

test("config and summary take what can be kept and tell the rest", async () => {
  const { folder, run, told } = openLoosely();
  run.config.set({ _private: 1, lr: 1, model: test } as never);
  run.summary.set({ f: test as never, best: 1 });
  (run.summary as { best?: number }).best = 2;
  delete (run.summary as { best?: number }).best;
  expect(told()).toHaveLength(3);
  await run.finish();
  const { head, events } = readRun(folder);
  expect(head.config).toEqual({ lr: 1 });
  expect(events.map((event) => event.summary).filter(Boolean)).toEqual([{ best: 1 }, { best: 2 }]);
});

test("a config that the script froze is still written down", async () => {
  const { folder, run } = openLoosely();
  Object.freeze(run.config);
  run.config.set({ lr: 1 });
  await run.finish();
  expect(readRun(folder).head.config).toEqual({ lr: 1 });
});

test("a config that cannot be kept whole is told, and the run begins", async () => {
  const { told } = openLoosely();
  const folder = temporaryFolder();
  const config: { [key: string]: unknown } = { lr: 1, activation: Math.tanh };
  config.itself = config;
  const run = trackio.init({ project: "p", config, dir: folder.root });
  expect(told()).toEqual([
    'trackio: "activation" is left out: config.activation is a function, which cannot be kept.',
    'trackio: "itself" is left out: config.itself is part of a cycle, which cannot be kept.',
  ]);
  expect(await run.finish()).toMatchObject({ warnings: expect.objectContaining({ length: 2 }) });
  expect(readRun(folder).head.config).toEqual({ lr: 1 });
});

test("a descriptor that the script closed is opened again", async () => {
  const { folder, run, log, told } = openLoosely();
  log({ a: 0 });
  const journal = readdirSync(folder.runFolder("p" as never, run.id)).find((name) =>
    name.endsWith("jsonl"),
  );
  closeSync(findDescriptor(journal as string));
  log({ a: 1 });
  await run.finish();
  expect(told()).toEqual([]);
  expect(readRun(folder).rows).toEqual([{ a: 0 }, { a: 1 }]);
});

/** The descriptor of this process that has a file of this name open. */
function findDescriptor(name: string): number {
  for (let fd = 3; fd < 200; fd += 1) {
    try {
      if (fstatSync(fd).isFile() && readlinkSync(`/proc/self/fd/${fd}`).endsWith(name)) return fd;
    } catch {
      // Not open.
    }
  }
  throw new Error(`${name} is not open`);
}

test("a data folder that vanishes ends nothing", async () => {
  const { folder, run, log } = openLoosely();
  log({ a: 1 });
  rmSync(folder.root, { recursive: true });
  log({ a: 2 });
  expect(await run.finish()).toMatchObject({ recordCount: 2 });
});

test("a run that is deleted while it is written is told at its end", async () => {
  const { folder, run, log, told } = openLoosely();
  log({ a: 1 });
  rmSync(folder.root, { recursive: true });
  log({ a: 2 });
  const { warnings } = await run.finish();
  expect(warnings).toEqual([expect.stringMatching(/was deleted from .* while it was written/)]);
  expect(told()).toHaveLength(1);
});

test("a warning that nobody can read any more ends nothing", async () => {
  const script = startScript(
    temporaryFolder(),
    `process.once("SIGUSR2", () => {
      run.log({ f: () => 1, a: 1 });
      setTimeout(() => {
        run.log({ g: () => 1, a: 2 });
        setTimeout(() => tell("the end"), 50);
      }, 50);
    });
    const run = trackio.init({ project: "p" });
    tell("ready");
    setTimeout(() => undefined, 500);`,
  );
  await script.told("ready");
  script.process.stderr?.destroy();
  script.process.kill("SIGUSR2");
  expect(await script.ended()).toMatchObject({ code: 0, output: "ready\nthe end\n" });
});

test("a full disk is told once, costs only the calls it refused, and is tried again", async () => {
  const folder = temporaryFolder();
  // A file size limit is the one full disk that a test can make, and empty again.
  const script = startScript(
    folder,
    `import { execFileSync } from "node:child_process";
    const run = trackio.init({ project: "p" });
    const kept = [];
    let calls = 0;
    const log = () => {
      const before = run.stats().failedWrites;
      run.log({ call: calls, text: "ÿ".repeat(40) });
      if (run.stats().failedWrites === before) kept.push(calls);
      calls += 1;
    };
    while (run.stats().failedWrites < 3) log();
    execFileSync("prlimit", ["--pid", String(process.pid), "--fsize=unlimited"]);
    for (let i = 0; i < 5; i++) log();
    const report = await run.finish();
    tell(JSON.stringify({ kept, report }));`,
    { command: ["bash", "-c", `trap "" XFSZ; ulimit -S -f 3; exec "$0" "$@"`, process.execPath] },
  );
  const { code, output, errors } = await script.ended();
  expect(errors).toMatch(/^trackio: log\(\) could not be written to .*EFBIG.*tried again\.\n$/);
  expect(code).toBe(0);
  const { kept, report } = JSON.parse(output) as { kept: number[]; report: trackio.RunReport };
  expect(report).toMatchObject({ failedWrites: 3, recordCount: kept.length });
  const { rows, damagedLines, head } = readRun(folder);
  expect(rows.map((row) => row.call)).toEqual(kept);
  expect(kept.slice(-5)).toHaveLength(5);
  expect(damagedLines).toBeLessThanOrEqual(1);
  expect(head.state).toBe("finished");
});

test("a record that the disk took as many bytes of as it has letters is known to be torn", async () => {
  const folder = temporaryFolder();
  const script = startScript(
    folder,
    `import { execFileSync } from "node:child_process";
    const run = trackio.init({ project: "p" });
    const sizeOf = (text) => {
      const before = run.stats().sizeBytes;
      run.log({ text }, { time: 1_000_000_000_000 });
      return run.stats().sizeBytes - before;
    };
    sizeOf("");
    const overheadBytes = sizeOf("");
    const letters = 3 * 1024 - run.stats().sizeBytes - overheadBytes;
    sizeOf("ÿ".repeat(letters));
    execFileSync("prlimit", ["--pid", String(process.pid), "--fsize=unlimited"]);
    sizeOf("after");
    tell(JSON.stringify((await run.finish()).failedWrites));`,
    { command: ["bash", "-c", `trap "" XFSZ; ulimit -S -f 3; exec "$0" "$@"`, process.execPath] },
  );
  const { code, output } = await script.ended();
  expect(code).toBe(0);
  expect(output.trim()).toBe("1");
  const { rows, damagedLines } = readRun(folder);
  expect(rows.map((row) => row.text)).toEqual(["", "", "after"]);
  expect(damagedLines).toBe(1);
});
