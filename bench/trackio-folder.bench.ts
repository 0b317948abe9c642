/**
 * A folder that Trackio for Python wrote, of 10 projects, 1,000 runs and 10M
 * points: how soon the dashboard of it is of use when it is opened for the first
 * time, how long the whole reading takes, how soon it opens again; and what a
 * script that is still writing there notices of it.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { writeLargePythonFolder } from "../src/ingest/testing/large-python-folder.ts";
import type { ProjectList, RunList } from "../src/protocol/api.ts";
import { readLink } from "../tools/read-link.ts";
import { ROOT } from "../tools/run-command.ts";
import { atMost, type BenchOptions, type BenchRow } from "./bench-row.ts";

const PROJECTS = 10;
const ROWS_PER_RUN = 1_000;
const KEYS = 10;
const TRACKIO = join(ROOT, "bin", "trackio.js");
const WRITER = join(ROOT, "src", "ingest", "testing", "python-writer.ts");
const WRITE_MS = 8_000;
const LIMIT_MS = 300_000;

export async function rows({ short }: BenchOptions): Promise<readonly BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "trackio-bench-folder-"));
  const runs = short ? 100 : 1_000;
  const points = (runs * ROWS_PER_RUN * KEYS) / 1e6;
  const name = `Trackio folder of ${PROJECTS} projects, ${runs.toLocaleString("en-US")} runs, ${points}M points`;
  try {
    writeLargePythonFolder(dir, { projects: PROJECTS, runs, rowsPerRun: ROWS_PER_RUN, keys: KEYS });
    const first = await measureFirst(dir, runs);
    const againMs = await measureAgain(dir);
    return [
      atMost(`${name}: all projects listed, newest run read`, first.usableMs, "ms", 2_000),
      atMost("  whole reading", first.wholeSeconds, "s", short ? 10 : 60),
      atMost("  opened again, to its runs", againMs, "ms", 300),
      atMost("  slowest batch of a script that writes there meanwhile", first.slowestMs, "ms", 250),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface First {
  readonly usableMs: number;
  readonly wholeSeconds: number;
  readonly slowestMs: number;
}

async function measureFirst(dir: string, runs: number): Promise<First> {
  const writer = startWriter(dir);
  const beganMs = performance.now();
  const show = startShow(dir);
  try {
    const url = await readLink(show);
    const since = () => performance.now() - beganMs;
    const usableMs = await until(async () => (await isUsable(url)) && since());
    const wholeSeconds = await until(async () => (await isWhole(url, runs)) && since() / 1000);
    return { usableMs, wholeSeconds, slowestMs: await writer };
  } finally {
    await end(show);
  }
}

async function measureAgain(dir: string): Promise<number> {
  const beganMs = performance.now();
  const show = startShow(dir);
  try {
    const url = await readLink(show);
    await readRuns(url, "project-0");
    return performance.now() - beganMs;
  } finally {
    await end(show);
  }
}

/** Whether somebody who opened the page would see all projects, and curves of the newest run. */
async function isUsable(url: string): Promise<boolean> {
  const { projects } = await read<ProjectList>(url, "/api/v1/projects");
  if (projects.length < PROJECTS) return false;
  const [newest] = await readRuns(url, "project-0");
  return newest?.recordCount === ROWS_PER_RUN;
}

async function isWhole(url: string, runs: number): Promise<boolean> {
  let count = 0;
  for (let project = 0; project < PROJECTS; project++) {
    for (const { recordCount } of await readRuns(url, `project-${project}`)) count += recordCount;
  }
  return count === runs * ROWS_PER_RUN;
}

async function readRuns(url: string, project: string): Promise<RunList["runs"]> {
  return (await read<RunList>(url, `/api/v1/projects/${project}/runs`)).runs;
}

async function read<T>(url: string, path: string): Promise<T> {
  const response = await fetch(new URL(path, url));
  if (response.status === 404) return { runs: [] } as T;
  return (await response.json()) as T;
}

async function until(look: () => Promise<number | false>): Promise<number> {
  for (const endMs = performance.now() + LIMIT_MS; performance.now() < endMs; await delay(50)) {
    const found = await look();
    if (found !== false) return found;
  }
  throw new Error(`The folder was not read within ${LIMIT_MS} ms.`);
}

/** Resolves to how long its slowest batch took, in ms. */
async function startWriter(dir: string): Promise<number> {
  const child = spawn(process.execPath, ["--no-warnings", WRITER, "write", dir, String(WRITE_MS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let slowestMs = Number.NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("{")) slowestMs = (JSON.parse(line) as { slowestMs: number }).slowestMs;
  }
  return slowestMs;
}

function startShow(dir: string): ChildProcess {
  return spawn(process.execPath, [TRACKIO, "show", dir, "--port", "0", "--no-open"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
}

async function end(show: ChildProcess): Promise<void> {
  const gone = once(show, "exit");
  show.kill("SIGTERM");
  await gone;
}
