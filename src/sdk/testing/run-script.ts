/** A training script as a process of its own, to see what becomes of it and of its runs. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import type { DataFolder } from "../../journal/data-folder.ts";

/** Address of the SDK, for a script's `import`. */
export const SDK = new URL("../index.ts", import.meta.url).href;

export interface Script {
  readonly process: ChildProcess;
  /** All that it has told on stdout so far. */
  output(): string;
  /** Returns once stdout holds `text`; fails where the script ends before. */
  told(text: string): Promise<void>;
  /** Its end, with all that it told. */
  ended(): Promise<ScriptEnd>;
}

export interface ScriptEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/**
 * Starts `body` as a module in which `trackio` is the SDK and `tell(text)`
 * writes a line to stdout at once.
 */
export function startScript(
  folder: DataFolder,
  body: string,
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly command?: readonly string[];
    /** `pipe`: the test writes to it, or ends it. Default: there is none. */
    readonly stdin?: "pipe";
  } = {},
): Script {
  const source = `
    import { writeSync } from "node:fs";
    import * as trackio from ${JSON.stringify(SDK)};
    const tell = (text) => { writeSync(1, text + "\\n"); };
    ${body}`;
  const [program, ...before] = options.command ?? [process.execPath];
  const child = spawn(
    program as string,
    [...before, "--no-warnings", "--input-type=module", "--eval", source],
    {
      stdio: [options.stdin ?? "ignore", "pipe", "pipe"],
      env: { ...process.env, TRACKIO_MODE: "", TRACKIO_DIR: folder.root, ...options.env },
    },
  );
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let output = "";
  let errors = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    process: child,
    output: () => output,
    async told(text) {
      while (!output.includes(text)) {
        const isOpen = await Promise.race([
          once(child.stdout as NodeJS.EventEmitter, "data").then(() => true),
          closed.then(() => false),
        ]);
        if (!isOpen && !output.includes(text)) throw new Error(`It ended first: ${errors}`);
      }
    },
    async ended() {
      const [code, signal] = await closed;
      return { code, signal, output, errors };
    },
  };
}

/** Runs a script to its end. */
export function runScript(...script: Parameters<typeof startScript>): Promise<ScriptEnd> {
  return startScript(...script).ended();
}
