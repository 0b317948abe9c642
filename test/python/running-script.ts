import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnv } from "./clean-env.ts";

/** An end other than by itself with 0 is for the test to judge. */
export interface ScriptEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ScriptOptions {
  /** Added to {@link cleanEnv}; `undefined` takes a variable away. */
  readonly env?: NodeJS.ProcessEnv;
  /** Working folder; else its own. */
  readonly cwd?: string;
}

/** A script in a process and a folder of its own, both gone at the end. */
export class RunningScript implements AsyncDisposable {
  readonly process: ChildProcess;
  /** Its own folder: home, local data (`client-data`) and, where none is given, working folder. */
  readonly home: string;
  stdout = "";
  stderr = "";
  readonly #closed: Promise<unknown[]>;

  constructor(command: string, args: readonly string[], { env, cwd }: ScriptOptions = {}) {
    this.home = mkdtempSync(join(tmpdir(), "trackio-script-"));
    this.process = spawn(command, args, {
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
      const spoke = once(this.process.stdout!, "data").then(() => false);
      const isOver = await Promise.race([spoke, ended]);
      if (isOver && !this.stdout.includes(text)) throw new Error(`It ended first: ${this.stderr}`);
    }
  }

  async ended(): Promise<ScriptEnd> {
    const [code, signal] = (await this.#closed) as [number | null, NodeJS.Signals | null];
    return { code, signal, stdout: this.stdout, stderr: this.stderr };
  }

  /** Kills what still runs and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.#closed;
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}
