/**
 * What pictures and videos cost the script that logs them: a call of `log()`
 * with others' numbers in it each time, so that all is hashed and written; and
 * the first such call of a process, as shipped, which loads what keeps media.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as trackio from "../src/sdk/index.ts";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";

const SHIPPED = new URL("../dist/sdk/index.js", import.meta.url).href;
const PICTURE = [512, 512, 3];
const VIDEO = [10, 3, 64, 64];

export async function rows({ short }: BenchOptions): Promise<readonly BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "trackio-bench-"));
  const run = trackio.init({ project: "bench", dir });
  const calls = short ? 50 : 200;
  try {
    const bytes = Uint8Array.from({ length: 512 * 512 * 3 }, () => Math.random() * 256);
    const floats = Float32Array.from(bytes, (byte) => byte / 255);
    const frames = bytes.slice(0, 10 * 3 * 64 * 64);
    const uint8 = measure(calls, bytes, () => new trackio.Image(bytes, { shape: PICTURE }));
    const float32 = measure(calls, floats, () => new trackio.Image(floats, { shape: PICTURE }));
    const video = measure(calls, frames, () => new trackio.Video(frames, { shape: VIDEO }));
    return [
      atMost("log(Image 512×512×3 uint8), p50", uint8.p50Ms, "ms", 3),
      tell("log(Image 512×512×3 uint8), p99", uint8.p99Ms),
      atMost("log(Image 512×512×3 float32), p50", float32.p50Ms, "ms", 3),
      tell("log(Image 512×512×3 float32), p99", float32.p99Ms),
      atMost("log(Video 10×3×64×64), p50", video.p50Ms, "ms", 2),
      tell("log(Video 10×3×64×64), p99", video.p99Ms),
      atMost(
        "first log(Video 10×3×64×64) of a process",
        measureFirst(dir, short ? 3 : 9),
        "ms",
        20,
      ),
    ];
  } finally {
    await run.finish();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A row that says what the slowest calls take: on a machine that others use too, that is up to them. */
function tell(name: string, value: number): BenchRow {
  return { name, value, unit: "ms", target: "for information", holds: true };
}

/** Each call logs numbers that differ from the last ones in one place. The first tenth warms up and is not counted. */
function measure(
  calls: number,
  numbers: Uint8Array | Float32Array,
  create: () => trackio.Image | trackio.Video,
): { p50Ms: number; p99Ms: number } {
  const times = new Float64Array(calls);
  for (let i = -calls / 10; i < calls; i += 1) {
    numbers[Math.floor(Math.random() * numbers.length)] = Math.random();
    const start = performance.now();
    trackio.log({ media: create() });
    if (i >= 0) times[i] = performance.now() - start;
  }
  times.sort();
  return {
    p50Ms: times[Math.floor(calls * 0.5)] as number,
    p99Ms: times[Math.floor(calls * 0.99)] as number,
  };
}

function measureFirst(dir: string, trials: number): number {
  const source = `import * as trackio from ${JSON.stringify(SHIPPED)};
    trackio.init({ project: "first" });
    trackio.log({ loss: 1 });
    const frames = new Uint8Array(10 * 3 * 64 * 64).map(() => Math.random() * 256);
    const start = performance.now();
    trackio.log({ video: new trackio.Video(frames, { shape: [10, 3, 64, 64] }) });
    process.stdout.write(String(performance.now() - start));`;
  const env = { ...process.env, TRACKIO_DIR: dir, TRACKIO_MODE: "on" };
  const times = Array.from({ length: trials }, () =>
    Number(
      execFileSync(process.execPath, ["--input-type=module", "--eval", source], {
        encoding: "utf8",
        env,
      }),
    ),
  );
  return median(times);
}
