import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SeriesRequest } from "../../../src/protocol/api.ts";
import type { SeriesFrame } from "../../../src/protocol/series-frame.ts";
import { chooseGrid } from "../../../src/store/choose-grid.ts";
import { ReadError } from "../api/client.ts";
import type { ChartState } from "./chart-entry.ts";
import { SeriesBook } from "./series-book.ts";
import { bucketed, type Point } from "./testing/bucketed.ts";

const BUCKETS = 32;
const ANSWER_AFTER_MS = 40;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A server of runs that grow, and a book that reads from it; each answer takes a while. */
class Scene {
  readonly points = new Map<string, Point[]>();
  readonly requests: SeriesRequest[] = [];
  readonly states = new Map<string, ChartState>();
  failure: Error | undefined;
  isOffline = false;
  readonly book = new SeriesBook({
    fetch: (request, signal) => this.#answer(request, signal),
    changed: (key, state) => this.states.set(key, state),
    offline: () => {
      this.isOffline = true;
    },
    rangeClass: () => 0,
  });

  show(runs: readonly string[], zoom?: { from: number; to: number }): void {
    this.book.show({ runs, axis: "step", zoom, buckets: BUCKETS });
  }

  /** Logs points and tells the book, as the server does. */
  log(run: string, points: readonly Point[]): void {
    const all = [...(this.points.get(run) ?? []), ...points].sort((a, b) => a.x - b.x);
    this.points.set(run, all);
    this.book.change(run, Math.min(...points.map(({ x }) => x)));
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 12; round += 1) await vi.advanceTimersByTimeAsync(200);
  }

  /** What a chart shows, next to what a whole read on its grid would give. */
  compare(key: string, runs: readonly string[], zoom?: { from: number; to: number }): void {
    const held = this.states.get(key)?.held;
    for (const run of runs) {
      const points = inRange(this.points.get(run) ?? [], zoom?.from, zoom?.to);
      const shown = held?.series.get(run);
      if (points.length === 0) {
        expect(shown?.length ?? 0).toBe(0);
        continue;
      }
      const { index, count, min, max, lastX, last } = bucketed(points, held!.grid);
      expect(shown).toMatchObject({ index, count, min, max, lastX, last });
    }
  }

  async #answer(request: SeriesRequest, signal: AbortSignal): Promise<SeriesFrame> {
    this.requests.push(request);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ANSWER_AFTER_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new Error("aborted"));
    });
    if (this.failure) throw this.failure;
    const known = request.runs.map((run) => ({ run, points: [...(this.points.get(run) ?? [])] }));
    await promise;
    const all = known.flatMap(({ points }) => points.map(({ x }) => x));
    const extent = all.length === 0 ? undefined : { from: Math.min(...all), to: Math.max(...all) };
    const from = Math.max(request.from ?? Number.NEGATIVE_INFINITY, extent?.from ?? 0);
    const to = Math.max(from, Math.min(request.to ?? Number.POSITIVE_INFINITY, extent?.to ?? 0));
    const { buckets = BUCKETS } = request;
    const grid = typeof buckets === "number" ? chooseGrid(from, to, buckets) : buckets;
    const series = request.keys.flatMap((key) =>
      known.flatMap(({ run, points }) => {
        const shown = inRange(points, request.from, request.to);
        return shown.length === 0 ? [] : [{ ...bucketed(shown, grid), run, key }];
      }),
    );
    return { grid, ...(extent ? { extent } : {}), exact: true, series };
  }
}

function inRange(points: readonly Point[], from = -1e9, to = 1e9): Point[] {
  return points.filter(({ x }) => x >= from && x <= to);
}

function line(from: number, to: number): Point[] {
  return Array.from({ length: to - from }, (_, i) => ({ x: from + i, y: from + i }));
}

test("charts of the same runs are read in one request", async () => {
  const scene = new Scene();
  scene.log("a", line(0, 100));
  scene.show(["a"]);
  scene.book.see(["x", "y", "z"]);
  await scene.settle();
  expect(scene.requests).toEqual([
    { runs: ["a"], keys: ["x", "y", "z"], axis: "step", buckets: BUCKETS },
  ]);
  scene.compare("y", ["a"]);
});

test("of what changed only the tail is read, and nothing where nothing changed", async () => {
  const scene = new Scene();
  scene.log("a", line(0, 1000));
  scene.log("b", line(0, 1000));
  scene.show(["a", "b"]);
  scene.book.see(["x"]);
  await scene.settle();
  scene.log("a", line(1000, 1010));
  await scene.settle();
  expect(scene.requests).toHaveLength(2);
  expect(scene.requests[1]).toMatchObject({ runs: ["a"], buckets: { origin: 0, width: 32 } });
  expect(scene.requests[1]?.from).toBe(992);
  scene.compare("x", ["a", "b"]);
  scene.book.see(["x"]);
  await scene.settle();
  expect(scene.requests).toHaveLength(2);
});

