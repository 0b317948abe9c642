/**
 * One server for every client: the kit runs each of its scripts against the
 * package's own server and against ours, and lets it write a folder that both
 * read. Every answer is the same but for what `interop/allowed.json` gives a
 * reason for, and no file of a folder has changed.
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
import { startShow, TRACKIO } from "./servers.ts";

/** Upstream's remote client cannot send what this one logs. */
const overTheWire = scenarios.filter((name) => name !== "19_numpy_step");
/** Probes are about calls, not about what is in a folder. */
const inFolders = scenarios.filter((name) => name !== "00_protocol");
/** As lines of JSON only what is written differs: one scenario for each kind of it. The rest: `npm run test:long`. */
const asLines = inFolders.filter((name) => /^(?:01|03|05|06|09|13|15|16|17|18)_/.test(name));

type Results = ReadonlyMap<string, readonly ComparedCall[]>;
let sent: Results;
let databases: Results;
let lines: Results;

// Each of the three mostly waits: for a script to send, for a server to start.
beforeAll(async () => {
  if (!canRunKit) return;
  [sent, databases, lines] = await Promise.all([
    compareSent(),
    compareFolders("sqlite", inFolders),
    compareFolders("jsonl", asLines),
  ]);
}, 600_000);

async function compareSent(): Promise<Results> {
  await using show = await startShow();
  return await runKit("compare.py", ["--base", show.url, "--token", show.token]);
}

async function compareFolders(storage: string, names: readonly string[]): Promise<Results> {
  const serve = `'${process.execPath}' '${TRACKIO}' show {dir} --no-open --port {port}`;
  const chosen = names.flatMap((name) => ["--scenario", name]);
  return await runKit("local.py", ["--storage", storage, "--server-cmd", serve, ...chosen]);
}

describe("what a script logs to our server is given back as the package's own server gives it", () => {
  pythonTest.for(overTheWire)("%s", (scenario) => {
    expect(differences(sent.get(scenario))).toEqual([]);
  });
});

describe("a folder that a script wrote is read in place, its databases", () => {
  pythonTest.for(inFolders)("%s", (scenario) => {
    expect(differences(databases.get(scenario))).toEqual([]);
  });
});

describe("a folder that a script wrote is read in place, its lines of JSON", () => {
  pythonTest.for(asLines)("%s", (scenario) => {
    expect(differences(lines.get(scenario))).toEqual([]);
  });
});

pythonTest("every difference that may be, is", () => {
  const results = [sent, databases, lines].flatMap((result) => [...result.values()].flat());
  const used = new Set(results.flatMap(({ reasons }) => reasons ?? []));
  expect(allowedRules.map(({ reason }) => reason).filter((reason) => !used.has(reason))).toEqual(
    [],
  );
});
