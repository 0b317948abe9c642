import type { Page } from "playwright-core";
import { expect } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import { logRun, metricCard, openPage, test, useHouse, waitForLine } from "./page-test.ts";

const STEPS = 1000;

const house = useHouse(async (root) => {
  for (const name of ["short", "long"]) {
    const [steps, scale] = name === "long" ? [STEPS * 2, 2] : [STEPS, 1];
    await logRun(root, { project: "offset", name }, steps, (step) => ({
      "train/loss": scale - step / 4000,
      ...(step % 124 === 0 && step > 0 ? { "eval/loss": scale - step / 5000 } : {}),
    }));
  }
});

/** The steps that stand at those parts of the x axis of a chart, as its tooltip says them. */
async function stepsAt(page: Page, metric: string, parts: readonly number[]): Promise<number[]> {
  const box = (await metricCard(page, metric).locator(".plot").boundingBox())!;
  const [left, right] = [box.x + 40, box.x + box.width - 54];
  const head = page.locator(".tip-head");
  const steps: number[] = [];
  for (const part of parts) {
    await page.mouse.move(5, 5);
    await expect.poll(() => page.locator(".tip").isVisible()).toBe(false);
    await page.mouse.move(left + (right - left) * part, box.y + 60);
    await expect.poll(() => page.locator(".tip").isVisible()).toBe(true);
    const text = await head.innerText();
    steps.push(Number(/step ([\d,]+)/.exec(text)?.[1]?.replaceAll(",", "")));
  }
  return steps;
}

test("metrics with different extents have the same x axis, linear and logarithmic", async () => {
  await using opened = await openPage(house, "/?project=offset&smoothing=0");
  const { page } = opened;
  await waitForLine(page, "train/loss", 0);
  await waitForLine(page, "eval/loss", 0);
  const places = [0, 0.25, 0.5, 1];
  const steps = await stepsAt(page, "train/loss", places);
  expect(steps[0]).toBeLessThan(10);
  expect(steps[3]).toBe(STEPS * 2 - 1);
  expect(await stepsAt(page, "eval/loss", places)).toEqual(steps);

  await page.goto(`${house.server.url}/?project=offset&smoothing=0&log=x`);
  await waitForLine(page, "train/loss", 0);
  await waitForLine(page, "eval/loss", 0);
  const logSteps = await stepsAt(page, "train/loss", places);
  expect(logSteps[0]).toBeLessThan(124);
  expect(logSteps[2]).toBeLessThan(steps[2]!);
  expect(await stepsAt(page, "eval/loss", places)).toEqual(logSteps);
});

test("a run that is hidden and a metric that is filtered out leave the x axis, without a read", async () => {
  await using opened = await openPage(house, "/?project=offset&smoothing=0");
  const { page, seriesRequests } = opened;
  await waitForLine(page, "eval/loss", 1);
  const before = seriesRequests.length;
  await page.getByRole("button", { name: "Hide long", exact: true }).click();
  await expect.poll(() => stepsAt(page, "eval/loss", [1])).toEqual([STEPS - 1]);
  expect(await stepsAt(page, "train/loss", [1])).toEqual([STEPS - 1]);
  await page.getByLabel("Filter metrics by name or regular expression").fill("^eval");
  await expect.poll(() => stepsAt(page, "eval/loss", [0, 1])).toEqual([124, 992]);
  expect(seriesRequests).toHaveLength(before);
});

test("an axis that is switched is shared in the other unit too", async () => {
  await using opened = await openPage(house, "/?project=offset&smoothing=0&x_axis=time");
  const { page } = opened;
  for (const metric of ["train/loss", "eval/loss"]) {
    await metricCard(page, metric).locator(".uplot").waitFor();
  }
  const ends = async (metric: string) => {
    const box = (await metricCard(page, metric).locator(".plot").boundingBox())!;
    await page.mouse.move(box.x + box.width - 54, box.y + 60);
    await expect.poll(() => page.locator(".tip").isVisible()).toBe(true);
    return (await page.locator(".tip-head span").innerText()).trim();
  };
  expect(await ends("eval/loss")).toBe(await ends("train/loss"));
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await expect.poll(() => ends("eval/loss")).toMatch(/^step [\d,]+$/);
  expect(await stepsAt(page, "eval/loss", [0, 1])).toEqual(
    await stepsAt(page, "train/loss", [0, 1]),
  );
});

test("a chart that gets no points follows the range of one that does, without a read of it", async () => {
  await using opened = await openPage(house, "/?project=offset&smoothing=0");
  const { page, seriesRequests } = opened;
  await waitForLine(page, "eval/loss", 1);
  const run = trackio.init({ dir: house.root, project: "offset", name: "live" });
  for (let step = 0; step < STEPS * 3; step += 1) run.log({ "train/loss": 3 });
  await waitForLine(page, "train/loss", 2);
  await expect.poll(() => stepsAt(page, "eval/loss", [1])).toEqual([STEPS * 3 - 1]);
  expect(await stepsAt(page, "train/loss", [1])).toEqual([STEPS * 3 - 1]);
  for (const { runs } of seriesRequests.slice(1)) expect(runs).toEqual([run.id]);
  await run.finish();
});

test("points that do not widen the range redraw only the chart that they are in", async () => {
  await using opened = await openPage(house, "/?project=offset&smoothing=0");
  const { page } = opened;
  await waitForLine(page, "train/loss", 1);
  await waitForLine(page, "eval/loss", 1);
  await page.evaluate(() => {
    const context = CanvasRenderingContext2D.prototype;
    const clearRect = context.clearRect;
    context.clearRect = function (x, y, width, height) {
      const { canvas } = this;
      if (!canvas.classList.contains("upper")) canvas.dataset.drawn = "again";
      clearRect.call(this, x, y, width, height);
    };
  });
  const isRedrawn = (metric: string) =>
    metricCard(page, metric)
      .locator('canvas[data-drawn="again"]')
      .count()
      .then((count) => count > 0);
  const run = trackio.init({ dir: house.root, project: "offset", name: "within" });
  for (let step = 0; step < STEPS / 2; step += 1) run.log({ "train/loss": 4 });
  await run.finish();
  await waitForLine(page, "train/loss", 3);
  expect(await isRedrawn("train/loss")).toBe(true);
  expect(await isRedrawn("eval/loss")).toBe(false);
});
