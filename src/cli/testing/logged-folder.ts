import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommandLine } from "../main.ts";
import { RecordingTerminal } from "./recording-terminal.ts";

/** What one command line came to. */
export interface Outcome {
  readonly exitCode: number;
  readonly printed: string;
  readonly notes: string;
}

/** A data folder of its own, gone at the end of the test, and the command line on it. */
export class LoggedFolder implements Disposable {
  readonly dir: string;

  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), "trackio-cli-"));
  }

  /** Runs `trackio` with these arguments on this folder. */
  async trackio(
    args: readonly string[],
    options: { readonly answers?: readonly string[]; readonly width?: number } = {},
  ): Promise<Outcome> {
    const env = { TRACKIO_DIR: this.dir };
    const terminal = new RecordingTerminal({ ...options, env, time: Date.now() });
    const exitCode = await runCommandLine(args, terminal);
    return { exitCode, printed: terminal.printed, notes: terminal.notes };
  }

  /** The JSON that `trackio` prints for these arguments. */
  async json<T>(args: readonly string[]): Promise<T> {
    const { exitCode, printed, notes } = await this.trackio([...args, "--json"]);
    if (exitCode !== 0) throw new Error(notes);
    return JSON.parse(printed) as T;
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
