/**
 * How much of what Trackio clients send is taken in: batches made beforehand
 * and sent by a process of its own to `trackio show`, and in the same run to
 * the server of the Python package where that can be installed.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseProjectKey } from "../src/protocol/ids.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { cleanEnv } from "../test/python/clean-env.ts";
import { freePort } from "../test/python/free-port.ts";
import { ServerProcess } from "../test/python/server-process.ts";
import { makePythonVenv } from "../tools/python-venv.ts";
import { ROOT } from "../tools/run-command.ts";
import { atLeast, atMost, type BenchOptions, type BenchRow } from "./bench-row.ts";
import type { Load, LoadResult } from "./children/send-batches.ts";

const CONNECTIONS = [4, 100];
/** 100 entries × 10 scalars. */
const WIDE = { entries: 100, scalars: 10 };
const NARROW = { entries: 100, scalars: 1 };
const FOLD_TIMEOUT_MS = 60_000;

interface Measured {
  readonly pointsPerSecond: number;
  readonly p99Ms: number;
  /** From the last answer until all that was sent is in the store. */
  readonly foldedSeconds: number;
}

export async function rows({ short }: BenchOptions): Promise<readonly BenchRow[]> {
  const { python, missing } = await makePythonVenv("trackio-0.43");
  if (missing !== undefined) process.stderr.write(`  without upstream's server: ${missing}\n`);
  const seconds = short ? 3 : 10;
  const rows: BenchRow[] = [];
  for (const connections of CONNECTIONS) {
    const name = `Trackio clients, ${connections} connections, 100 × 10 a batch`;
    const ours = await measureShow(connections, seconds);
    rows.push(atLeast(`${name}: durable`, ours.pointsPerSecond, "points/s", 800_000));
    if (python !== undefined) {
      const theirs = await measureUpstream(python, connections, seconds);
      const ratio = ours.pointsPerSecond / theirs.pointsPerSecond;
      rows.push(atLeast(`  ÷ upstream's own server, same run`, ratio, "×", 10));
    }
    rows.push(atMost(`  all folded after the load`, ours.foldedSeconds, "s", 10));
  }
  const steady = await measureSteady(short ? 6 : 60);
  const name = "100 Trackio clients, 1,000 batches/s of 100 × 1";
  rows.push(atMost(`${name}: planned → answered, p99`, steady.p99Ms, "ms", 10));
  if (steady.growthMb !== undefined) {
    rows.push(atMost(`  growth of the server's memory`, steady.growthMb, "MB", short ? 150 : 50));
  }
  return rows;
}

/** As it ships. */
async function startShow(): Promise<ServerProcess> {
  const port = await freePort();
  return await new ServerProcess(port, ({ dir, token }) => ({
    command: process.execPath,
    args: [join(ROOT, "bin", "trackio.js"), "show", "--no-open", "--port", String(port)],
    env: { ...cleanEnv(dir), TRACKIO_DIR: dir, TRACKIO_WRITE_TOKEN: token },
  })).start();
}

async function startUpstream(python: string): Promise<ServerProcess> {
  const port = await freePort();
  return await new ServerProcess(port, ({ dir, token }) => ({
    command: python,
    args: [join(ROOT, "interop", "servers.py"), String(port)],
    env: { ...cleanEnv(dir), TRACKIO_DIR: dir, TRACKIO_WRITE_TOKEN: token },
  })).start();
}

async function measureShow(connections: number, seconds: number): Promise<Measured> {
  await using server = await startShow();
  // The first requests compile what the others run.
  await sendLoad(server, { ...WIDE, project: "warm-up", connections, batches: 400, seconds: 2 });
  const batches = seconds * 3_000;
  const load = { ...WIDE, project: "load", connections, batches, seconds };
  const result = await sendLoad(server, load);
  const foldedSeconds = await untilFolded(server, "load", result.batches * load.entries);
  return { ...result, pointsPerSecond: pointsPerSecond(load, result), foldedSeconds };
}

async function measureUpstream(
  python: string,
  connections: number,
  seconds: number,
): Promise<{ readonly pointsPerSecond: number }> {
  await using server = await startUpstream(python);
  await sendLoad(server, { ...WIDE, project: "warm-up", connections, batches: 100, seconds: 2 });
  const load = { ...WIDE, project: "load", connections, batches: seconds * 300, seconds };
  const result = await sendLoad(server, load);
  return { pointsPerSecond: pointsPerSecond(load, result) };
}

/** A day of 100 clients, in little: what they feel, and how much memory the server holds on to. */
async function measureSteady(seconds: number): Promise<{ p99Ms: number; growthMb?: number }> {
  await using server = await startShow();
  const load = { ...NARROW, connections: 100, batchesPerSecond: 1_000 };
  await sendLoad(server, { ...load, project: "warm-up", batches: 3_000, seconds: 3 });
  const memory: number[] = [];
  const watch = setInterval(() => memory.push(residentMb(server.pid!)), 500);
  const result = await sendLoad(server, {
    ...load,
    project: "load",
    batches: seconds * load.batchesPerSecond,
    seconds,
  });
  clearInterval(watch);
  const growthMb = growth(memory.filter((megabytes) => !Number.isNaN(megabytes)));
  return { p99Ms: result.p99Ms, ...(growthMb !== undefined && { growthMb }) };
}

async function sendLoad(
  server: ServerProcess,
  load: Omit<Load, "url" | "token">,
): Promise<LoadResult> {
  const { url, token } = server;
  const argument = JSON.stringify({ ...load, url, token } satisfies Load);
  const child: ChildProcess = fork(join(import.meta.dirname, "children", "send-batches.ts"), [
    argument,
  ]);
  const closed = once(child, "exit").then(() => {
    throw new Error(`The load ended early; the server said: ${server.said.slice(-2_000)}`);
  });
  await Promise.race([once(child, "message"), closed]);
  child.send("go");
  const [result] = (await Promise.race([once(child, "message"), closed])) as [LoadResult];
  closed.catch(() => undefined);
  return result;
}

function pointsPerSecond(load: { entries: number; scalars: number }, result: LoadResult): number {
  return (result.batches * load.entries * load.scalars) / result.seconds;
}

/** @returns how many seconds it takes until `records` of the project are in the store. */
async function untilFolded(
  server: ServerProcess,
  project: string,
  records: number,
): Promise<number> {
  const beganAt = performance.now();
  const store = await SqliteStore.open(join(server.dir, "store", "store.db"), { readOnly: true });
  try {
    for (;;) {
      const runs = await store.listRuns(parseProjectKey(project));
      const folded = runs.reduce((sum, run) => sum + run.recordCount, 0);
      const tookMs = performance.now() - beganAt;
      if (folded === records) return tookMs / 1000;
      if (folded > records) throw new Error(`${records} records were sent, ${folded} are there.`);
      if (tookMs > FOLD_TIMEOUT_MS) throw new Error(`Of ${records} records ${folded} are there.`);
      await delay(20);
    }
  } finally {
    await store.close();
  }
}

/** What the process has in memory; NaN where the system does not tell. */
function residentMb(pid: number): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return Number.NaN;
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(file, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

/** By how much a series rises from its first half to its second; undefined without one. Its first fifth is warming up. */
function growth(values: readonly number[]): number | undefined {
  const settled = values.slice(Math.floor(values.length / 5));
  if (settled.length < 4) return undefined;
  const middle = Math.floor(settled.length / 2);
  const mean = (part: readonly number[]) => part.reduce((sum, v) => sum + v, 0) / part.length;
  return mean(settled.slice(middle)) - mean(settled.slice(0, middle));
}
