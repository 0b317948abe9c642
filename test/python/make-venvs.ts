/** Vitest's global set-up of the tests with Python: its environments, made once before any test asks for them. */

import type { TestProject } from "vitest/node";
import { makePythonVenv, type Venv, type VenvName } from "../../tools/python-venv.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly venvs: Readonly<Record<VenvName, Venv>>;
  }
}

export async function setup(project: TestProject): Promise<void> {
  const venvs = {
    "trackio-0.43": await makePythonVenv("trackio-0.43"),
    "trackio-0.36": await makePythonVenv("trackio-0.36"),
  };
  const reasons = new Set(Object.values(venvs).flatMap(({ missing }) => missing ?? []));
  for (const reason of reasons) process.stderr.write(`Tests with Python are skipped: ${reason}\n`);
  project.provide("venvs", venvs);
}
