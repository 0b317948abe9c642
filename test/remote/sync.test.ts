/** `trackio sync` and `trackio status`: what scripts left is told, sent, and sent once. */

import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommandLine } from "../../src/cli/main.ts";
import { RecordingTerminal } from "../../src/cli/testing/recording-terminal.ts";
import type { DataFolder } from "../../src/journal/data-folder.ts";
import { temporaryFolder } from "../../src/journal/testing/temporary-folder.ts";
import { type ImageFields, mediaIn } from "../../src/protocol/media.ts";
import { runScript, startScript } from "../../src/sdk/testing/run-script.ts";
import { makeAll, readStored, TestServer } from "./test-server.ts";
import { trackioSync } from "./trackio-sync.ts";

let server: TestServer;
let here: DataFolder;

beforeEach(async () => {
  server = await TestServer.create();
  here = temporaryFolder();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

/** Leaves a run of ten points and a picture; the server is away. */
async function leaveRun(name: string, env: NodeJS.ProcessEnv = server.env): Promise<void> {
  await runScript(
    here,
    `const run = trackio.init({ project: "p", name: ${JSON.stringify(name)}, exitTimeoutMs: 0 });
     for (let i = 0; i < 10; i++) trackio.log({ i });
     trackio.log({ image: new trackio.Image(new Uint8Array(300).fill(7), { shape: [10, 10, 3] }) });`,
    { env },
  );
}

async function status(flags: readonly string[] = []): Promise<string> {
  const terminal = new RecordingTerminal({ env: { TRACKIO_DIR: here.root }, time: Date.now() });
  expect(await runCommandLine(["status", ...flags], terminal)).toBe(0);
  return terminal.printed;
}

test("what is left is told by status, sent by sync, and then nothing is left", async () => {
  for (const name of ["a", "b"]) await leaveRun(name);
  expect(await status()).toMatch(
    new RegExp(
      `Not sent yet +[\\d.]+ k?B of 2 journals, and media that they name, to ${server.url}`,
    ),
  );
  // What is folded here is not removed before it is sent.
  expect(JSON.parse(await status(["--json"]))).toMatchObject({
    num_journals: 2,
    unsent: [{ server_url: server.url, num_journals: 2 }],
  });
  await server.start();
  const { printed, notes } = await trackioSync(here, server.env, { flags: ["--json"] });
  expect(JSON.parse(printed)).toEqual({
    dir: here.root,
    servers: [
      {
        server_url: server.url,
        num_runs: 2,
        bytes: expect.any(Number),
        unsent_bytes: 0,
        unsent_blobs: 0,
        refused: [],
      },
    ],
  });
  expect(notes).toBe("");
  expect(await trackioSync(here, server.env)).toMatchObject({
    printed: "Nothing is left to be sent.\n",
  });
  expect(await status()).not.toContain("Not sent yet");
  await server.stop();
  const stored = await readStored(server.folder);
  expect(stored.map(({ run, rows }) => [run.name, rows.length])).toEqual([
    ["a", 11],
    ["b", 11],
  ]);
  const blobs = await makeAll(server.folder);
  for (const { rows } of stored) {
    const [image] = rows.flatMap(({ values }) => mediaIn(values));
    expect(blobs.find((image!.fields as ImageFields).blob).state).toBe("ready");
  }
}, 60_000);

test("a server that is away: exit code 1, a sentence, and nothing lost", async () => {
  await leaveRun("a");
  const { printed, notes } = await trackioSync(here, server.env, { exitCode: 1 });
  expect(printed).toMatch(/^Sent 0 B to /);
  expect(notes).toMatch(
    /^[\d.]+ k?B and 1 blob did not reach http:.*: it does not answer \(ECONNREFUSED\)\. Nothing is lost; try again when it is well\.\n$/,
  );
  await server.start();
  await trackioSync(here, server.env);
}, 60_000);

test("of several servers each is told that does not take what was left", async () => {
  await leaveRun("a");
  await using other = await TestServer.start();
  await leaveRun("b", { TRACKIO_SERVER_URL: other.url });
  const { notes } = await trackioSync(here, {}, { exitCode: 1 });
  const [first, second] = notes.split("\n");
  expect(first).toContain(`${server.url}: it does not answer (ECONNREFUSED)`);
  expect(second).toContain(`${other.url}: it does not take the write token`);
}, 60_000);

test("a token that is wrong or missing is told with the remedy, and never shown", async () => {
  await leaveRun("a");
  await server.start();
  for (const env of [{}, { TRACKIO_WRITE_TOKEN: "not-this-one" }]) {
    const { notes } = await trackioSync(here, env, { exitCode: 1 });
    expect(notes).toMatch(/does not take the write token.*give the token of the link/);
    expect(notes).not.toContain("not-this-one");
  }
  await trackioSync(here, { TRACKIO_WRITE_TOKEN: server.token });
}, 60_000);

test("--server-url sends all of it to another address", async () => {
  await leaveRun("a");
  await using moved = await TestServer.start();
  const { printed } = await trackioSync(here, {}, { flags: ["--server-url", moved.link] });
  expect(printed).toContain(`p/a is all there.\nSent `);
  await moved.stop();
  expect((await readStored(moved.folder))[0]?.rows).toHaveLength(11);
  const { notes } = await trackioSync(
    here,
    {},
    {
      flags: ["--server-url", "ftp://x?write_token=secret"],
      exitCode: 2,
    },
  );
  expect(notes).toMatch(/^--server-url is "ftp:\/\/x\?write_token=…"; give an address/);
});

test("--again sends what was there, to a server that lost it, and nothing twice", async () => {
  await server.start();
  await runScript(
    here,
    `for (const name of ["a", "b"]) {
       const run = trackio.init({ project: "p", name });
       run.log({ i: 0, image: new trackio.Image(new Uint8Array(300).fill(7), { shape: [10, 10, 3] }) });
       await run.finish();
     }`,
    { env: server.env },
  );
  await server.stop();
  rmSync(server.folder.storePath, { recursive: true });
  await server.start();
  expect((await trackioSync(here, server.env)).printed).toBe("Nothing is left to be sent.\n");
  for (const sent of [/Sent [1-9]/, /Sent 0 B/]) {
    const { printed } = await trackioSync(here, server.env, { flags: ["--again"] });
    expect(printed).toContain("p/a is all there.\np/b is all there.\n");
    expect(printed).toMatch(sent);
  }
  expect((await trackioSync(here, server.env)).printed).toBe("Nothing is left to be sent.\n");
  await server.stop();
  const stored = await readStored(server.folder);
  expect(stored.map(({ run, rows }) => [run.name, run.state, rows.length])).toEqual([
    ["a", "finished", 1],
    ["b", "finished", 1],
  ]);
  const [image] = stored[0]!.rows.flatMap(({ values }) => mediaIn(values));
  const blobs = await makeAll(server.folder);
  expect(blobs.find((image!.fields as ImageFields).blob).state).toBe("ready");
}, 60_000);

test("a run whose script goes on is left to it", async () => {
  const script = startScript(
    here,
    `trackio.init({ project: "p", exitTimeoutMs: 0 }); trackio.log({ i: 0 }); tell("logged"); setTimeout(() => {}, 60_000);`,
    { env: server.env },
  );
  await script.told("logged");
  const { printed, notes } = await trackioSync(here, server.env);
  expect([printed, notes]).toEqual([
    "Nothing is left to be sent.\n",
    'Run "dainty-sunset-0" is still being written: its script sends it.\n',
  ]);
  script.process.kill("SIGKILL");
  await script.ended();
  await server.start();
  await trackioSync(here, server.env);
});

test("a run that was deleted on the server is told, and is left no more", async () => {
  await server.start();
  await runScript(here, `trackio.init({ project: "p", id: "r" }); trackio.log({ i: 0 });`, {
    env: server.env,
  });
  await server.stop();
  await runScript(
    here,
    `trackio.init({ project: "p", id: "r", resume: "must", exitTimeoutMs: 0 }); trackio.log({ i: 1 });`,
    { env: server.env },
  );
  const terminal = new RecordingTerminal({
    env: { TRACKIO_DIR: server.folder.root },
    time: Date.now(),
  });
  expect(await runCommandLine(["delete", "run", "--run", "r", "--yes"], terminal)).toBe(0);
  await server.start();
  const { notes } = await trackioSync(here, server.env);
  expect(notes).toMatch(
    /does not take the run "[^"]+": Run "r" .* was deleted on this server\.\n$/,
  );
  expect((await trackioSync(here, server.env)).printed).toBe("Nothing is left to be sent.\n");
});
