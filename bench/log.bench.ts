/**
 * What the SDK costs a training script: a call of `log()` against a bare write
 * of the same bytes, taken in turns in one process; import and `init` in
 * processes of their own, as shipped, against a bare Node.
 */

import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as trackio from "../src/sdk/index.ts";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";

const SHIPPED = new URL("../dist/sdk/index.js", import.meta.url).href;
const ROUNDS = 5;
const KEYS = ["loss", "acc", "lr", "grad", "norm", "val_loss", "val_acc", "time", "mem", "gpu"];

export async function rows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "trackio-bench-"));
  try {
    const log = await measureLog(dir, options.short ? 5_000 : 50_000);
    const start = measureStart(dir, options.short ? 5 : 15);
    return [
      atMost("log() of 10 scalars, p50 against a bare write", log.p50Ratio, "×", 2.5),
      atMost("log() of 10 scalars, p99 against a bare write", log.p99Ratio, "×", 3),
      atMost("init() after import", start.initMs, "ms", 5),
      atMost("import of the SDK above bare Node", start.importMs, "ms", 30),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measureLog(
  dir: string,
  calls: number,
): Promise<{ p50Ratio: number; p99Ratio: number }> {
  const run = trackio.init({ project: "bench", dir });
  const fd = openSync(join(dir, "bare"), "ax");
  const p50Ratios: number[] = [];
  const p99Ratios: number[] = [];
  // The first round warms both ways and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const { logged, bare } = measureRound(fd, calls);
    if (round === 0) continue;
    p50Ratios.push(quantile(logged, 0.5) / quantile(bare, 0.5));
    p99Ratios.push(quantile(logged, 0.99) / quantile(bare, 0.99));
  }
  closeSync(fd);
  await run.finish();
  return { p50Ratio: median(p50Ratios), p99Ratio: median(p99Ratios) };
}

function measureRound(fd: number, calls: number): { logged: Float64Array; bare: Float64Array } {
  const samples = Array.from({ length: 256 }, () =>
    Object.fromEntries(KEYS.map((key) => [key, longNumber()])),
  );
  const lines = samples.map(
    (values, i) => `${JSON.stringify([0, calls + i, Date.now(), ...Object.values(values)])}\n`,
  );
  const logged = new Float64Array(calls);
  const bare = new Float64Array(calls);
  for (let i = 0; i < calls; i += 1) {
    const values = samples[i % 256] as Record<string, number>;
    const line = lines[i % 256] as string;
    const start = performance.now();
    trackio.log(values);
    const between = performance.now();
    writeSync(fd, line);
    bare[i] = performance.now() - between;
    logged[i] = between - start;
  }
  return { logged, bare };
}

/** A number that needs all 17 digits. */
function longNumber(): number {
  for (;;) {
    const number = Math.random();
    if (String(number).length >= 19) return number;
  }
}

function quantile(values: Float64Array, share: number): number {
  return values.toSorted()[Math.floor(values.length * share)] as number;
}

/** Each in turns, so that what else the machine does falls on all alike. */
function measureStart(dir: string, trials: number): { initMs: number; importMs: number } {
  const init = `import * as trackio from ${JSON.stringify(SHIPPED)};
    const start = performance.now();
    trackio.init({ project: "bench", config: { lr: 0.001 } });
    const end = performance.now();
    process.stdout.write(String(end - start));`;
  const bareMs: number[] = [];
  const importMs: number[] = [];
  const initMs: number[] = [];
  for (let trial = 0; trial <= trials; trial += 1) {
    const bare = runModule(dir, "").wallMs;
    const imported = runModule(dir, `import ${JSON.stringify(SHIPPED)};`).wallMs;
    const initialized = Number(runModule(dir, init).output);
    if (trial === 0) continue;
    bareMs.push(bare);
    importMs.push(imported);
    initMs.push(initialized);
  }
  return { initMs: median(initMs), importMs: median(importMs) - median(bareMs) };
}

function runModule(dir: string, source: string): { output: string; wallMs: number } {
  const start = performance.now();
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", source], {
    encoding: "utf8",
    env: { ...process.env, TRACKIO_DIR: dir, TRACKIO_MODE: "on" },
  });
  return { output, wallMs: performance.now() - start };
}
