/** Who goes on with a run, where the server is elsewhere: heads of this machine judge, the server numbers what they cannot. */

import { afterEach, beforeEach, expect, test } from "vitest";
import type { DataFolder } from "../../src/journal/data-folder.ts";
import { removeRun } from "../../src/journal/run-head.ts";
import { temporaryFolder } from "../../src/journal/testing/temporary-folder.ts";
import { parseProjectKey, type RunId } from "../../src/protocol/ids.ts";
import { readRuns } from "../../src/sdk/testing/on-disk.ts";
import { runScript, startScript } from "../../src/sdk/testing/run-script.ts";
import { complaintsIn } from "./complaints-in.ts";
import { readStored, TestServer } from "./test-server.ts";

const PROJECT = parseProjectKey("p");

let server: TestServer;
let here: DataFolder;

beforeEach(async () => {
  server = await TestServer.start();
  here = temporaryFolder();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

async function run(body: string, folder = here): Promise<{ output: string; errors: string }> {
  const { output, errors, code } = await runScript(folder, body, { env: server.env });
  expect(code, errors).toBe(0);
  return { output, errors };
}

test("from another machine a run goes on at the step that the server knows", async () => {
  await run(
    `trackio.init({ project: "p", id: "r1", name: "one", config: { lr: 1 } }); for (let i = 0; i < 3; i++) trackio.log({ i }); trackio.log({ i: 3 }, { step: 10 });`,
  );
  const there = temporaryFolder();
  const go = `trackio.init({ project: "p", id: "r1", resume: "must" }); trackio.log({ i: 4 }); trackio.log({ i: 5 }); await trackio.finish();`;
  await run(go, there);
  // The second time a head of that machine knows the run, but not its steps.
  await run(
    go.replaceAll("i: 4", "i: 6").replaceAll("i: 5", "i: 7").replace("must", "allow"),
    there,
  );
  expect(readRuns(there).flatMap(({ steps }) => steps)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  await server.stop();
  const [stored, ...others] = await readStored(server.folder);
  expect(others).toEqual([]);
  expect(stored?.rows.map(({ step, values }) => [step, values.i])).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [10, 3],
    [11, 4],
    [12, 5],
    [13, 6],
    [14, 7],
  ]);
  expect(stored?.run).toMatchObject({ name: "one", config: { lr: 1 }, state: "finished" });
});

test("a run that this machine knows goes on with its own steps, on the server too", async () => {
  await run(
    `trackio.init({ project: "p", id: "r1" }); trackio.log({ i: 0 }); await trackio.finish();`,
  );
  await run(
    `trackio.init({ project: "p", id: "r1", resume: "must" }); trackio.log({ i: 1 }); await trackio.finish();`,
  );
  expect(readRuns(here).flatMap(({ steps }) => steps)).toEqual([0, 1]);
  await server.stop();
  const [stored] = await readStored(server.folder);
  expect(stored?.rows.map(({ step }) => step)).toEqual([0, 1]);
});

test("what must be there and is not: one warning, ready rejects, the data stay here", async () => {
  const { output, errors } = await run(
    `const run = trackio.init({ project: "p", id: "nobody", resume: "must" });
     for (let i = 0; i < 5; i++) trackio.log({ i });
     try { await run.ready; } catch (error) { tell(error.name + " " + error.code); }
     trackio.log({ i: 5 });
     const { unsent } = await trackio.finish();
     tell(String(unsent));`,
  );
  expect(output).toBe("TrackioError not_found\nundefined\n");
  expect(errors).toMatch(/^trackio: http.* does not take the run .* It is kept in .* only\.\n$/);
  expect((await readStored(here))[0]?.rows).toHaveLength(6);
  await server.stop();
  expect(await readStored(server.folder)).toEqual([]);
});

test("ready that nobody waits for ends no script", async () => {
  const { errors } = await run(
    `trackio.init({ project: "p", id: "nobody", resume: "must" }); trackio.log({ i: 1 }); await new Promise((r) => setTimeout(r, 500));`,
  );
  expect(errors).not.toContain("Unhandled");
});

test("ready resolves when the server has the run, and at once without a server", async () => {
  const { output } = await run(
    `const run = trackio.init({ project: "p" }); await run.ready; tell("there");`,
  );
  expect(output).toBe("there\n");
  expect((await readStored(server.folder)).length).toBe(1);
  const alone = await runScript(
    temporaryFolder(),
    `await trackio.init({ project: "p" }).ready; await trackio.init({ project: "p", mode: "disabled" }).ready; tell("here");`,
  );
  expect(alone).toMatchObject({ output: "here\n", errors: "" });
});

test("who waits for ready in vain goes on after a while", async () => {
  await server.stop();
  const { output } = await run(
    `const run = trackio.init({ project: "p", exitTimeoutMs: 500 }); try { await run.ready; } catch (error) { tell(error.code); } trackio.log({ i: 1 });`,
  );
  expect(output).toBe("unavailable\n");
  expect((await readStored(here))[0]?.rows).toHaveLength(1);
});

test("a run that is deleted on the server is sent no more, and is told once", async () => {
  const script = startScript(
    here,
    `const run = trackio.init({ project: "p", id: "gone" });
     const timer = setInterval(() => trackio.log({ i: 1 }), 20);
     await run.ready;
     tell("ready");
     while (run.stats().recordCount < 150) await new Promise((r) => setTimeout(r, 50));
     clearInterval(timer);
     const { unsent, warnings } = await trackio.finish();
     tell(JSON.stringify({ unsent, warnings }));`,
    { env: server.env },
  );
  await script.told("ready");
  removeRun(server.folder, PROJECT, "gone" as RunId);
  const { output, errors } = await script.ended();
  expect(errors.match(/trackio: /g)).toHaveLength(1);
  expect(errors).toMatch(/does not take the run "[^"]*": Run "gone" .* was deleted on this server/);
  const told = JSON.parse(output.slice("ready\n".length)) as {
    unsent?: object;
    warnings: string[];
  };
  expect(told.unsent).toBeUndefined();
  expect(told.warnings).toHaveLength(1);
  expect((await readStored(here))[0]?.rows.length).toBeGreaterThanOrEqual(150);
});

test("a token that is wrong: one warning that says what to do, nobody waits, nothing is lost", async () => {
  const { output, errors } = await run(
    `const run = trackio.init({ project: "p", serverUrl: ${JSON.stringify(server.url)}, writeToken: "wrong" });
     trackio.log({ i: 0 });
     const at = performance.now();
     const { unsent, warnings } = await trackio.finish();
     tell(JSON.stringify({ unsent, kinds: warnings.length, soon: performance.now() - at < 4_000 }));`,
  );
  expect(JSON.parse(output)).toMatchObject({
    unsent: { bytes: expect.any(Number), serverUrl: server.url },
    soon: true,
  });
  expect(errors).toMatch(
    /does not let this script write: .* Give the token of the link that `trackio show` prints/,
  );
  expect(errors).not.toContain("wrong");
  const { errors: next } = await run(`trackio.init({ project: "q" }); trackio.log({ i: 0 });`);
  expect(complaintsIn(next)).toBe("");
  await server.stop();
  expect((await readStored(server.folder)).map(({ rows }) => rows.length)).toEqual([1]);
});
