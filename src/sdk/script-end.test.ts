import { expect, test } from "vitest";
import { isWriterAlive } from "../journal/process-liveness.ts";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import type { Writer } from "../protocol/run.ts";
import { readRun, readRuns } from "./testing/on-disk.ts";
import { runScript, startScript } from "./testing/run-script.ts";

const INIT = `const run = trackio.init({ project: "p" }); trackio.log({ a: 1 });`;

test.each([
  ["the end of the script", "", 0, { state: "finished" }],
  ["process.exit(0)", "process.exit(0);", 0, { state: "finished" }],
  ["process.exit(3)", "process.exit(3);", 3, { state: "failed", reason: "exit code 3" }],
  ["process.exitCode", "process.exitCode = 4;", 4, { state: "failed", reason: "exit code 4" }],
  [
    "a promise that nobody keeps",
    "await new Promise(() => {});",
    13,
    { state: "failed", reason: "exit code 13" },
  ],
])(
  "a run's status is the truth: without finish it ends as the script does, %s",
  async (_, body, code, end) => {
    const folder = temporaryFolder();
    expect((await runScript(folder, INIT + body)).code).toBe(code);
    const { head, events } = readRun(folder);
    expect(head).toMatchObject({ ...{ state: end.state }, end, highestStep: 0 });
    expect(events).toEqual([{ time: expect.any(Number), end }]);
  },
);

test.each([
  ["thrown", `throw new Error("the loss is gone");`],
  ["rejected", `Promise.reject(new Error("the loss is gone")); setTimeout(() => {}, 60_000);`],
  ["thrown later", `setTimeout(() => { throw new Error("the loss is gone"); }, 5);`],
])("an uncaught error that is %s marks the run failed, with its text", async (_, body) => {
  const folder = temporaryFolder();
  const { code, errors } = await runScript(folder, INIT + body);
  expect(code).toBe(1);
  expect(errors).toContain("the loss is gone");
  const { end } = readRun(folder).head;
  expect(end).toMatchObject({ state: "failed", reason: "uncaught error" });
  expect(end?.error).toMatch(/^Error: the loss is gone\n +at /);
});

