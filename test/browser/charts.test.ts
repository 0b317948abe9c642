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

const STEPS = 5000;

const house = useHouse(async (root) => {
  for (const [index, name] of ["first", "second", "third"].entries()) {
    await logRun(
      root,
      { project: "digits", name, config: { lr: 0.1 / (index + 1) } },
      STEPS,
      (step) => ({
        "train/loss": odd(index, step) ?? (2 + index) / (1 + step / 500),
        "train/accuracy": 1 - 1 / (2 + index + step / 500),
        "eval/loss": (3 + index) / (1 + step / 500),
      }),
    );
  }
});

/** The second run logs two NaN and an infinity, and one point that stands out. */
function odd(index: number, step: number): number | undefined {
  if (index !== 1) return undefined;
  if (step === 1000 || step === 1001) return Number.NaN;
  if (step === 2000) return Number.POSITIVE_INFINITY;
  return step === 3333 ? 9 : undefined;
}

test("the page shows the charts of all runs, in sections, with data pixels", async () => {
  await using opened = await openPage(house, "/?project=digits");
  const { page } = opened;
  for (const metric of ["train/loss", "train/accuracy", "eval/loss"]) {
    for (const hue of [0, 1, 2]) await waitForLine(page, metric, hue);
  }
  const heads = await page.locator(".section-head").allInnerTexts();
  expect(heads.map((text) => text.replaceAll(/\s+/g, " "))).toEqual(["train 2", "eval 1"]);
  expect(await page.locator(".run .name").allInnerTexts()).toEqual(["third", "second", "first"]);
  expect(await page.title()).toBe("Charts · digits · trackio");
});

test("NaN and infinities are counted beside the title and never bend the axis", async () => {
  await using opened = await openPage(house, "/?project=digits&smoothing=0");
  const { page } = opened;
  await waitForLine(page, "train/loss", 1);
  const notes = metricCard(page, "train/loss").locator(".note.bad");
  expect(await notes.allInnerTexts()).toEqual(["2 NaN", "1 Inf"]);
  expect(await metricCard(page, "eval/loss").locator(".note.bad").count()).toBe(0);
});

test("charts of the same runs are read in one request, no more than once", async () => {
  await using opened = await openPage(house, "/?project=digits");
  await waitForLine(opened.page, "eval/loss", 0);
  expect(opened.seriesRequests).toHaveLength(1);
  expect(opened.seriesRequests[0]?.keys).toEqual(["train/loss", "train/accuracy", "eval/loss"]);
});

test("a drag zooms all charts and asks for a finer read; a double click ends it", async () => {
  await using opened = await openPage(house, "/?project=digits");
  const { page, seriesRequests } = opened;
  await waitForLine(page, "train/loss", 0);
  const before = seriesRequests.length;
  const box = (await metricCard(page, "train/loss").locator(".plot").boundingBox())!;
  await page.mouse.move(box.x + 100, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + 160, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => seriesRequests.length).toBeGreaterThan(before);
  const { from, to, keys } = seriesRequests.at(-1)!;
  expect(keys).toContain("eval/loss");
  expect(from).toBeGreaterThan(0);
  expect(to! - from!).toBeLessThan(STEPS / 2);
  await expect.poll(() => page.url()).toContain("xmin=");
  await waitForLine(page, "train/loss", 0);
  await page.mouse.dblclick(box.x + 120, box.y + 60);
  await expect.poll(() => page.url()).not.toContain("xmin=");
  await expect.poll(() => seriesRequests.at(-1)?.from).toBeUndefined();
});

test("the cursor shows the values of all runs, in the tooltip and in every chart", async () => {
  await using opened = await openPage(house, "/?project=digits");
  const { page } = opened;
  await waitForLine(page, "train/loss", 0);
  const box = (await metricCard(page, "train/loss").locator(".plot").boundingBox())!;
  await page.mouse.move(box.x + 150, box.y + 60);
  await expect.poll(() => page.locator(".tip").isVisible()).toBe(true);
  expect(await page.locator(".tip tr").count()).toBe(3);
  expect(await page.locator(".tip-head").innerText()).toMatch(/train\/loss\s+step [\d,]+/);
  const other = metricCard(page, "eval/loss").locator("canvas.upper");
  const hasCursor = () =>
    other.evaluate((canvas: HTMLCanvasElement) => {
      const x = Math.round(150 * devicePixelRatio);
      const copy = new OffscreenCanvas(7, 60);
      const context = copy.getContext("2d", { willReadFrequently: true })!;
      context.drawImage(canvas, 3 - x, -20);
      const { data } = context.getImageData(0, 0, 7, 60);
      return data.some((value) => value > 0);
    });
  await expect.poll(hasCursor).toBe(true);
  await page.mouse.move(5, 5);
  await expect.poll(() => page.locator(".tip").isVisible()).toBe(false);
});

test("keys: arrows move the cursor, L switches the axis, F fills the screen, / searches", async () => {
  await using opened = await openPage(house, "/?project=digits");
  const { page } = opened;
  await waitForLine(page, "train/loss", 0);
  await metricCard(page, "train/loss").locator(".plot").focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => page.locator(".tip").isVisible()).toBe(true);
  const spoken = await page.locator("p.sr[aria-live]").innerText();
  expect(spoken).toMatch(/^step [\d,]+: third [\d.]+, second [\d.]+, first [\d.]+$/);
  await page.keyboard.press("l");
  await expect
    .poll(() => metricCard(page, "train/loss").locator(".note").allInnerTexts())
    .toContain("log");
  await page.keyboard.press("f");
  await expect.poll(() => page.locator("dialog.full .legend tbody tr").count()).toBe(3);
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator("dialog.full").count()).toBe(0);
  await page.keyboard.press("/");
  await page.keyboard.type("sec");
  await expect.poll(() => page.locator(".run .name").allInnerTexts()).toEqual(["second"]);
  await page.keyboard.type("(");
  await expect.poll(() => page.locator("#run-search-problem").innerText()).toMatch(/not a regular/);
  expect(await page.locator(".run .name").allInnerTexts()).toEqual(["second"]);
});

