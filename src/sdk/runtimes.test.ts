import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { isWriterAlive } from "../journal/process-liveness.ts";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import type { RunList } from "../protocol/api.ts";
import type { Writer } from "../protocol/run.ts";
import { startServer } from "../server/start-server.ts";
import { readRun } from "./testing/on-disk.ts";
import { OTHER_RUNTIMES, startIn } from "./testing/other-runtimes.ts";
import { runScript } from "./testing/run-script.ts";

const INIT = `const run = trackio.init({ project: "p" }); trackio.log({ a: 1 });`;
const KILLS = 5;
const VALUES = `
  const run = trackio.init({ project: "p", name: "values", config: { lr: 1e-3, big: 2n ** 64n - 1n, at: new Date(5) } });
  trackio.log({ loss: 0.5, train: { acc: 1, deep: { er: 2 } }, text: "\\u00ff\\u0000\\ud83d\\ude00", none: null });
  trackio.log({ nan: NaN, low: -Infinity, zero: -0, big: -(2n ** 70n), at: new Date(0), list: [1, ["a", true]] });
  trackio.log({ array: Float32Array.of(1.5, NaN), long: BigInt64Array.of(-1n), "": 1, ["__proto__"]: 2 }, { step: 2 ** 53 });
  trackio.log({ loss: 0.25 }, { step: 7, time: 1_700_000_000_000 });
  run.summary.set({ best: 0.25 });
  await trackio.finish();`;

