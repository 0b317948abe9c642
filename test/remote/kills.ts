import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { DataFolder } from "../../src/journal/data-folder.ts";
import { listJournals } from "../../src/journal/list-journals.ts";
import { temporaryFolder } from "../../src/journal/testing/temporary-folder.ts";
import { blobsOf, mediaIn } from "../../src/protocol/media.ts";
import { type Script, startScript } from "../../src/sdk/testing/run-script.ts";
import { startShow } from "./start-show.ts";
import { makeAll, readStored } from "./test-server.ts";

/** How long the server is left to itself after it was heard, and how long it is away; at most. */
const UP_MS = 500;
const DOWN_MS = 900;

/** Logs numbers, and every tenth time a picture of its own, until its input ends. */
const SCRIPT = (name: string) => `
  let stopped = false;
  process.stdin.on("end", () => { stopped = true; }).resume();
  trackio.init({ project: "p", name: ${JSON.stringify(name)} });
  let i = 0;
  for (; !stopped; i++) {
    const values = { i };
    if (i % 10 === 0) values.image = new trackio.Image(Uint8Array.from({ length: 3 * 64 * 64 }, (_, at) => (at * 7 + i) % 256), { shape: [64, 64, 3] });
    trackio.log(values);
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  const { unsent } = await trackio.finish({ timeoutMs: 90_000 });
  tell(JSON.stringify({ count: i, unsent }));`;

/** Two scripts with points and pictures log to one server, which is killed so many times, each time after it was heard. */
export async function survivesKills(kills: number): Promise<void> {
  await using show = await startShow();
  const there = new DataFolder(show.dir);
  const scripts = ["one", "two"].map((name) =>
    startScript(temporaryFolder(), SCRIPT(name), { env: show.env, stdin: "pipe" }),
  );
  for (let kill = 0; kill < kills; kill += 1) {
    await untilHeard(there);
    await delay(Math.random() * UP_MS);
    await show.kill();
    await delay(Math.random() * DOWN_MS);
    await show.start();
  }
  await untilHeard(there);
  const counts = await Promise.all(scripts.map(stop));
  await show.kill("SIGTERM");
  await expectWhole(there, counts);
}

async function stop(script: Script): Promise<number> {
  script.process.stdin!.end();
  const { output, errors } = await script.ended();
  const { count, unsent } = JSON.parse(output || "{}") as { count?: number; unsent?: object };
  expect({ unsent, isCount: typeof count }, errors).toEqual({
    unsent: undefined,
    isCount: "number",
  });
  return count!;
}

/** Each point once and in order, and every picture there is one. */
async function expectWhole(there: DataFolder, counts: readonly number[]): Promise<void> {
  const stored = await readStored(there);
  const byName = stored.toSorted((a, b) => (a.run.name < b.run.name ? -1 : 1));
  expect(byName.map(({ run }) => [run.name, run.state])).toEqual([
    ["one", "finished"],
    ["two", "finished"],
  ]);
  const blobs = await makeAll(there);
  for (const [at, { rows }] of byName.entries()) {
    expect(rows.map(({ values }) => values.i)).toEqual(
      Array.from({ length: counts[at]! }, (_, i) => i),
    );
    const hashes = rows.flatMap(({ values }) => mediaIn(values).flatMap(blobsOf));
    expect(hashes).toHaveLength(Math.ceil(counts[at]! / 10));
    for (const hash of hashes) expect(blobs.find(hash).state).toBe("ready");
  }
}

/** Waits until both journals there have grown. */
async function untilHeard(there: DataFolder): Promise<void> {
  const sizes = () =>
    Object.fromEntries([...listJournals(there)].map((file) => [file.source, file.sizeBytes]));
  const before = sizes();
  await expect
    .poll(
      () => Object.entries(sizes()).filter(([source, size]) => size > (before[source] ?? 0)).length,
      {
        timeout: 60_000,
        interval: 20,
      },
    )
    .toBe(2);
}
