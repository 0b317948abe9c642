/** What a server elsewhere costs a training script while it is away: time of `log()`, and memory. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";

const CHILD = fileURLToPath(new URL("children/log-away.ts", import.meta.url));
/** Nobody listens there. */
const AWAY = "http://127.0.0.1:9";

interface Measured {
  readonly p50Ratio: number;
  /** MB above what the process had after `init`. */
  readonly aboveMb: number;
}

export async function rows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const calls = options.short ? 100_000 : 1_000_000;
  const away: Measured[] = [];
  const alone: Measured[] = [];
  for (let trial = 0; trial < (options.short ? 1 : 3); trial += 1) {
    away.push(await measure(calls, AWAY));
    alone.push(await measure(calls, ""));
  }
  const p50 = (measured: readonly Measured[]) => median(measured.map(({ p50Ratio }) => p50Ratio));
  return [
    atMost("log() with its server away, p50 against a bare write", p50(away), "×", 2.5),
    atMost("log() with its server away, p50 against none", p50(away) / p50(alone), "×", 1.1),
    atMost(
      `memory above the start, ${calls / 1_000}k calls with the server away`,
      Math.max(...away.map(({ aboveMb }) => aboveMb)),
      "MB",
      64,
    ),
  ];
}

async function measure(calls: number, serverUrl: string): Promise<Measured> {
  const dir = mkdtempSync(join(tmpdir(), "trackio-bench-"));
  try {
    const env = { ...process.env, TRACKIO_SERVER_URL: serverUrl };
    const child = fork(CHILD, [dir, String(calls)], { env, silent: true });
    const closed = once(child, "close");
    const [measured] = (await once(child, "message")) as [Measured];
    await closed;
    return measured;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