test("every open run ends with the script, the finished ones stay finished", async () => {
  const folder = temporaryFolder();
  await runScript(
    folder,
    `for (const name of ["a", "b", "c"]) trackio.init({ project: "p", name });
     trackio.finish();
     process.exit(1);`,
  );
  const states = readRuns(folder).map(({ head }) => [head.run.name, head.state]);
  expect(Object.fromEntries(states)).toEqual({ a: "failed", b: "failed", c: "finished" });
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s marks the run failed, names the signal, and goes on",
  async (signal) => {
    const folder = temporaryFolder();
    const script = startScript(
      folder,
      `${INIT} setTimeout(() => tell("turned"), 20); setTimeout(() => {}, 60_000);`,
    );
    await script.told("turned");
    script.process.kill(signal);
    expect(await script.ended()).toMatchObject({ code: null, signal });
    const { head, events } = readRun(folder);
    expect(head).toMatchObject({ state: "failed", end: { state: "failed", reason: signal } });
    expect(events).toHaveLength(1);
  },
);

test("a script that listens for the signal itself decides, and its run heals when it goes on", async () => {
  const folder = temporaryFolder();
  const script = startScript(
    folder,
    `${INIT}
     let signals = 0;
     process.on("SIGINT", () => {
       signals += 1;
       if (signals === 2) trackio.log({ a: 2 });
       tell("noted " + signals);
     });
     const isHeard = () => process.listenerCount("SIGINT") === 2;
     let heard = 0;
     const alive = setInterval(() => {
       if (signals === 3) clearInterval(alive);
       else if (isHeard() && heard === signals) tell("listening " + ++heard);
     }, 10);`,
  );
  const states = [];
  for (const time of [1, 2, 3]) {
    await script.told(`listening ${time}`);
    script.process.kill("SIGINT");
    await script.told(`noted ${time}`);
    states.push(readRuns(folder)[0]?.head.state);
  }
  expect(states).toEqual(["failed", "running", "failed"]);
  expect(await script.ended()).toMatchObject({ code: 0, signal: null });
  const [before, after, ...others] = readRuns(folder);
  expect(others).toEqual([]);
  expect([before?.rows, after?.rows]).toEqual([[{ a: 1 }], [{ a: 2 }]]);
  // An end is the last line of its journal: it may be removed once it is folded.
  const end = { state: "failed", reason: "SIGINT" };
  for (const run of [before, after]) expect(run?.events.map((event) => event.end)).toEqual([end]);
  expect(after?.head).toMatchObject({ state: "failed", end, highestStep: 1 });
});

test("finish after a signal that the script listened for marks the run finished", async () => {
  const folder = temporaryFolder();
  const script = startScript(
    folder,
    `${INIT}
     process.on("SIGTERM", async () => {
       await trackio.finish();
       process.exit(0);
     });
     setTimeout(() => tell("turned"), 20);
     setTimeout(() => {}, 60_000);`,
  );
  await script.told("turned");
  script.process.kill("SIGTERM");
  expect(await script.ended()).toMatchObject({ code: 0, errors: "" });
  expect(readRuns(folder)[0]?.head).toMatchObject({
    state: "finished",
    end: { state: "finished" },
  });
});

test("a library that ends the script unless others listen is not kept from it", async () => {
  const folder = temporaryFolder();
  const script = startScript(
    folder,
    `${INIT}
     process.on("SIGTERM", function listener() {
       if (process.listenerCount("SIGTERM") > 1) return;
       process.off("SIGTERM", listener);
       process.kill(process.pid, "SIGTERM");
     });
     setTimeout(() => tell("turned"), 20);
     setTimeout(() => {}, 60_000);`,
  );
  await script.told("turned");
  script.process.kill("SIGTERM");
  expect(await script.ended()).toMatchObject({ signal: "SIGTERM" });
  expect(readRun(folder).head.end?.reason).toBe("SIGTERM");
});

test("a loop that never yields after init is ended by SIGINT at once", async () => {
  const folder = temporaryFolder();
  const script = startScript(folder, `${INIT} tell("looping"); for (;;) trackio.log({ a: 1 });`);
  await script.told("looping");
  script.process.kill("SIGINT");
  expect((await script.ended()).signal).toBe("SIGINT");
  expect(readRun(folder).damagedLines).toBe(0);
});

test("a loop that yielded once and then never again is interruptible soon", async () => {
  const folder = temporaryFolder();
  const script = startScript(
    folder,
    `${INIT}
     await new Promise((resolve) => setTimeout(resolve, 50));
     const start = Date.now();
     let told = false;
     for (;;) {
       trackio.log({ a: 1 });
       if (!told && Date.now() - start > 1_000) { told = true; tell("stood still"); }
     }`,
  );
  await script.told("stood still");
  script.process.kill("SIGINT");
  expect((await script.ended()).signal).toBe("SIGINT");
});

test("a signal that comes during a long step is heard when the step is over", async () => {
  const folder = temporaryFolder();
  const script = startScript(
    folder,
    `${INIT}
     for (let step = 0; ; step++) {
       await new Promise((resolve) => setTimeout(resolve, 5));
       tell("step " + step);
       const start = Date.now();
       while (Date.now() - start < 700);
       trackio.log({ loss: 1 });
       trackio.log({ val_loss: 1 });
     }`,
  );
  await script.told("step 1");
  script.process.kill("SIGINT");
  expect(await script.ended()).toMatchObject({ signal: "SIGINT" });
  expect(readRun(folder).head.end).toEqual({ state: "failed", reason: "SIGINT" });
});

test("a run's status is the truth: killed, it never says that it ended, and its process is known to be gone", async () => {
  const folder = temporaryFolder();
  const { signal } = await runScript(folder, `${INIT} process.kill(process.pid, "SIGKILL");`);
  expect(signal).toBe("SIGKILL");
  const { head, events, header } = readRun(folder);
  expect({ state: head.state, events }).toEqual({ state: "running", events: [] });
  expect(isWriterAlive(header?.writer as Writer, Date.now(), Date.now())).toBe(false);
});

test("nothing of the SDK stays in the process once no run is open", async () => {
  const body = `
    const count = () => process.eventNames().map((name) => [name, process.listenerCount(name)]);
    const before = JSON.stringify(count());
    ${INIT}
    await new Promise((resolve) => setTimeout(resolve, 20));
    const during = JSON.stringify(count());
    await trackio.finish();
    tell(JSON.stringify({ same: JSON.stringify(count()) === before, grew: during !== before }));`;
  const { output } = await runScript(temporaryFolder(), body);
  expect(JSON.parse(output)).toEqual({ same: true, grew: true });
});
