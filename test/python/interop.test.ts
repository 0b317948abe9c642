/**
 * One server for every client: the kit runs each of its scripts against the
 * package's own server and against ours, asks both all that can be asked, and
 * every answer is the same but for what `interop/allowed.json` gives a reason for.
 */

import { beforeAll, describe, expect } from "vitest";
import {
  allowedRules,
  type ComparedCall,
  canRunKit,
  differences,
  runKit,
  scenarios,
} from "./kit.ts";
import { pythonTest } from "./python.ts";
import { startShow } from "./servers.ts";

let calls: ReadonlyMap<string, readonly ComparedCall[]>;
let said: string;

beforeAll(async () => {
  if (!canRunKit) return;
  await using show = await startShow();
  ({ calls, said } = await runKit("compare.py", ["--base", show.url, "--token", show.token]));
}, 600_000);

describe("what a script logs to our server is given back as the package's own server gives it", () => {
  // Upstream's remote client cannot send what this one logs.
  const overTheWire = scenarios.filter((name) => name !== "19_numpy_step");
  pythonTest.for(overTheWire)("%s", (scenario) => {
    expect(differences(calls.get(scenario)), said).toEqual([]);
  });
});

pythonTest("every difference that may be, is", () => {
  const used = new Set([...calls.values()].flat().flatMap(({ reasons }) => reasons ?? []));
  expect(allowedRules.map(({ reason }) => reason).filter((reason) => !used.has(reason))).toEqual(
    [],
  );
});
