import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import {
  type House,
  logRun,
  metricCard,
  openPage,
  test,
  useHouse,
  waitForLine,
} from "./page-test.ts";

const house = useHouse(async (root) => {
  for (const project of ["live", "gone"]) {
    for (const name of ["one", "two"]) {
      await logRun(root, { project, name }, 500, (step) => ({ loss: 1 / (1 + step), acc: step }));
    }
  }
});

/** Runs `trackio` with `words` on the data of `at`, as a person would beside the server. */
async function trackioCommand(at: House, words: readonly string[]): Promise<void> {
  const commandLine = pathToFileURL(join(import.meta.dirname, "../../src/cli/main.ts")).href;
  const script = `const { main } = await import("${commandLine}"); await main(process.argv.slice(1));`;
  const args = ["--input-type=module", "--eval", script, "--", ...words];
  await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, TRACKIO_DIR: at.root },
  });
}

test("while data arrives nothing moves: no size, no order, no scroll position", async () => {
  await using opened = await openPage(house, "/?project=live", { height: 500 });
  const { page } = opened;
  await waitForLine(page, "loss", 1);
  const run = trackio.init({ dir: house.root, project: "live", name: "arriving" });
  run.log({ loss: 1, acc: 1 });
  await expect.poll(() => page.locator(".run .name").allInnerTexts()).toContain("arriving");
  const places = () =>
    page.locator("article, .bar, .top, .run, .side-foot").evaluateAll((parts) =>
      parts.map((part) => {
        const { x, y, width, height } = part.getBoundingClientRect();
        return [part.className, x, y, width, height].join(" ");
      }),
    );
  const before = await places();
  for (const value of [12_345.678, -1.234e-7, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
    for (let step = 0; step < 50; step += 1) run.log({ loss: value, acc: step });
  }
  await expect
    .poll(() => metricCard(page, "loss").locator(".note.bad").allInnerTexts())
    .toEqual(["50 NaN", "50 Inf"]);
  expect(await places()).toEqual(before);
  await run.finish();
});

test("zoomed, a live run fills what is in the range, in any order of steps, and moves no axis", async () => {
  await using opened = await openPage(house, "/?project=live&xmin=1000&xmax=2000&smoothing=0");
  const { page } = opened;
  const run = trackio.init({ dir: house.root, project: "live", name: "shuffled" });
  for (let i = 0; i < 1500; i += 1) run.log({ loss: i % 7, acc: i }, { step: (i * 7919) % 3000 });
  await expect.poll(() => page.locator(".run .name").allInnerTexts()).toContain("shuffled");
  const hue = await page.evaluate(async () => {
    const list = await (await fetch("api/v1/projects/live/runs")).json();
    return list.runs.find((one: { name: string }) => one.name === "shuffled").number % 10;
  });
  await waitForLine(page, "acc", hue);
  const before = await metricCard(page, "acc").locator(".u-axis").count();
  for (let i = 1500; i < 3000; i += 1) run.log({ loss: 1, acc: i }, { step: (i * 7919) % 3000 });
  await run.finish();
  await expect.poll(() => page.locator(".run").first().innerText()).toContain("finished");
  expect(await metricCard(page, "acc").locator(".u-axis").count()).toBe(before);
  expect(page.url()).toContain("xmin=1000&xmax=2000");
  await waitForLine(page, "acc", hue);
});

test("a run that is deleted leaves list and charts, a project says so and where to go", async () => {
  await using opened = await openPage(house, "/?project=gone&smoothing=0", { mayFail: true });
  const { page } = opened;
  await waitForLine(page, "loss", 1);
  await trackioCommand(house, ["delete", "run", "--project", "gone", "--run", "one", "--yes"]);
  await expect.poll(() => page.locator(".run .name").allInnerTexts()).toEqual(["two"]);
  await expect.poll(() => page.locator(".side-foot").innerText()).toContain("1 of 1 runs shown");
  await trackioCommand(house, ["delete", "project", "--project", "gone", "--yes"]);
  await expect.poll(() => page.locator(".nothing").innerText()).toContain("“gone” cannot be shown");
  await logRun(house.root, { project: "gone", name: "again" }, 100, (step) => ({ loss: step }));
  await expect.poll(() => page.locator(".run .name").allInnerTexts()).toEqual(["again"]);
  await metricCard(page, "loss").locator(".uplot").waitFor();
});

test("the page of a project may be opened before its first run, and fills by itself", async () => {
  await using opened = await openPage(house, "/?project=tomorrow", { mayFail: true });
  const { page } = opened;
  await expect.poll(() => page.locator(".nothing").innerText()).toContain("tomorrow");
  await logRun(house.root, { project: "tomorrow", name: "first" }, 100, (step) => ({ loss: step }));
  await waitForLine(page, "loss", 0);
});

test("the runs table follows a live run, and keeps the order that was asked for", async () => {
  await using opened = await openPage(house, "/runs?project=live");
  const { page } = opened;
  const run = trackio.init({ dir: house.root, project: "live", name: "climbing" });
  run.log({ loss: -5, acc: 0 });
  const row = page.locator("tbody tr", { hasText: "climbing" });
  await row.waitFor();
  await page.getByRole("button", { name: "loss", exact: true }).click();
  const names = () => page.locator(".cell-run .cut").allInnerTexts();
  await expect.poll(async () => (await names()).at(-1)).toBe("climbing");
  const before = await names();
  for (let step = 1; step < 77; step += 1) run.log({ loss: 1e9, acc: step });
  await expect.poll(() => row.innerText()).toContain("1G");
  await expect.poll(() => row.innerText()).toContain("76");
  expect(await names()).toEqual(before);
  await run.finish();
});

test("the run list shows the last value of a metric that is chosen, live, and stays newest first", async () => {
  await using opened = await openPage(house, "/?project=live");
  const { page } = opened;
  const run = trackio.init({ dir: house.root, project: "live", name: "watched" });
  run.log({ loss: 2, acc: 0.5 });
  const row = page.locator(".run", { hasText: "watched" });
  await row.waitFor();
  await page.getByLabel("Value beside each run").selectOption("acc");
  await expect.poll(() => row.locator(".val").innerText()).toBe("0.5000");
  const names = () => page.locator(".run .name").allInnerTexts();
  const before = await names();
  run.log({ loss: 1, acc: 1234 });
  await expect.poll(() => row.locator(".val").innerText()).toBe("1234");
  expect(await names()).toEqual(before);
  await expect.poll(() => page.url()).toContain("list_metric=acc");
  await page.reload();
  await expect.poll(() => row.locator(".val").innerText()).toBe("1234");
  expect(await page.getByLabel("Value beside each run").inputValue()).toBe("acc");
  await run.finish();
});
