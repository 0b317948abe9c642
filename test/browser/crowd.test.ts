import type { Page } from "playwright-core";
import { expect } from "vitest";
import { logRun, metricCard, openPage, test, useHouse, waitForLine } from "./page-test.ts";

const RUNS = 42;

const house = useHouse(async (root) => {
  for (let number = 0; number < RUNS; number += 1) {
    await logRun(root, { project: "crowd", name: `run-${number}` }, 50, (step) => ({
      loss: number + step / 50,
    }));
  }
});

/** From now on every line drawn with dashes in a chart counts in `dashedLines` of the window. */
async function countDashes(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const canvas = CanvasRenderingContext2D.prototype;
    const setLineDash = canvas.setLineDash;
    Object.assign(window, { dashedLines: 0 });
    canvas.setLineDash = function (dashes) {
      if ([...dashes].length > 0) (window as unknown as { dashedLines: number }).dashedLines += 1;
      setLineDash.call(this, dashes);
    };
  });
  return () => page.evaluate(() => (window as unknown as { dashedLines: number }).dashedLines);
}

test("in a crowd lines are solid, and the list keeps their dashes", async () => {
  await using opened = await openPage(house, "/?project=crowd&smoothing=0");
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  const lines = () => metricCard(page, "loss").locator(".plot").getAttribute("aria-label");
  const dashed = await countDashes(page);
  await page.getByRole("button", { name: "Hide run-41", exact: true }).click();
  await expect.poll(lines).toContain(`${RUNS - 1} lines`);
  expect(await dashed()).toBe(0);
  expect(await page.locator(".run .sample path[stroke-dasharray]").count()).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Hide run-40", exact: true }).click();
  await expect.poll(lines).toContain(`${RUNS - 2} lines`);
  await expect.poll(dashed).toBeGreaterThan(0);
});
