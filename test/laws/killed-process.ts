/** Processes that a test starts on its data folder and ends with SIGKILL. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export interface Started {
  readonly child: ChildProcess;
  /** What it printed so far; what went to standard error comes after `stderr: `. */
  readonly printed: () => string;
}

/** Starts the script beside this file on the data folder `dir`. */
export function start(dir: string, script: string, ...args: string[]): Started {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), dir, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += stream === child.stderr ? `stderr: ${part}` : part;
    });
  }
  return { child, printed: () => text };
}

export async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "close");
  child.kill("SIGKILL");
  await gone;
}

/** Keeps one process of `script` running, killed at random moments until `isOver`. Tells what went wrong in it. */
export async function runUntil(
  dir: string,
  script: string,
  isOver: () => boolean,
): Promise<string> {
  let trouble = "";
  while (!isOver()) {
    const { child, printed } = start(dir, script);
    await wait(150 + Math.random() * 350);
    await kill(child);
    trouble += printed();
  }
  return trouble;
}
