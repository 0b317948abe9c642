/**
 * What a page and a script feel of the server: how soon what was logged is
 * folded, what a large answer costs over HTTP, and how long the event loop is
 * held while scripts log and pages read.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Project } from "../src/protocol/api.ts";
import { parseProjectKey, type RunId } from "../src/protocol/ids.ts";
import { decodeSeriesFrame } from "../src/protocol/series-frame-codec.ts";
import { startServer } from "../src/server/start-server.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { EPOCH_MS, JournalLike } from "../src/store/testing/batches.ts";
import { atLeast, atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";
import { inFolder } from "./in-folder.ts";

const RUNS = 100;
const KEYS = Array.from({ length: 10 }, (_, i) => `train/metric-${i}`);
const PIXELS = 300;
const STEPS = 100_000;

export async function rows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const folded = await inFolder((root) => measureFolds(root, options.short ? 2 : 5));
  const answer = await inFolder((root) => measureAnswer(root, options.short ? 1_000 : 10_000));
  const loadSeconds = options.short ? 5 : 60;
  const delayMs = await inFolder((root) => measureDelay(root, loadSeconds));
  return [
    atLeast(
      "first log() returned → all folded, 1 run × 100k × 10",
      median(folded),
      "points/s",
      1_500_000,
    ),
    atMost("1,000 series × 300 pixels in one answer over HTTP", answer.ms, "ms", 400),
    atMost("the same answer's size", answer.megabytes, "MB", 5),
    atMost(`event-loop delay of the server in ${loadSeconds} s of load, p99.9`, delayMs, "ms", 20),
  ];
}

/** Points a second of each of `rounds` runs of 100,000 steps, by a server that has folded one before. */
async function measureFolds(root: string, rounds: number): Promise<number[]> {
  await using server = await startServer({ root, port: 0 });
  const store = await SqliteStore.open(join(root, "store", "store.db"), { readOnly: true });
  const folded: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const pointsPerSecond = await measureFold(root, store, `fast-${round}`);
    if (round > 0) folded.push(pointsPerSecond);
  }
  await store.close();
  await server.close();
  return folded;
}

/** From the first return of `log()` in a script until all that it logged is in the store. */
async function measureFold(root: string, store: SqliteStore, project: string): Promise<number> {
  const script = child("log-fast.ts", [root, project, String(STEPS)]);
  const [{ firstMs }] = (await once(script, "message")) as [{ firstMs: number }];
  for (;;) {
    const [run] = await store.listRuns(parseProjectKey(project));
    if (run?.recordCount === STEPS) break;
    await delay(10);
  }
  const tookMs = performance.timeOrigin + performance.now() - firstMs;
  if (script.exitCode === null) await once(script, "exit");
  return (STEPS * KEYS.length) / (tookMs / 1000);
}

async function measureAnswer(
  root: string,
  steps: number,
): Promise<{ ms: number; megabytes: number }> {
  await fillStore(root, steps);
  await using server = await startServer({ root, port: 0 });
  const body = JSON.stringify({
    runs: Array.from({ length: RUNS }, (_, i) => `run-${i}`),
    keys: KEYS,
    buckets: PIXELS,
  });
  const times: number[] = [];
  let bytes = 0;
  // The first round warms both sides and is not counted.
  for (let round = 0; round < 6; round += 1) {
    const beganAt = performance.now();
    const response = await fetch(`${server.url}/api/v1/projects/bench/series`, {
      method: "POST",
      body,
    });
    const answer = new Uint8Array(await response.arrayBuffer());
    const frame = decodeSeriesFrame(answer);
    if (round > 0) times.push(performance.now() - beganAt);
    if (frame.series.length !== RUNS * KEYS.length) throw new Error("Series are missing.");
    bytes = answer.length;
  }
  return { ms: median(times), megabytes: bytes / 1e6 };
}

/** A script logs 2,000 calls a second, three pages follow it and read ten charts of a hundred runs four times a second. */
async function measureDelay(root: string, seconds: number): Promise<number> {
  await fillStore(root, 2_000);
  await using server = await startServer({ root, port: 0 });
  const script = child("log-steadily.ts", [root]);
  const pages = child("read-charts.ts", [server.url]);
  const { projects } = await untilThere<{ projects: Project[] }>(
    `${server.url}/api/v1/projects`,
    (answer) => answer.projects.some(({ key }) => key === "steady"),
  );
  if (projects.length !== 2) throw new Error("The load did not begin.");
  // What is compiled and read for the first time is no load.
  await delay(2_000);
  const histogram = monitorEventLoopDelay({ resolution: 5 });
  histogram.enable();
  await delay(seconds * 1000);
  histogram.disable();
  for (const process of [script, pages]) {
    process.kill();
    await once(process, "exit");
  }
  // The histogram counts whole intervals: what is beyond the 5 ms asked for is delay.
  return Math.max(0, histogram.percentile(99.9) / 1e6 - 5);
}

/** Runs as they are after training: 10 metrics with noise, folded and compacted. */
async function fillStore(root: string, steps: number): Promise<void> {
  const store = await SqliteStore.open(join(root, "store", "store.db"));
  for (let number = 0; number < RUNS; number += 1) {
    const id = `run-${number}` as RunId;
    const journal = new JournalLike({
      id,
      number,
      name: id,
      project: "bench",
      projectKey: parseProjectKey("bench"),
    });
    const columns = KEYS.map((key) => [key, noisyCurve(steps)] as const);
    const end = { state: "finished" as const };
    await store.fold({ ...journal.columns(Object.fromEntries(columns)), end, seenAt: EPOCH_MS });
  }
  while (await store.compact(1_000));
  await store.close();
}

function noisyCurve(steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, i) => Math.exp(-i / steps) + 0.1 * Math.random());
}

async function untilThere<T>(url: string, isThere: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = (await (await fetch(url)).json()) as T;
    if (isThere(answer)) return answer;
    await delay(50);
  }
}

function child(file: string, args: readonly string[]): ChildProcess {
  return fork(join(import.meta.dirname, "children", file), args);
}