describe.each(OTHER_RUNTIMES)("in $name", (runtime) => {
  test("what log() returned from survives kill -9 of the process", async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const folder = temporaryFolder();
      const script = startIn(
        runtime,
        folder,
        `trackio.init({ project: "p" });
         for (let call = 0; ; call++) {
           trackio.log({ call, text: "ÿ".repeat(call % 50), ["key" + (call % 20)]: call });
           tell(String(call));
         }`,
      );
      await script.told("\n");
      await wait(Math.random() * 40);
      script.process.kill("SIGKILL");
      const { signal, output } = await script.ended();
      expect(signal).toBe("SIGKILL");
      const returned = output.slice(0, output.lastIndexOf("\n")).split("\n").length;
      const { rows, damagedLines, header } = readRun(folder);
      expect(damagedLines).toBe(0);
      expect(rows.map((row) => row.call)).toEqual(rows.map((_, call) => call));
      expect([returned, returned + 1]).toContain(rows.length);
      expect(isWriterAlive(header?.writer as Writer, Date.now(), Date.now())).toBe(false);
    }
  });

  test("a run is on disk as Node would have written it", async () => {
    const [here, node] = [temporaryFolder(), temporaryFolder()];
    const [end] = await Promise.all([
      startIn(runtime, here, VALUES).ended(),
      runScript(node, VALUES),
    ]);
    expect(end).toMatchObject({ code: 0, errors: "" });
    const [run, expected] = [readRun(here), readRun(node)];
    const { rows, steps, events } = expected;
    expect(rows).toHaveLength(4);
    expect(run).toMatchObject({ rows, steps, damagedLines: 0 });
    expect(run.head.config).toEqual(expected.head.config);
    expect(run.head.state).toBe("finished");
    expect(run.events.map(({ time: _, ...event }) => event)).toEqual(
      events.map(({ time: _, ...event }) => event),
    );
  });

  test("a script is sent to a server while it runs, also where its loop never yields", async () => {
    const [here, there] = [temporaryFolder(), temporaryFolder()];
    await using server = await startServer({ root: there.root, port: 0, log: () => {} });
    const env = {
      TRACKIO_SERVER_URL: server.url,
      TRACKIO_WRITE_TOKEN: server.tokens.write,
    };
    const script = startIn(
      runtime,
      here,
      `const run = trackio.init({ project: "p", name: "sent" });
       const untilMs = Date.now() + 3_000;
       let calls = 0;
       while (Date.now() < untilMs) {
         trackio.log({ calls: calls++ });
         if (calls === 100) tell("many");
       }
       tell("calls " + calls);
       const { unsent } = await trackio.finish();
       tell("unsent " + JSON.stringify(unsent));`,
      env,
    );
    await script.told("many");
    const list = `${server.url}/api/v1/projects/p/runs`;
    // Some of it is there before the loop has ended.
    await expect.poll(async () => (await fetch(list)).status, { timeout: 20_000 }).toBe(200);
    const { output, errors, code } = await script.ended();
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output).toContain("unsent undefined");
    const recordCount = Number(/calls (\d+)/.exec(output)?.[1]);
    await expect
      .poll(async () => ((await (await fetch(list)).json()) as RunList).runs[0], {
        timeout: 20_000,
      })
      .toMatchObject({ name: "sent", status: "finished", recordCount });
  }, 60_000);

  test("who waits for ready in vain goes on after a while", async () => {
    const script = startIn(
      runtime,
      temporaryFolder(),
      `const run = trackio.init({ project: "p", exitTimeoutMs: 500 });
       try { await run.ready; } catch (error) { tell(error.code); }
       run.log({ i: 1 });`,
      // Nobody is there.
      { TRACKIO_SERVER_URL: "http://127.0.0.1:9" },
    );
    expect(await script.ended()).toMatchObject({ code: 0, output: "unavailable\n" });
  });

  test.each([
    ["the end of the script", "", 0, { state: "finished" }],
    ["process.exit(0)", "process.exit(0);", 0, { state: "finished" }],
    ["process.exit(3)", "process.exit(3);", 3, { state: "failed", reason: "exit code 3" }],
    ["process.exitCode", "process.exitCode = 4;", 4, { state: "failed", reason: "exit code 4" }],
  ])(
    "a run's status is the truth: without finish it ends as the script does, %s",
    async (_, body, code, end) => {
      const folder = temporaryFolder();
      expect(await startIn(runtime, folder, INIT + body).ended()).toMatchObject({
        code,
        errors: "",
      });
      expect(readRun(folder).head).toMatchObject({ state: end.state, end, highestStep: 0 });
    },
  );

  test.each([
    ["thrown", `throw new Error("the loss is gone");`],
    ["rejected", `Promise.reject(new Error("the loss is gone")); setTimeout(() => {}, 60_000);`],
    ["thrown later", `setTimeout(() => { throw new Error("the loss is gone"); }, 5);`],
  ])("an uncaught error that is %s marks the run failed, with its text", async (_, body) => {
    const folder = temporaryFolder();
    const { code, errors } = await startIn(runtime, folder, INIT + body).ended();
    expect(code).toBe(1);
    expect(errors).toContain("the loss is gone");
    const { end } = readRun(folder).head;
    expect(end).toMatchObject({ state: "failed", reason: "uncaught error" });
    expect(end?.error).toContain("the loss is gone");
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s marks the run failed, names the signal, and goes on",
    async (signal) => {
      const folder = temporaryFolder();
      const body = `${INIT} setTimeout(() => tell("turned"), 200); setTimeout(() => {}, 60_000);`;
      const script = startIn(runtime, folder, body);
      await script.told("turned");
      script.process.kill(signal);
      expect(await script.ended()).toMatchObject({ signal });
      expect(readRun(folder).head).toMatchObject({ state: "failed", end: { reason: signal } });
    },
  );

  test("a loop that never yields after init is ended by SIGINT at once", async () => {
    const folder = temporaryFolder();
    const script = startIn(
      runtime,
      folder,
      `${INIT} tell("looping"); for (;;) trackio.log({ a: 1 });`,
    );
    await script.told("looping");
    script.process.kill("SIGINT");
    expect((await script.ended()).signal).toBe("SIGINT");
    expect(readRun(folder).damagedLines).toBe(0);
  });
});
