import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { isWriterAlive } from "../journal/process-liveness.ts";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import type { Writer } from "../protocol/run.ts";
import { readRun } from "./testing/on-disk.ts";
import { OTHER_RUNTIMES, startIn } from "./testing/other-runtimes.ts";

const INIT = `const run = trackio.init({ project: "p" }); trackio.log({ a: 1 });`;
const KILLS = 5;

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
