/** The command line: what a person waits for after pressing Enter, from the start of the process. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as trackio from "../src/sdk/index.ts";
import { readLink } from "../tools/read-link.ts";
import { ROOT } from "../tools/run-command.ts";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";

const RUN_COUNT = 1_000;
const LIMIT_MS = 300;
const TRACKIO = join(ROOT, "bin", "trackio.js");

export async function rows({ short }: BenchOptions): Promise<readonly BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "trackio-bench-cli-"));
  const env = { ...process.env, TRACKIO_DIR: dir };
  const trials = short ? 3 : 5;
  try {
    await logRuns(dir);
    const list = () =>
      execFileSync(process.execPath, [TRACKIO, "list", "runs", "--project", "bench"], { env });
    // The first call folds what was logged, and warms the page cache.
    list();
    const listMs = Array.from({ length: trials }, () => {
      const beganAt = performance.now();
      list();
      return performance.now() - beganAt;
    });
    const showMs: number[] = [];
    for (let trial = 0; trial < trials; trial++) showMs.push(await measureShow(env));
    return [
      atMost(`trackio list runs, ${RUN_COUNT} runs`, median(listMs), "ms", LIMIT_MS),
      atMost("trackio show to first answer", median(showMs), "ms", LIMIT_MS),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function logRuns(dir: string): Promise<void> {
  for (let number = 0; number < RUN_COUNT; number++) {
    const run = trackio.init({ project: "bench", dir, config: { number } });
    for (let step = 0; step < 10; step++) run.log({ loss: 1 / (step + 1), accuracy: step / 10 });
    await run.finish();
  }
}

/** From the start of the process until the page's HTML has come. */
async function measureShow(env: NodeJS.ProcessEnv): Promise<number> {
  const beganAt = performance.now();
  const server = spawn(process.execPath, [TRACKIO, "show", "--no-open", "--port", "0"], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(server, "exit");
  try {
    const page = await fetch(await readLink(server));
    await page.arrayBuffer();
    if (!page.ok) throw new Error(`The dashboard answered ${page.status}.`);
    return performance.now() - beganAt;
  } finally {
    server.kill("SIGINT");
    await ended;
  }
}
