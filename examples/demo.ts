/**
 * `npm run demo`: the dashboard, and a network that learns handwritten digits
 * before your eyes. Starts `trackio show` on a data folder of its own, then
 * `digits.ts`; what they log is gone afterwards, and your own data is never
 * touched. Stays until Ctrl-C; with `--once` a shorter training ends it.
 *
 * Children run in process groups of their own, so that a Ctrl-C reaches this
 * process alone and it can end them in order: first the training, which then
 * marks its run as failed, then the server.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Run } from "../src/protocol/api.ts";
import { readLink } from "../tools/read-link.ts";
import { ROOT, runCommand } from "../tools/run-command.ts";
import { TrainingProgress } from "./training-progress.ts";

/** A child that has not ended so long after it was asked to is killed. */
const GRACE_MS = 5_000;
const EPOCHS = 15;
/** Long enough to show three curves, short enough for CI: some 20 s on two cores. */
const EPOCHS_ONCE = 4;

const { values: options } = parseArgs({ options: { once: { type: "boolean", default: false } } });

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stop.abort());
}
process.exitCode = await demo();

async function demo(): Promise<number> {
  const built = await runCommand(process.execPath, ["tools/build.ts", "--if-needed"]);
  if (stop.signal.aborted) return 0;
  if (built !== 0) return built;
  const dir = mkdtempSync(join(tmpdir(), "trackio-demo-"));
  const children: ChildProcess[] = [];
  try {
    const server = startChild("bin/trackio.js", ["show", "--dir", dir, "--no-open"], "pipe");
    children.unshift(server);
    const url = await untilStopped(startedAt(server));
    if (url === undefined) return stop.signal.aborted ? 0 : 1;
    const epochs = options.once ? EPOCHS_ONCE : EPOCHS;
    const training = startChild("examples/digits.ts", [String(epochs)], "inherit", dir);
    children.unshift(training);
    return await watchTraining(training, server, url);
  } finally {
    for (const child of children) await endChild(child);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Until the training has ended, and without `--once` until Ctrl-C. */
async function watchTraining(
  training: ChildProcess,
  server: ChildProcess,
  url: string,
): Promise<number> {
  const progress = new TrainingProgress(url);
  const ended = Promise.race([
    exitCodeOf(training),
    exitCodeOf(server).then(() => "server" as const),
  ]);
  const outcome = await untilStopped(progress.showUntil(ended));
  if (stop.signal.aborted) return 0;
  if (outcome !== 0) {
    const who = outcome === "server" ? "The server" : "The training";
    process.stderr.write(`${who} ended early; its messages are above.\n`);
    return 1;
  }
  if (options.once) return tellOutcome(await progress.readOutcome());
  process.stderr.write(`The training is over. The dashboard stays at ${url} until Ctrl-C.\n`);
  await untilStopped(exitCodeOf(server));
  return 0;
}

/** Says how the runs ended, as the server shows them. Anything but finished is trouble. */
function tellOutcome(runs: readonly Run[]): number {
  for (const { name, status, recordCount } of runs) {
    process.stdout.write(`${name}: ${status}, ${recordCount} logs\n`);
  }
  return runs.length > 0 && runs.every(({ status }) => status === "finished") ? 0 : 1;
}

function startChild(
  script: string,
  args: readonly string[],
  stdout: "pipe" | "inherit",
  dir?: string,
): ChildProcess {
  return spawn(process.execPath, [script, ...args], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", stdout, "inherit"],
    env: dir === undefined ? process.env : { ...process.env, TRACKIO_DIR: dir },
  });
}

/** The server's link, or undefined where it ends without one and has said why. */
async function startedAt(server: ChildProcess): Promise<string | undefined> {
  try {
    return await readLink(server, (text) => process.stdout.write(text));
  } catch (error) {
    if (!stop.signal.aborted) process.stderr.write(`${String(error)}\n`);
    return undefined;
  }
}

/** The outcome of `work`, or undefined as soon as somebody asks to stop. */
async function untilStopped<T>(work: Promise<T>): Promise<T | undefined> {
  if (stop.signal.aborted) return undefined;
  return await Promise.race([work, once(stop.signal, "abort").then(() => undefined)]);
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  if (child.signalCode !== null) return Promise.resolve(1);
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = exitCodeOf(child);
  child.kill("SIGINT");
  const patience = new AbortController();
  const killed = delay(GRACE_MS, undefined, { signal: patience.signal }).then(
    () => child.kill("SIGKILL"),
    () => undefined,
  );
  await ended;
  patience.abort();
  await killed;
}
