import { expect } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import {
  linePixels,
  logRun,
  metricCard,
  openPage,
  test,
  useHouse,
  waitForLine,
} from "./page-test.ts";

const NAMES = [
  "with space",
  `"quoted" & <b>'tags'</b>`,
  "größe/学習率 🚀",
  "a/b/c",
  `long/${"very-".repeat(40)}long`,
];

const house = useHouse(async (root) => {
  await logRun(root, { project: "odd", name: `${"n".repeat(190)} 🚀 שלום` }, 30, (step) => ({
    constant: 5,
    huge: 1e300 * (step + 1),
    tiny: 1e-300 * (step + 1),
    both: (step % 2 ? -1 : 1) * 1.7e308,
    mixed: step - 10,
    negative: -step,
    far: 2 ** 60 + step * 1024,
    nan: Number.NaN,
    infinite: step % 2 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    ...Object.fromEntries(NAMES.map((name) => [name, step])),
    ...(step === 7 ? { single: 3 } : {}),
  }));
  for (let i = 0; i < 8; i += 1) {
    await logRun(root, { project: "eight", name: `r${i}` }, 20, (step) => ({
      all: step + i,
      ...(i === 0 ? { one: step } : {}),
    }));
  }
});

test("values at the ends of what a number can hold, constants and single points are drawn", async () => {
  for (const log of ["", "&log=y", "&log=x,y"]) {
    await using opened = await openPage(house, `/?project=odd&smoothing=60${log}`, {
      height: 2400,
    });
    const { page } = opened;
    const drawn = ["huge", "tiny", "mixed", "far", NAMES[0]!];
    for (const metric of drawn) {
      await expect
        .poll(() => linePixels(page, metric, 0), { message: `${metric} ${log}` })
        .toBeGreaterThan(20);
    }
    expect(await linePixels(page, "single", 0)).toBeGreaterThan(12);
    if (log !== "") {
      const note = metricCard(page, "negative").locator(".note");
      expect(await note.innerText()).toBe("log, nothing above 0");
    }
    expect(await metricCard(page, "nan").locator(".note.bad").innerText()).toBe("30 NaN");
    expect(await metricCard(page, "infinite").locator(".note.bad").innerText()).toBe("30 Inf");
  }
});

test("any metric name is printed as it was logged and opens in full screen", async () => {
  await using opened = await openPage(house, "/?project=odd", { height: 3200 });
  const { page } = opened;
  await waitForLine(page, "huge", 0);
  const titles = await page.locator(".card-title").allInnerTexts();
  for (const name of NAMES) expect(titles).toContain(name);
  for (const title of await page.locator(".section-head").allInnerTexts()) {
    expect(title.length).toBeLessThan(220);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(1440);
});

test("all plots of a page have the same insets, however many of the runs a chart shows", async () => {
  await using opened = await openPage(house, "/?project=eight");
  const { page } = opened;
  await waitForLine(page, "all", 0);
  const insets = () =>
    page.locator(".plot .u-over").evaluateAll((parts) =>
      parts.map((part) => {
        const plot = part.closest(".plot")!.getBoundingClientRect();
        const inner = part.getBoundingClientRect();
        return [inner.left - plot.left, plot.right - inner.right].map(Math.round);
      }),
    );
  expect(await insets()).toEqual([
    [40, 12],
    [40, 12],
  ]);
  await page.getByRole("button", { name: "Hide r7", exact: true }).click();
  await page.getByRole("button", { name: "Hide r6", exact: true }).click();
  await expect.poll(insets).toEqual([
    [40, 54],
    [40, 54],
  ]);
  const run = trackio.init({ dir: house.root, project: "eight", name: "came by itself" });
  run.log({ all: 3 });
  await expect.poll(() => page.locator(".run .name").allInnerTexts()).toContain("came by itself");
  await run.finish();
  expect(await insets()).toEqual([
    [40, 54],
    [40, 54],
  ]);
});