test("hiding a run takes its line away and is kept in the address", async () => {
  await using opened = await openPage(house, "/?project=digits");
  const { page } = opened;
  await waitForLine(page, "train/loss", 1);
  await page.getByRole("button", { name: "Hide second", exact: true }).click();
  await expect.poll(() => linePixels(page, "train/loss", 1)).toBe(0);
  await waitForLine(page, "train/loss", 0);
  await expect.poll(() => page.locator(".side-foot").innerText()).toContain("2 of 3 runs shown");
  await expect.poll(() => page.url()).toContain("hidden_ids=");
  await page.reload();
  await waitForLine(page, "train/loss", 0);
  expect(await linePixels(page, "train/loss", 1)).toBe(0);
});

test("the address restores the view", async () => {
  const query = "project=digits&runs=first,third&metric_filter=^train&smoothing=20&x_axis=time";
  await using opened = await openPage(house, `/?${query}&columns=2&log=y`);
  const { page, seriesRequests } = opened;
  await waitForLine(page, "train/loss", 2);
  expect(await linePixels(page, "train/loss", 1)).toBe(0);
  expect(await page.locator("article").count()).toBe(2);
  expect(await page.locator(".slider output").innerText()).toBe("0.20");
  expect(await page.locator('.seg [aria-pressed="true"]').allInnerTexts()).toEqual(["Time", "2"]);
  expect(seriesRequests[0]).toMatchObject({ axis: "relative" });
  expect(seriesRequests[0]?.runs).toHaveLength(2);
  expect(await metricCard(page, "train/loss").locator(".note").first().innerText()).toBe("log");
});

test("a filter without a match offers the closest metric", async () => {
  await using opened = await openPage(house, "/?project=digits&metric_filter=acuracy");
  const { page } = opened;
  await expect.poll(() => page.locator(".nothing").innerText()).toContain("train/accuracy");
  await page.locator(".nothing .link").first().click();
  await waitForLine(page, "train/accuracy", 0);
});

test("a new point appears without reload, a new run without shifting what was chosen", async () => {
  await using opened = await openPage(house, "/?project=digits&smoothing=0");
  const { page, seriesRequests } = opened;
  await waitForLine(page, "train/loss", 0);
  await page.getByRole("button", { name: "Hide first", exact: true }).click();
  const before = seriesRequests.length;
  const run = trackio.init({ dir: house.root, project: "digits", name: "live" });
  run.log({ "train/loss": 1, "eval/loss": 1 });
  await expect.poll(() => page.locator(".run .name").allInnerTexts()).toContain("live");
  for (let step = 1; step < 2000; step += 1) run.log({ "train/loss": 1, "eval/loss": 1 });
  await waitForLine(page, "train/loss", 3);
  await waitForLine(page, "eval/loss", 3);
  expect(await linePixels(page, "train/loss", 0)).toBe(0);
  for (const request of seriesRequests.slice(before)) expect(request.runs).toHaveLength(1);
  await run.finish();
  await expect.poll(() => page.locator(".run").first().innerText()).toContain("finished");
});

test("the dashboard moves only what changed, and does nothing when the tab is hidden", async () => {
  await using opened = await openPage(house, "/?project=digits&smoothing=0");
  const { page, seriesRequests } = opened;
  await waitForLine(page, "train/loss", 0);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  const setHidden = (isHidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);

  const run = trackio.init({ dir: house.root, project: "digits", name: "quiet" });
  const runs = `${house.server.url}/api/v1/projects/digits/runs`;
  const recordsKnown = async () =>
    ((await (await fetch(`${runs}/${run.id}`)).json()) as { recordCount: number }).recordCount;
  await setHidden(true);
  for (let step = 0; step < 1000; step += 1) run.log({ "train/loss": 2, "eval/loss": step });
  await expect.poll(recordsKnown).toBe(1000);
  expect(requests).toEqual([]);

  await setHidden(false);
  const hue = (await (await fetch(`${runs}/${run.id}`)).json()).number % 10;
  await waitForLine(page, "eval/loss", hue);
  const before = seriesRequests.length;
  run.log({ "train/loss": 2, "eval/loss": 2000 });
  await expect.poll(() => seriesRequests.length).toBeGreaterThan(before);
  for (const request of seriesRequests.slice(before)) {
    expect(request.runs).toEqual([run.id]);
    expect(request.from).toBeGreaterThan(900);
  }
  await run.finish();
});

test("the runs table lists settings and last values, and sorts", async () => {
  await using opened = await openPage(house, "/runs?project=digits");
  const { page } = opened;
  const names = () => page.locator(".cell-run .cut").allInnerTexts();
  await expect.poll(names).toContain("third");
  await page.getByRole("button", { name: "lr", exact: true }).click();
  await expect.poll(async () => (await names())[0]).toBe("first");
  expect(await page.locator("thead").innerText()).toMatch(/train\/loss/);
});
