/** Nothing is lost when a script ends, however it ends, and whether its server is there or not. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DataFolder } from "../../src/journal/data-folder.ts";
import { listJournals } from "../../src/journal/list-journals.ts";
import { readRemoteMark } from "../../src/journal/remote-mark.ts";
import { temporaryFolder } from "../../src/journal/testing/temporary-folder.ts";
import { runScript, startScript } from "../../src/sdk/testing/run-script.ts";
import { complaintsIn } from "./complaints-in.ts";
import { readStored, TestServer } from "./test-server.ts";
import { trackioSync } from "./trackio-sync.ts";

const LOG = `const run = trackio.init({ project: "p" }); for (let i = 0; i < 50; i++) trackio.log({ i });`;

let server: TestServer;
let here: DataFolder;

beforeEach(async () => {
  server = await TestServer.start();
  here = temporaryFolder();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

/** What the server has once it is gone, and that this is all. */
async function expectAllThere(end: object, count = 50): Promise<void> {
  await server.stop();
  const [stored, ...others] = await readStored(server.folder);
  expect(others).toEqual([]);
  expect(stored?.rows.map(({ values }) => values)).toEqual(
    Array.from({ length: count }, (_, i) => ({ i })),
  );
  expect(stored?.run).toMatchObject(end);
  expect(server.said).toEqual([]);
}

function marks() {
  return [...listJournals(here)].map(({ path }) => readRemoteMark(path));
}

test.each([
  ["its end", "", { state: "finished" }],
  ["finish", "await trackio.finish();", { state: "finished" }],
  ["process.exit", "process.exit(3);", { state: "failed", end: { reason: "exit code 3" } }],
  ["an error", `throw new Error("x");`, { state: "failed", end: { reason: "uncaught error" } }],
  [
    "SIGTERM to itself, which it hears",
    `await run.ready; process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60_000);`,
    { state: "failed", end: { reason: "SIGTERM" } },
  ],
])("a script that ends by %s has sent all of its run, and how it ended", async (_, body, end) => {
  const { errors } = await runScript(here, LOG + body, { env: server.env });
  expect(complaintsIn(errors)).not.toContain("trackio:");
  await expectAllThere(end);
  expect(marks()).toEqual([
    {
      serverUrl: server.url,
      sentBytes: expect.any(Number),
      sizeBytes: expect.any(Number),
      isDone: true,
    },
  ]);
});

test("SIGINT from outside ends a waiting script soon, and the server knows how it ended", async () => {
  const script = startScript(
    here,
    `${LOG} run.ready.then(() => tell("turned")); setTimeout(() => {}, 60_000);`,
    {
      env: server.env,
    },
  );
  await script.told("turned");
  script.process.kill("SIGINT");
  expect((await script.ended()).signal).toBe("SIGINT");
  await expectAllThere({ state: "failed", end: { state: "failed", reason: "SIGINT" } });
});

test("what a script sends arrives while its loop never yields", async () => {
  const script = startScript(
    here,
    `${LOG} for (let i = 50; ; i++) { trackio.log({ i }); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); }`,
    { env: server.env },
  );
  await expect
    .poll(() => [...listJournals(server.folder)][0]?.sizeBytes ?? 0, { timeout: 20_000 })
    .toBeGreaterThan(3_000);
  script.process.kill("SIGKILL");
  await script.ended();
});

test("without its server a script waits as long as it was told, says so once, and the next one sends it", async () => {
  await server.stop();
  const began = performance.now();
  const first = await runScript(
    here,
    `const run = trackio.init({ project: "p", exitTimeoutMs: 1_500 }); for (let i = 0; i < 50; i++) trackio.log({ i });`,
    { env: server.env },
  );
  const tookMs = performance.now() - began;
  expect(first.code).toBe(0);
  expect(first.errors).toMatch(
    /^trackio: waiting up to 1 s for [\d.]+ k?B?(bytes)? ?to reach http:\/\/127\.0\.0\.1:\d+[:.] .*?Nothing is lost.*\n$/,
  );
  expect(tookMs).toBeGreaterThan(1_500);
  expect(tookMs).toBeLessThan(8_000);
  expect(marks()).toMatchObject([{ isDone: false }]);
  await server.start();
  const second = await runScript(
    here,
    `trackio.init({ project: "other" }); trackio.log({ a: 1 });`,
    {
      env: server.env,
    },
  );
  expect([second.code, complaintsIn(second.errors)]).toEqual([0, ""]);
  await expectAllThere({ state: "finished" });
  expect((await readStored(server.folder, "other"))[0]?.rows).toHaveLength(1);
});

