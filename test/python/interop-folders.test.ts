/**
 * A folder that the package wrote, read in place by ours: each answer is what
 * the package's own server gives for it, and no file of it has changed.
 */

import { beforeAll, describe, expect } from "vitest";
import { type ComparedCall, canRunKit, differences, runKit, scenarios } from "./kit.ts";
import { pythonTest } from "./python.ts";
import { TRACKIO } from "./servers.ts";

/** Probes are about calls, not about what is in a folder. */
const written = scenarios.filter((name) => name !== "00_protocol");
const STORAGES = ["sqlite", "jsonl"] as const;
const serve = `'${process.execPath}' '${TRACKIO}' show {dir} --no-open --port {port}`;

describe.each(STORAGES)("a folder written as %s is read in place", (storage) => {
  let calls: ReadonlyMap<string, readonly ComparedCall[]>;
  let said: string;

  beforeAll(async () => {
    if (!canRunKit) return;
    const args = ["--storage", storage, "--server-cmd", serve];
    ({ calls, said } = await runKit("local.py", args));
  }, 600_000);

  pythonTest.for(written)("%s", (scenario) => {
    expect(differences(calls.get(scenario)), said).toEqual([]);
  });
});
