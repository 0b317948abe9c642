/**
 * Laws 1 and 4 through all rooms, with real processes and SIGKILL: a script
 * logs as fast as it can and is killed at a random moment, again and again,
 * while two folders run beside it that are killed and started again as often.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Folder } from "../../src/ingest/folder.ts";
import { openStoreForFolding } from "../../src/ingest/open-store.ts";
import { parseProjectKey } from "../../src/protocol/ids.ts";

const KILLS = 50;
/** Of each of the two folders. */
const FOLDER_KILLS = 25;
const project = parseProjectKey("crash");
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "trackio-crash-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Starts the script beside this file; what it prints is collected. */
function start(script: string, ...args: string[]): { child: ChildProcess; printed: () => string } {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout!.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  child.stderr!.setEncoding("utf8").on("data", (part: string) => {
    text += `stderr: ${part}`;
  });
  return { child, printed: () => text };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "close");
  child.kill("SIGKILL");
  await gone;
}

/** Keeps one folder running, killed at random moments, at least 25 times and until `isOver`. Tells what went wrong in it. */
async function foldUntil(isOver: () => boolean): Promise<{ kills: number; trouble: string }> {
  let kills = 0;
  let trouble = "";
  while (!isOver() || kills < FOLDER_KILLS) {
    const { child, printed } = start("folding-process.ts", dir);
    await wait(150 + Math.random() * 350);
    await kill(child);
    trouble += printed();
    kills += 1;
  }
  return { kills, trouble };
}

/** Logs until killed; the number of calls that returned. */
async function logAndDie(name: string): Promise<number> {
  const { child, printed } = start("logging-process.ts", dir, name);
  await once(child.stdout!, "data");
  await wait(Math.random() * 250);
  await kill(child);
  expect(printed()).not.toContain("stderr");
  return printed().split("\n").length - 1;
}

test(`folding is exactly-once: every call that returned before SIGKILL is in the store, none twice (${KILLS} scripts and two folders killed at random)`, async () => {
  let isOver = false;
  const folders = [foldUntil(() => isOver), foldUntil(() => isOver)];
  const returned = new Map<string, number>();
  for (let i = 0; i < KILLS; i++) returned.set(`run-${i}`, await logAndDie(`run-${i}`));
  isOver = true;
  for (const { kills, trouble } of await Promise.all(folders)) {
    expect(trouble).toBe("");
    expect(kills).toBeGreaterThanOrEqual(FOLDER_KILLS);
  }

  const { folder, store } = await openStoreForFolding(dir);
  await new Folder(folder, store).foldAll();
  while (await store.compact(1_000));
  let total = 0;
  for (const [name, calls] of returned) {
    const run = await store.findRun(project, name);
    const seen: unknown[] = [];
    for await (const rows of store.readRows(project, run!.id)) {
      for (const row of rows) seen.push(row.values.call);
    }
    // Exactly 0, 1, 2, … and at least as many as returned: the last may have been written but not told.
    expect(seen).toEqual(Array.from(seen, (_, call) => call));
    expect(seen.length).toBeGreaterThanOrEqual(calls);
    expect(seen.length).toBeLessThanOrEqual(calls + 1);
    expect(run!.recordCount).toBe(seen.length);
    total += seen.length;
  }
  expect(total).toBeGreaterThan(KILLS * 20);
  await store.close();
}, 240_000);
