import { expect, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import * as trackio from "./index.ts";
import { readRuns } from "./testing/on-disk.ts";
import { runScript, SDK } from "./testing/run-script.ts";

const CALLS = 300;
const OPTIONS = `{ project: "p", id: "shared", resume: "allow", config: { lr: 1 } }`;

test("writers never wait for readers, nor for each other: one file per run and writing process", async () => {
  const folder = temporaryFolder();
  const body = `
    trackio.init(${OPTIONS});
    for (let call = 0; call < ${CALLS}; call++) trackio.log({ call, pid: process.pid });
    await trackio.finish();`;
  const scripts = [0, 1, 2].map(() => runScript(folder, body));
  for (const script of scripts) expect(await script).toMatchObject({ code: 0, errors: "" });
  const runs = readRuns(folder);
  expect(runs.map(({ rows, damagedLines }) => [rows.length, damagedLines])).toEqual(
    Array.from({ length: 3 }, () => [CALLS, 0]),
  );
  expect(new Set(runs.map(({ rows }) => rows[0]?.pid)).size).toBe(3);
  expect(runs[0]?.head).toMatchObject({ run: { id: "shared", number: 0 }, state: "finished" });
});

test("what one writer sets in the config, another does not lose", async () => {
  const folder = temporaryFolder();
  const options = { project: "p", id: "shared", resume: "allow", dir: folder.root } as const;
  const writers = [0, 1].map(() => trackio.init(options));
  for (const [i, writer] of writers.entries()) writer.config.set({ [`rank${i}`]: true });
  const runs = readRuns(folder);
  expect(runs[0]?.head.config).toEqual({ rank0: true, rank1: true });
  expect(runs[1]?.events[0]?.config).toEqual({ rank0: true, rank1: true });
  for (const writer of writers) await writer.finish();
});

test("one file per run and writing thread", async () => {
  const folder = temporaryFolder();
  const thread = `
    import * as trackio from ${JSON.stringify(SDK)};
    import { threadId } from "node:worker_threads";
    trackio.init(${OPTIONS});
    for (let call = 0; call < ${CALLS}; call++) trackio.log({ call, threadId });`;
  const { code, errors } = await runScript(
    folder,
    `import { Worker } from "node:worker_threads";
     trackio.init(${OPTIONS});
     const url = new URL("data:text/javascript," + encodeURIComponent(${JSON.stringify(thread)}));
     const threads = [0, 1, 2].map(() => new Worker(url));
     for (let call = 0; call < ${CALLS}; call++) trackio.log({ call, threadId: 0 });
     await Promise.all(threads.map((thread) => new Promise((resolve, reject) => thread.on("exit", resolve).on("error", reject))));`,
  );
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  const runs = readRuns(folder);
  expect(runs.map(({ rows }) => rows.length)).toEqual([CALLS, CALLS, CALLS, CALLS]);
  expect(new Set(runs.map(({ rows }) => rows[0]?.threadId)).size).toBe(4);
  for (const { events } of runs) expect(events.at(-1)?.end).toEqual({ state: "finished" });
});
