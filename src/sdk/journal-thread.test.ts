import { cpSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type { DataFolder } from "../journal/data-folder.ts";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import { startServer } from "../server/start-server.ts";
import { readRun } from "./testing/on-disk.ts";
import { runScript, SDK } from "./testing/run-script.ts";

/** Ages the journal and waits, without ever yielding, until somebody touches it. */
const LOOP = `
  import { readdirSync, statSync, utimesSync } from "node:fs";
  import { join } from "node:path";
  const run = trackio.init({ project: "p" });
  trackio.log({ a: 0 });
  const folder = join(process.env.TRACKIO_DIR, "store/projects/p/runs", run.id);
  const journal = join(folder, readdirSync(folder).find((name) => name.endsWith(".jsonl")));
  const age = () => utimesSync(journal, 1, 1);
  const isTouched = () => statSync(journal).mtimeMs > 1_000_000;
  const wait = new Int32Array(new SharedArrayBuffer(4));`;

test("a run's status is the truth, even if its training loop never yields: the sign of life goes on", async () => {
  const body = `${LOOP}
    const start = Date.now();
    while (Date.now() - start < 1_100) Atomics.wait(wait, 0, 0, 50);
    trackio.log({ a: 1 });
    age();
    while (!isTouched() && Date.now() - start < 20_000) Atomics.wait(wait, 0, 0, 50);
    tell(isTouched() ? "touched" : "silent");`;
  const { output, code } = await runScript(temporaryFolder(), body);
  expect({ output, code }).toEqual({ output: "touched\n", code: 0 });
});

test("nothing of the SDK keeps a script alive", async () => {
  const folder = temporaryFolder();
  const body = `
    trackio.init({ project: "p" });
    trackio.log({ a: 1 });
    setTimeout(() => tell("last work"), 1_300);
    process.on("exit", () => tell("after " + Math.round(performance.now())));
    setTimeout(() => { tell("still alive"); process.exit(9); }, 20_000).unref();`;
  const { output, code } = await runScript(folder, body);
  expect(code).toBe(0);
  expect(output).toMatch(/^last work\nafter \d{4}\n$/);
  expect(readRun(folder).head.state).toBe("finished");
});

/** The SDK's rooms without the thread's file, as in a bundle that left it out. Address of its entry. */
function copyWithoutThread(folder: DataFolder): string {
  const copy = join(folder.root, "copy");
  const source = dirname(dirname(fileURLToPath(SDK)));
  for (const room of ["protocol", "journal", "tables", "media", "sdk"]) {
    cpSync(join(source, room), join(copy, room), { recursive: true });
  }
  symlinkSync(join(dirname(source), "package.json"), join(copy, "package.json"));
  rmSync(join(copy, "sdk/journal-thread-worker.ts"));
  return pathToFileURL(join(copy, "sdk/index.ts")).href;
}

test("where the thread's file is missing, a timer gives the sign, and logging goes on", async () => {
  const folder = temporaryFolder();
  const url = copyWithoutThread(folder);
  const body = `${LOOP.replaceAll("trackio.", "copied.")}
    age();
    for (let i = 0; i < 400 && !isTouched(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    copied.log({ a: 1 });
    tell(isTouched() ? "touched" : "silent");`;
  const { output, errors, code } = await runScript(
    folder,
    `import * as copied from ${JSON.stringify(url)}; ${body}`,
  );
  expect({ output, errors, code }).toEqual({ output: "touched\n", errors: "", code: 0 });
  expect(readRun(folder).rows).toEqual([{ a: 0 }, { a: 1 }]);
});

test("where the thread's file is missing, what goes to a server is sent all the same", async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  await using server = await startServer({ root: there.root, port: 0, writeToken: "w" });
  const link = `${server.url}/?write_token=w`;
  const { output, errors, code } = await runScript(
    here,
    `import * as copied from ${JSON.stringify(copyWithoutThread(here))};
     copied.init({ project: "p", serverUrl: ${JSON.stringify(link)} });
     for (let i = 0; i < 5; i++) copied.log({ i });
     tell(String((await copied.finish()).unsent));`,
  );
  expect({ output, errors, code }).toEqual({ output: "undefined\n", errors: "", code: 0 });
  await expect
    .poll(async () => {
      const answer = await fetch(`${server.url}/api/v1/projects/p/runs`);
      return ((await answer.json()) as { runs?: object[] }).runs;
    })
    .toMatchObject([{ recordCount: 5, status: "finished" }]);
});
