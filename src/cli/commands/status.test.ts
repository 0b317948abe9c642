import { expect, test } from "vitest";
import * as trackio from "../../sdk/index.ts";
import { LoggedFolder } from "../testing/logged-folder.ts";

test("status tells where the data is, how large, and whose", async () => {
  using folder = new LoggedFolder();
  const run = trackio.init({ project: "mnist", name: "first", dir: folder.dir });
  for (let step = 0; step < 100; step++) run.log({ loss: step, acc: step });
  await run.finish();
  const status = await folder.json<{ bytes: number; store_bytes: number }>(["status"]);
  expect(status).toMatchObject({
    dir: folder.dir,
    num_journals: 0,
    projects: [{ name: "mnist", num_runs: 1, num_points: 200 }],
  });
  expect(status.store_bytes).toBeGreaterThan(0);
  expect(status.bytes).toBeGreaterThanOrEqual(status.store_bytes);
  const { printed } = await folder.trackio(["status"]);
  expect(printed).toContain(`Data folder  ${folder.dir}\n`);
  expect(printed).toMatch(/\nProject +Runs +Points +Store +Media\nmnist +1 +200 +\d.* +0 B\n/);
});

test("what projects share counts in each of them, and once in all", async () => {
  using folder = new LoggedFolder();
  const pixels = (seed: number) => new Uint8Array(300).fill(seed);
  for (const [project, seed] of [
    ["a", 1],
    ["b", 2],
  ] as const) {
    const run = trackio.init({ project, dir: folder.dir });
    for (const pixel of [0, seed]) {
      run.log({ image: new trackio.Image(pixels(pixel), { shape: [10, 10, 3] }) });
    }
    await run.finish();
  }
  const status = await folder.json<{ blob_bytes: number; projects: { blob_bytes: number }[] }>([
    "status",
  ]);
  const each = status.projects.map(({ blob_bytes }) => blob_bytes);
  expect(each[0]).toBeGreaterThan(0);
  expect(each).toEqual([each[0], each[0]]);
  expect(status.blob_bytes).toBe(each[0]! * 1.5);
});

test("a running run's journal is counted", async () => {
  using folder = new LoggedFolder();
  const run = trackio.init({ project: "mnist", dir: folder.dir });
  run.log({ loss: 1 });
  expect(await folder.json(["status"])).toMatchObject({ num_journals: 1 });
  await run.finish();
});

test("an empty folder is no trouble", async () => {
  using folder = new LoggedFolder();
  const { exitCode, printed, notes } = await folder.trackio(["status"]);
  expect(exitCode).toBe(0);
  expect(printed).toContain("On disk      0 B\n");
  expect(notes).toBe("No project has been logged there yet.\n");
});