test("a chart out of sight is not read until it is seen again", async () => {
  const scene = new Scene();
  scene.log("a", line(0, 100));
  scene.show(["a"]);
  scene.book.see(["x"]);
  await scene.settle();
  scene.book.see([]);
  scene.log("a", line(100, 120));
  await scene.settle();
  expect(scene.requests).toHaveLength(1);
  scene.book.see(["x"]);
  await scene.settle();
  scene.compare("x", ["a"]);
});

test("a run that is added is read alone, the others stay", async () => {
  const scene = new Scene();
  for (const run of ["a", "b", "c"]) scene.log(run, line(0, 200));
  scene.show(["a", "b"]);
  scene.book.see(["x", "y"]);
  await scene.settle();
  scene.show(["a", "b", "c"]);
  await scene.settle();
  expect(scene.requests).toHaveLength(2);
  expect(scene.requests[1]).toMatchObject({ runs: ["c"], keys: ["x", "y"] });
  scene.compare("x", ["a", "b", "c"]);
});

test("what is out of date before it arrives is called off, the old picture stays until then", async () => {
  const scene = new Scene();
  scene.log("a", line(0, 1000));
  scene.show(["a"]);
  scene.book.see(["x"]);
  await scene.settle();
  const old = scene.states.get("x")?.held;
  scene.show(["a"], { from: 100, to: 200 });
  await vi.advanceTimersByTimeAsync(ANSWER_AFTER_MS / 2);
  expect(scene.states.get("x")?.held).toBe(old);
  scene.show(["a"], { from: 300, to: 400 });
  await scene.settle();
  expect(scene.states.get("x")?.held?.grid.origin).toBeGreaterThanOrEqual(290);
  scene.compare("x", ["a"], { from: 300, to: 400 });
});

test("a chart that failed is read again by itself, ever more rarely, and its error leaves with the answer", async () => {
  const scene = new Scene();
  scene.log("a", line(0, 100));
  scene.failure = new ReadError("It broke.");
  scene.show(["a"]);
  scene.book.see(["x"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(scene.states.get("x")?.error).toBe("It broke.");
  expect(scene.requests.length).toBeGreaterThan(3);
  expect(scene.requests.length).toBeLessThan(8);
  scene.failure = undefined;
  await vi.advanceTimersByTimeAsync(31_000);
  expect(scene.states.get("x")?.error).toBeUndefined();
  scene.compare("x", ["a"]);
});

test("an error is the chart's own and is read again when asked; without a server the book waits", async () => {
  const scene = new Scene();
  scene.log("a", line(0, 100));
  scene.failure = new ReadError("It broke.");
  scene.show(["a"]);
  scene.book.see(["x"]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(scene.states.get("x")?.error).toBe("It broke.");
  expect(scene.requests).toHaveLength(1);
  scene.failure = new ReadError("Gone.", { isOffline: true });
  scene.book.retry("x");
  await scene.settle();
  expect(scene.isOffline).toBe(true);
  expect(scene.requests).toHaveLength(2);
  scene.failure = undefined;
  scene.book.pause(false);
  await scene.settle();
  expect(scene.states.get("x")?.error).toBeUndefined();
  scene.compare("x", ["a"]);
});

test("however points arrive, a chart holds what a whole read gives, on a grid that it can show", async () => {
  const runs = ["a", "b"] as const;
  const burst = fc.record({
    run: fc.constantFrom(...runs),
    from: fc.integer({ min: 0, max: 50_000 }),
    length: fc.integer({ min: 1, max: 400 }),
    waitMs: fc.constantFrom(0, 10, 50, 130, 500),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(burst, { minLength: 1, maxLength: 12 }), async (bursts) => {
      const scene = new Scene();
      scene.show(runs);
      scene.book.see(["x"]);
      for (const { run, from, length, waitMs } of bursts) {
        scene.log(run, line(from, from + length));
        await vi.advanceTimersByTimeAsync(waitMs);
      }
      await scene.settle();
      scene.compare("x", runs);
      const lengths = [...(scene.states.get("x")?.held?.series.values() ?? [])].map(
        (one) => one.length,
      );
      expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(BUCKETS * 2);
    }),
    { numRuns: 60 },
  );
});