test("exitTimeoutMs: 0 waits for nothing", async () => {
  await server.stop();
  const { errors, code } = await runScript(
    here,
    `trackio.init({ project: "p", exitTimeoutMs: 0 }); trackio.log({ i: 0 }); const at = performance.now(); process.on("exit", () => tell(String(performance.now() - at < 500)));`,
    { env: server.env },
  );
  expect({ errors, code }).toEqual({ errors: "", code: 0 });
});

test("finish waits within its bound and says what is left and where; that counts for the waiting at the end", async () => {
  await server.stop();
  const { output, errors } = await runScript(
    here,
    `${LOG.replace("{ project", "{ exitTimeoutMs: 1_200, project")}
     const at = performance.now();
     const report = await trackio.finish({ timeoutMs: 1_200 });
     const ready = await run.ready.catch((error) => error.code);
     tell(JSON.stringify({ unsent: report.unsent, warnings: report.warnings.length, ready, ms: performance.now() - at }));`,
    { env: { ...server.env } },
  );
  const told = JSON.parse(output) as {
    unsent: object;
    warnings: number;
    ready: string;
    ms: number;
  };
  expect(told).toMatchObject({
    unsent: { bytes: expect.any(Number), blobs: 0, serverUrl: server.url, dir: here.root },
    warnings: 1,
    ready: "unavailable",
  });
  expect(told.ms).toBeGreaterThan(1_000);
  expect(told.ms).toBeLessThan(4_000);
  expect(errors.match(/trackio: /g)).toHaveLength(1);
  expect(errors).toMatch(
    /of the run "dainty-sunset-0" did not reach http.*Nothing is lost: it lies in/,
  );
  await server.start();
  const { printed } = await trackioSync(here, server.env);
  expect(printed).toMatch(/^p\/dainty-sunset-0 is all there\.\nSent [\d.]+ k?B to http:.*\.\n$/);
  await expectAllThere({ state: "finished" });
}, 60_000);

test("a script that is killed loses nothing: trackio sync sends what it could not", async () => {
  await server.stop();
  const { signal } = await runScript(here, `${LOG} process.kill(process.pid, "SIGKILL");`, {
    env: server.env,
  });
  expect(signal).toBe("SIGKILL");
  await server.start();
  await trackioSync(here, server.env);
  await expectAllThere({ state: "running" });
});

test("the token stands in no file but one that its owner alone can read, and in no line", async () => {
  const script = `${LOG} const report = await trackio.finish(); tell(JSON.stringify(report)); tell(String(run.url));`;
  const withLink = script.replace(
    `project: "p"`,
    `project: "p", serverUrl: ${JSON.stringify(server.link)}`,
  );
  const { output, errors } = await runScript(here, withLink);
  expect(output + errors).not.toContain(server.token);
  expect(statSync(here.serverTokensFile).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(here.serverTokensFile, "utf8"))).toEqual({
    [server.url]: server.token,
  });
  for (const entry of readdirSync(here.root, { recursive: true, withFileTypes: true })) {
    const path = `${entry.parentPath}/${entry.name}`;
    if (!entry.isFile() || path === here.serverTokensFile) continue;
    expect(readFileSync(path).includes(server.token), path).toBe(false);
  }
});

test("a token of the environment is kept nowhere", async () => {
  await runScript(here, `${LOG} await trackio.finish();`, { env: server.env });
  expect(existsSync(here.serverTokensFile)).toBe(false);
});

test("finish that may not wait says what is left, and nothing else", async () => {
  await server.stop();
  const { output, errors, code } = await runScript(
    here,
    `const run = trackio.init({ project: "p", exitTimeoutMs: 0 }); trackio.log({ i: 0 }); const { unsent } = await run.finish({ timeoutMs: 0 }); tell(String(unsent.bytes > 0));`,
    { env: server.env },
  );
  expect({ output, code }).toEqual({ output: "true\n", code: 0 });
  expect(errors).toMatch(/^trackio: \d+ bytes of the run .+\n$/);
});

test("a journal that can be read no more ends no script, and changes no exit code", async () => {
  const { output, errors, code } = await runScript(
    here,
    `import { readdirSync, renameSync, symlinkSync } from "node:fs";
     ${LOG.replace('"p"', '"p", exitTimeoutMs: 5_000')}
     await run.ready;
     const folder = process.env.TRACKIO_DIR + "/store/projects/p/runs/" + run.id + "/";
     const journal = folder + readdirSync(folder).find((name) => name.endsWith(".jsonl"));
     // A folder in its place, and at no moment nothing: that would be a run that was deleted.
     symlinkSync(folder, journal + ".folder");
     renameSync(journal + ".folder", journal);
     trackio.log({ i: 50 });
     tell(typeof (await run.finish({ timeoutMs: 1_000 })).unsent);
     process.exitCode = 3;`,
    { env: { ...server.env } },
  );
  expect({ output, code }).toEqual({ output: "object\n", code: 3 });
  expect(errors).toContain("cannot be read (EISDIR)");
});
