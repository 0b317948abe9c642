/** Runs the kit in `interop/`, which asks the package's own server and ours the same and compares the answers. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { ROOT } from "../../tools/run-command.ts";
import { pathWithFfmpeg } from "./ffmpeg-path.ts";
import { RunningPython } from "./python.ts";

export const KIT = join(ROOT, "interop");
export const ALLOWED = join(KIT, "allowed.json");

/** One rule of `interop/allowed.json`: where an answer of ours may differ, and why. */
export interface AllowedRule {
  readonly call?: string;
  readonly path?: string;
  readonly upstream?: readonly unknown[];
  readonly candidate?: readonly unknown[];
  readonly reason: string;
}

export const allowedRules: readonly AllowedRule[] = JSON.parse(readFileSync(ALLOWED, "utf8"));

/** Names of the kit's scenarios, e.g. `01_scalars`. */
export const scenarios: readonly string[] = readdirSync(join(KIT, "scenarios"))
  .filter((name) => name.endsWith(".py"))
  .map((name) => name.slice(0, -".py".length))
  .sort();

/** What came of one call in one scenario. */
export interface ComparedCall {
  readonly call: string;
  readonly result: "same" | "allowed" | "differs";
  /** Where the first difference is, and both values there. */
  readonly path?: string;
  readonly upstream?: unknown;
  readonly candidate?: unknown;
  /** Of the rules that allow a difference. */
  readonly reasons?: readonly string[];
}

interface ComparedScenario {
  readonly case: string;
  readonly calls: readonly ComparedCall[];
}

/** @returns the compared calls of each scenario that ran. What the kit printed goes to stderr where something differs. */
export async function runKit(
  program: "compare.py" | "local.py",
  args: readonly string[],
): Promise<ReadonlyMap<string, readonly ComparedCall[]>> {
  await using running = new RunningPython(
    [join(KIT, program), "--allowed", ALLOWED, "--json", "result.json", ...args],
    { env: { PATH: pathWithFfmpeg() } },
  );
  const { code, stdout, stderr } = await running.ended();
  if (code !== 0) process.stderr.write(stdout + stderr);
  if (code !== 0 && code !== 1) throw new Error(`${program} ended with ${code}.`);
  const result = JSON.parse(
    readFileSync(join(running.home, "result.json"), "utf8"),
  ) as readonly ComparedScenario[];
  return new Map(result.map(({ case: name, calls }) => [name, calls]));
}

/** Calls that answered otherwise than allowed; `["not run"]` where the scenario has no result. */
export function differences(calls: readonly ComparedCall[] | undefined): unknown[] {
  if (calls === undefined || calls.length === 0) return ["not run"];
  return calls
    .filter(({ result }) => result === "differs")
    .map(({ call, path, upstream, candidate }) => ({ call, path, upstream, candidate }));
}

/** Whether there is a Python to run it. */
export const canRunKit = inject("venvs")["trackio-0.43"].python !== undefined;
