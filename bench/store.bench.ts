/**
 * What the store costs: the time of a fold, the bytes of a point, and the time
 * of a chart of ten million points against one of a million, whatever the order
 * in which they came. Charts are read by processes that have just begun, and have
 * read another series before.
 */

import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { RunId } from "../src/protocol/ids.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { JournalLike } from "../src/store/testing/batches.ts";
import { atLeast, atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";
import { inFolder } from "./in-folder.ts";

/** Series and steps of the run that is folded. */
const KEYS = 10;
const STEPS = 100_000;
/** Records of a batch, as a folder reads them from a journal at once. */
const BATCH = 5_000;

export async function rows({ short }: BenchOptions): Promise<readonly BenchRow[]> {
  const rounds = short ? 2 : 5;
  const decay = await measureFolds(rounds, noisyDecay);
  const random = await measureFolds(rounds, () => Math.random());
  const name = "folded, compacted and closed, 10 × 100k";
  return [
    atLeast("fold alone, one core", decay.pointsPerSecond, "points/s", 3_000_000),
    atLeast("fold alone, one core, Math.random()", random.pointsPerSecond, "points/s", 3_000_000),
    atMost(`${name}, float32 noise`, decay.bytesPerPoint, "B/point", 6),
    atMost(`${name}, Math.random()`, random.bytesPerPoint, "B/point", 8.7),
    ...(await measureReads(short, false)),
    ...(await measureReads(short, true)),
  ];
}

function noisyDecay(step: number): number {
  const gauss = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return Math.fround(Math.exp(-step / 50_000) + 0.1 * gauss);
}

/** Folds one run more than `rounds`, the first one to warm up; each into a store of its own. */
async function measureFolds(
  rounds: number,
  valueAt: (step: number) => number,
): Promise<{ readonly pointsPerSecond: number; readonly bytesPerPoint: number }> {
  const speeds: number[] = [];
  let bytesPerPoint = Number.NaN;
  for (let round = 0; round <= rounds; round++) {
    await inFolder(async (folder) => {
      const path = join(folder, "store.db");
      const store = await SqliteStore.open(path);
      const journal = new JournalLike();
      const batches = runOf(journal, valueAt);
      const begin = performance.now();
      for (const batch of batches) await store.fold(batch);
      const seconds = (performance.now() - begin) / 1000;
      if (round > 0) speeds.push((KEYS * STEPS) / seconds);
      await store.fold(journal.batch([], { end: { state: "finished" } }));
      while (await store.compact(1_000));
      await store.close();
      bytesPerPoint = statSync(path).size / (KEYS * STEPS);
    });
  }
  return { pointsPerSecond: median(speeds), bytesPerPoint };
}

function runOf(journal: JournalLike, valueAt: (step: number) => number) {
  return Array.from({ length: STEPS / BATCH }, (_, batch) =>
    journal.columns(
      Object.fromEntries(
        Array.from({ length: KEYS }, (_, key) => [
          `metric-${key}`,
          Float64Array.from({ length: BATCH }, (_, row) => valueAt(batch * BATCH + row)),
        ]),
      ),
    ),
  );
}

async function measureReads(short: boolean, isShuffled: boolean): Promise<readonly BenchRow[]> {
  const [small, large] = short ? [100_000, 1_000_000] : [1_000_000, 10_000_000];
  const suffix = isShuffled ? ", steps shuffled" : "";
  return inFolder(async (folder) => {
    const path = join(folder, "store.db");
    await foldSeries(path, small, 0, isShuffled);
    await foldSeries(path, large, 1, isShuffled);
    const times = { small: [] as number[][], large: [] as number[][] };
    for (let round = 0; round < 5; round++) {
      times.small.push(await readFresh(path, large, small));
      times.large.push(await readFresh(path, small, large));
    }
    const ofSmall = readByRead(times.small);
    const ofLarge = readByRead(times.large);
    const name = `1,000 pixels of ${large / 1e6}M points, 50 zooms, fresh process${suffix}`;
    const ratio = median(ofLarge) / median(ofSmall);
    return [
      atMost(`${name}: against a tenth of the points`, ratio, "×", 1.2),
      atMost(`${name}: median`, median(ofLarge), "ms", 5),
      atMost(`${name}: slowest`, Math.max(...ofLarge), "ms", 5),
    ];
  });
}

/** Each read's median over the processes. */
function readByRead(processes: readonly (readonly number[])[]): number[] {
  return processes[0]!.map((_, read) => median(processes.map((times) => times[read]!)));
}

async function foldSeries(
  path: string,
  count: number,
  number: number,
  isShuffled: boolean,
): Promise<void> {
  await using store = await SqliteStore.open(path);
  const journal = new JournalLike({ id: String(count) as RunId, number });
  const steps = Float64Array.from({ length: count }, (_, i) => i);
  if (isShuffled) {
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [steps[i], steps[j]] = [steps[j]!, steps[i]!];
    }
  }
  for (let at = 0; at < count; at += 50_000) {
    const part = steps.slice(at, at + 50_000);
    const loss = part.map((step) => Math.exp(-step / (count / 2)) + 0.1 * Math.random());
    await store.fold(journal.columns({ loss }, { steps: part }));
  }
  await store.fold(journal.batch([], { end: { state: "finished" } }));
  while (await store.compact(1_000));
}

async function readFresh(path: string, warm: number, points: number): Promise<number[]> {
  const child = fileURLToPath(new URL("children/read-series.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    child,
    path,
    String(warm),
    String(points),
  ]);
  return JSON.parse(stdout) as number[];
}
