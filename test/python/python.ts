/**
 * Scripts of people who use Trackio in Python, run with the unmodified package
 * as they run them. A test with Python is declared by {@link pythonTest}, which
 * is skipped where the machine has none:
 *
 *     pythonTest("a loss arrives", async () => {
 *       await using show = await startShow();
 *       await python(`trackio.init(project="p"); trackio.log({"loss": 1.0}); trackio.finish()`, show.env);
 *       …
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, type TestAPI, test } from "vitest";
import type { VenvName } from "../../tools/python-venv.ts";
import { cleanEnv } from "./clean-env.ts";

/** `test` where the environment of that name is there, else `test.skip`. */
export function pythonTestOf(name: VenvName): TestAPI {
  return test.runIf(inject("venvs")[name].python !== undefined) as TestAPI;
}

/** A test with the newest release. */
export const pythonTest = pythonTestOf("trackio-0.43");

/** Path of the environment's Python. Throws where there is none. */
export function pythonPath(name: VenvName = "trackio-0.43"): string {
  const { python, missing } = inject("venvs")[name];
  if (python === undefined) throw new Error(missing);
  return python;
}

/** An end other than by itself with 0 is for the test to judge. */
export interface PythonEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PythonOptions {
  readonly venv?: VenvName;
  /** Added to {@link cleanEnv}; `undefined` takes a variable away. */
  readonly env?: NodeJS.ProcessEnv;
  /** Working folder; else an empty one of its own, removed with the process. */
  readonly cwd?: string;
}

/** A Python process that goes on while the test does something else. */
export class RunningPython implements AsyncDisposable {
  readonly process: ChildProcess;
  /** Its own folder: home, local data (`client-data`) and, where none is given, working folder. */
  readonly home: string;
  stdout = "";
  stderr = "";
  readonly #closed: Promise<unknown[]>;

  /** @param args Arguments of the interpreter, e.g. `["script.py"]` or `["-c", "…"]`. */
  constructor(args: readonly string[], { venv, env, cwd }: PythonOptions = {}) {
    this.home = mkdtempSync(join(tmpdir(), "trackio-python-"));
    this.process = spawn(pythonPath(venv), args, {
      cwd: cwd ?? this.home,
      env: { ...cleanEnv(this.home), ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.process.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.process.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.#closed = once(this.process, "close");
  }

  /** Returns once stdout holds `text`; fails where the script ends before. */
  async told(text: string): Promise<void> {
    const ended = this.#closed.then(() => true);
    while (!this.stdout.includes(text)) {
      const isOver = await Promise.race([
        once(this.process.stdout!, "data").then(() => false),
        ended,
      ]);
      if (isOver && !this.stdout.includes(text)) throw new Error(`It ended first: ${this.stderr}`);
    }
  }

  async ended(): Promise<PythonEnd> {
    const [code, signal] = (await this.#closed) as [number | null, NodeJS.Signals | null];
    return { code, signal, stdout: this.stdout, stderr: this.stderr };
  }

  /** Kills what still runs and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.#closed;
    rmSync(this.home, { recursive: true, force: true });
  }
}

/**
 * Runs `script` with `trackio` imported to its end, which must be a good one.
 * @param env `TRACKIO_SERVER_URL` and what else it needs; `show.env` of our server, `upstream.env` of theirs.
 * @throws with its last words where it ends otherwise than with 0.
 */
export async function python(
  script: string,
  env: NodeJS.ProcessEnv = {},
  options: Omit<PythonOptions, "env"> = {},
): Promise<PythonEnd> {
  await using running = new RunningPython(["-c", `import trackio\n${script}`], { ...options, env });
  const end = await running.ended();
  if (end.code !== 0) {
    throw new Error(`The script ended with ${end.code ?? end.signal}: ${end.stderr.slice(-3_000)}`);
  }
  return end;
}
