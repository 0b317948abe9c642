/**
 * Two scripts that log to a server call by call until they are told to stop,
 * and then finish: one with the Python package, one with our SDK. Each call
 * logs its own number.
 */

import { RunningPython } from "./python.ts";
import { RunningScript } from "./running-script.ts";

export const PROJECT = "faults";
const SDK = new URL("../../src/sdk/index.ts", import.meta.url).href;

const PYTHON = `
import sys, threading
import trackio

stopped = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
trackio.init(project="${PROJECT}", name="python", auto_log_cpu=False, auto_log_gpu=False)
calls = 0
while not stopped.wait(0.004):
    trackio.log({"call": calls})
    calls += 1
trackio.finish()
print("calls", calls)
`;

const TYPESCRIPT = `
import * as trackio from ${JSON.stringify(SDK)};

let stopped = false;
process.stdin.on("end", () => { stopped = true; }).resume();
trackio.init({ project: "${PROJECT}", name: "typescript" });
let calls = 0;
while (!stopped) {
  trackio.log({ call: calls });
  calls += 1;
  await new Promise((resolve) => setTimeout(resolve, 4));
}
await trackio.finish({ timeoutMs: 60_000 });
console.log("calls", calls);
`;

/** A script that logs without an end. */
export class EndlessScript implements AsyncDisposable {
  /** Name of its run. */
  readonly name: "python" | "typescript";
  readonly #running: RunningScript;

  /** @param env Where it logs to. */
  constructor(name: "python" | "typescript", env: NodeJS.ProcessEnv) {
    this.name = name;
    this.#running =
      name === "python"
        ? new RunningPython(["-c", PYTHON], { env })
        : new RunningScript(
            process.execPath,
            ["--no-warnings", "--input-type=module", "--eval", TYPESCRIPT],
            { env },
          );
  }

  /** The folder in which it keeps what it could not send. */
  get home(): string {
    return this.#running.home;
  }

  /** What it has complained of. */
  get complaints(): string {
    return this.#running.stderr;
  }

  /** Ends its loop and waits for its end. @returns how often it called `log()`. */
  async stop(): Promise<number> {
    this.#running.process.stdin!.end();
    const { stdout, stderr } = await this.#running.ended();
    const calls = /^calls (\d+)$/m.exec(stdout)?.[1];
    if (calls === undefined) throw new Error(`${this.name} ended badly: ${stderr.slice(-3_000)}`);
    return Number(calls);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
  }
}
