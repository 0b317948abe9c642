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

import { inject, type TestAPI, test } from "vitest";
import type { VenvName } from "../../tools/python-venv.ts";
import { RunningScript, type ScriptEnd, type ScriptOptions } from "./running-script.ts";

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

export interface PythonOptions extends ScriptOptions {
  readonly venv?: VenvName;
}

/** A Python process that goes on while the test does something else. */
export class RunningPython extends RunningScript {
  /** @param args Arguments of the interpreter, e.g. `["script.py"]` or `["-c", "…"]`. */
  constructor(args: readonly string[], { venv, ...options }: PythonOptions = {}) {
    super(pythonPath(venv), args, options);
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
): Promise<ScriptEnd> {
  await using running = new RunningPython(["-c", `import trackio\n${script}`], { ...options, env });
  const end = await running.ended();
  if (end.code !== 0) {
    throw new Error(`The script ended with ${end.code ?? end.signal}: ${end.stderr.slice(-3_000)}`);
  }
  return end;
}
