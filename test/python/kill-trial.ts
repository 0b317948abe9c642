import { setTimeout as delay } from "node:timers/promises";
import { expect, vi } from "vitest";
import { expectEachOnce } from "./each-once.ts";
import { EndlessScript, PROJECT } from "./endless-scripts.ts";
import type { ServerProcess } from "./server-process.ts";
import { startShow } from "./servers.ts";

/** How long the server is left to itself after both scripts were heard, and how long it is away; at most. */
const UP_MS = 400;
const DOWN_MS = 800;

/** A Python and a TypeScript script log to one server, which is killed so many times, each time after both were heard. */
export async function survivesKills(kills: number): Promise<void> {
  await using show = await startShow();
  await using python = new EndlessScript("python", show.env);
  await using typescript = new EndlessScript("typescript", show.env);
  const scripts = [python, typescript];
  let heard = scripts.map(() => 0);
  for (let kill = 0; kill < kills; kill += 1) {
    heard = await untilHeard(show, scripts, heard);
    await delay(Math.random() * UP_MS);
    await show.kill();
    await delay(Math.random() * DOWN_MS);
    await show.start();
  }
  await untilHeard(show, scripts, heard);
  await expectEachOnce(show, scripts);
}

/** Waits until the server has more of each script than before. @returns what it has. */
async function untilHeard(
  server: ServerProcess,
  scripts: readonly EndlessScript[],
  before: readonly number[],
): Promise<number[]> {
  const heard = [...before];
  for (const [i, script] of scripts.entries()) {
    const args = { project: PROJECT, run: script.name };
    await vi.waitFor(
      async () => {
        heard[i] = (await server.call<{ num_logs: number }>("get_run_summary", args)).num_logs;
        expect(heard[i], script.complaints).toBeGreaterThan(before[i]!);
      },
      { timeout: 60_000, interval: 50 },
    );
  }
  return heard;
}
