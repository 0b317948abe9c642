import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import { BlobFolder } from "../media/blob-folder.ts";
import type { BlobHash } from "../protocol/media.ts";
import { runScript, startScript } from "./testing/run-script.ts";

test("media are made beside a loop that never yields, from about a second after the first", async () => {
  const folder = temporaryFolder();
  const script = startScript(
    folder,
    `trackio.init({ project: "p" });
     trackio.log({ a: new trackio.Image([[1]]) });
     tell("logged");
     for (;;) trackio.log({ loss: 1 });`,
  );
  await script.told("logged");
  const blobs = new BlobFolder(folder);
  const [hash, state] = readdirSync(blobs.pendingPath)[0]!.split(".") as [BlobHash, string];
  expect(state).toBe("raw");
  await expect.poll(() => blobs.find(hash).state, { timeout: 20_000 }).toBe("ready");
  expect(script.process.exitCode).toBe(null);
  script.process.kill("SIGKILL");
});

test("the thread that makes media keeps no script alive", async () => {
  const { code, errors } = await runScript(
    temporaryFolder(),
    `trackio.init({ project: "p" });
     trackio.log({ a: new trackio.Image([[1]]) });
     setTimeout(() => undefined, 1_500);`,
  );
  // It ended at all: a test that waits for it in vain fails.
  expect([code, errors]).toEqual([0, ""]);
});

test("the end of a script waits for nothing that is being made", async () => {
  const { output } = await runScript(
    temporaryFolder(),
    `trackio.init({ project: "p" });
     trackio.log({ a: new trackio.Image([[1]]) });
     await new Promise((resolve) => setTimeout(resolve, 1_500));
     await trackio.finish();
     tell(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length);`,
  );
  expect(output).toBe("0\n");
});

test.each([
  "process.exit();",
  "await trackio.finish();",
  "",
  'process.kill(process.pid, "SIGINT"); await new Promise((next) => setTimeout(next, 1_000));',
])(
  "a script that ends while its media are made (%s) counts as no maker that they ended",
  async (end) => {
    const folder = temporaryFolder();
    const { pendingPath } = new BlobFolder(folder);
    await runScript(
      folder,
      `import { readdirSync } from "node:fs";
       trackio.init({ project: "p" });
       const shape = [600, 3, 256, 256];
       trackio.log({ a: new trackio.Video(new Uint8Array(600 * 3 * 256 * 256), { shape }) });
       const isMaking = () => readdirSync(${JSON.stringify(pendingPath)}).some((name) => name.endsWith(".making"));
       for (let i = 0; i < 1_000 && !isMaking(); i += 1) await new Promise((next) => setTimeout(next, 10));
       tell(isMaking());
       ${end}`,
      { env: { PATH: "" } },
    );
    expect(readdirSync(pendingPath)).toEqual([expect.stringMatching(/\.raw$/)]);
  },
);

// Linux tells the names of a process's threads.
test.runIf(process.platform === "linux")(
  "the thread that makes media is there while a run needs it, and gone when all have ended",
  async () => {
    const { code, output } = await runScript(
      temporaryFolder(),
      `import { readdirSync, readFileSync } from "node:fs";
       import { setTimeout as wait } from "node:timers/promises";
       const isThere = () => readdirSync("/proc/self/task").some((task) => {
         try {
           return readFileSync("/proc/self/task/" + task + "/comm", "utf8").startsWith("trackio maker");
         } catch {
           return false;
         }
       });
       const becomes = async (wanted) => {
         for (let i = 0; isThere() !== wanted && i < 400; i++) await wait(50);
         return isThere() === wanted;
       };
       const runs = [trackio.init({ project: "p" }), trackio.init({ project: "p" })];
       for (const run of runs) run.log({ a: new trackio.Image([[1]]) });
       const begins = !isThere() && (await becomes(true));
       await runs[0].finish();
       await wait(100);
       const stays = isThere();
       await runs[1].finish();
       tell(JSON.stringify({ begins, stays, ends: await becomes(false) }));`,
    );
    expect([code, JSON.parse(output)]).toEqual([0, { begins: true, stays: true, ends: true }]);
  },
);
