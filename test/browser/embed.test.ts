import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Frame, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import { metricCard, openPage, test, useHouse, waitForLine } from "./page-test.ts";
import { columnOf, headsOf, rowsOf, sortBy, tableCard } from "./table-page.ts";

const NAMES = ["amber-meadow-1", "quiet-falcon-2", "brisk-river-3"];
const ids: string[] = [];

const house = useHouse(async (root) => {
  for (const [number, name] of NAMES.entries()) {
    const run = trackio.init({ dir: root, project: "log-table", name });
    ids.push(run.id);
    for (let step = 0; step < 40; step += 1) {
      const loss = (1 + number) / (1 + step);
      run.log({ loss, "train/acc": step / 40, "val/acc": step / 80 });
      if (step % 10 !== 9) continue;
      const rows = [
        { prompt: "Trackio", completion: "is great!", reward: number + step / 100 },
        { prompt: "Logging is", completion: "easy and fun!", reward: number + 0.5 },
      ];
      run.log({ text: new trackio.Table(rows) }, { step });
    }
    await run.finish();
  }
  const other = trackio.init({ dir: root, project: "another", name: "x" });
  other.log({ loss: 1 });
  await other.finish();
});

/** A page of another origin that holds a frame. */
let host: Server;
let hostUrl = "";
beforeAll(async () => {
  host = createServer((request, response) => {
    const source = new URL(request.url ?? "/", "http://host").searchParams.get("source") ?? "";
    response.setHeader("content-type", "text/html");
    response.end(
      `<!doctype html><title>A report</title><p>As the guide has it:</p><iframe src="${source.replaceAll("&", "&amp;")}" width="600" height="630" style="border:0;"></iframe>`,
    );
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  hostUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => host.close(resolve)));

/** Opens `path` of the server in a frame of a page of another origin. */
async function openFrame(path: string) {
  const opened = await openPage(house, "/", { width: 800, height: 760, mayFail: true });
  const { page } = opened;
  await page.goto(`${hostUrl}/?source=${encodeURIComponent(house.server.url + path)}`);
  const element = await page.locator("iframe").elementHandle();
  const frame = (await element!.contentFrame())!;
  return { page, frame, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

const inFrame = (frame: Frame) => frame as unknown as Page;
const GUIDE = "/?project=log-table&metrics=loss,text&sidebar=hidden";

test("the guide's own frame shows the chart, below it the table, and above both whose they are", async () => {
  await using opened = await openFrame(GUIDE);
  const { frame } = opened;
  await waitForLine(inFrame(frame), "loss", 0);
  const card = tableCard(inFrame(frame), "text");
  await expect.poll(() => rowsOf(card)).toHaveLength(6);
  expect(await headsOf(card)).toEqual(["run", "prompt", "completion", "reward"]);
  expect((await rowsOf(card))[0]).toEqual(["brisk-river-3", "Trackio", "is great!", "2.39"]);
  const chart = (await metricCard(inFrame(frame), "loss").boundingBox())!;
  const table = (await card.boundingBox())!;
  expect(table.y).toBeGreaterThanOrEqual(chart.y + chart.height - 1);
  expect(table.width).toBeGreaterThan(590);
  const bar = frame.locator(".frame-top");
  expect(await bar.locator("b").innerText()).toBe("log-table");
  expect(await bar.locator(".run-key").allInnerTexts()).toEqual(NAMES);
  const whole = new URL(
    (await bar.getByRole("link", { name: "Open", exact: true }).getAttribute("href"))!,
  );
  expect(whole.searchParams.get("sidebar")).toBeNull();
  for (const part of [".side", ".tabs", ".bar", ".section-head", ".picker"]) {
    expect(await frame.locator(part).count()).toBe(0);
  }
  const size = await frame.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return { scrollWidth, scrollHeight };
  });
  expect(size).toEqual({ scrollWidth: 600, scrollHeight: 630 });
});

test("runs whose names have no room above a frame are counted", async () => {
  await using opened = await openPage(house, GUIDE, { width: 460, height: 630 });
  const bar = opened.page.locator(".frame-top");
  await expect.poll(() => bar.locator(".dim").innerText()).toBe("3 runs");
  await opened.page.setViewportSize({ width: 510, height: 630 });
  // One name or two have room, by a pixel: those seen and those counted are all three.
  const told = () =>
    bar.evaluate((head) => {
      const names = head.querySelector(".run-keys")!;
      const { bottom } = names.getBoundingClientRect();
      const seen = [...names.children].filter(
        (one) =>
          one.getBoundingClientRect().top < bottom &&
          getComputedStyle(one).visibility === "visible",
      );
      const rest = /^and (\d) more$/.exec(head.querySelector(".dim")?.textContent ?? "");
      return seen.length > 0 && rest !== null ? seen.length + Number(rest[1]) : 0;
    });
  await expect.poll(told).toBe(3);
  await opened.page.setViewportSize({ width: 700, height: 630 });
  await expect.poll(() => bar.locator(".dim").count()).toBe(0);
});

test("a frame with its run list keeps its project, without a picker", async () => {
  await using opened = await openFrame("/?selected_project=log-table&sidebar=visible");
  const { frame } = opened;
  await expect.poll(() => frame.locator(".top .locked").innerText()).toBe("log-table");
  expect(await frame.locator(".picker").count()).toBe(0);
});

test("names are met loosely; what nothing matches is said, with the nearest", async () => {
  await using opened = await openPage(house, "/?project=log-table&metrics=LOSS,texts,tex");
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  await expect.poll(() => rowsOf(tableCard(page, "text"))).toHaveLength(6);
  const missing = page.locator(".nothing.beside");
  await expect.poll(() => missing.innerText()).toContain("No metric matches “texts”.");
  expect(await missing.innerText()).toContain("Closest: text");
  await missing.getByRole("button", { name: "text" }).click();
  await expect.poll(() => missing.count()).toBe(0);
});

test("metric_filter is a regular expression, whatever the case; a broken one is a part of the name", async () => {
  await using opened = await openPage(
    house,
    "/?project=log-table&metric_filter=ACC%24|^TEXT&metrics=loss",
  );
  const { page } = opened;
  await waitForLine(page, "val/acc", 2);
  const keys = () =>
    page
      .locator("article[data-metric]")
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.metric));
  await expect.poll(keys).toEqual(["text", "train/acc", "val/acc"]);
  await page.goto(`${house.server.url}/?project=log-table&metric_filter=acc(`);
  await expect
    .poll(() => page.locator(".nothing").innerText())
    .toContain("No metric matches “acc(”");
  await page.goto(`${house.server.url}/?project=log-table&metrics=acc|loss`);
  await expect.poll(keys).toEqual(["loss", "train/acc", "val/acc"]);
});

test("run_ids goes before runs; a run that is selected is the only one", async () => {
  await using opened = await openPage(house, `${GUIDE}&run_ids=${ids[1]}&runs=${NAMES[0]}`);
  const { page } = opened;
  const names = () => page.locator(".run-key").allInnerTexts();
  await expect.poll(names).toEqual([NAMES[1]]);
  await page.goto(`${house.server.url}${GUIDE}&runs=${NAMES[0]},${NAMES[2]}`);
  await expect.poll(names).toEqual([NAMES[0], NAMES[2]]);
  await page.goto(`${house.server.url}${GUIDE}&selected_run_id=${ids[2]}`);
  await expect.poll(names).toEqual([NAMES[2]]);
});

test("navbar, accordion, columns, smoothing, zoom and theme are as the address says; what is unknown is not", async () => {
  const query =
    "&accordion=hidden&navbar=hidden&plots_per_row=1&smoothing=7&xmin=5&xmax=9&__theme=dark&footer=false&x_axis=time";
  await using opened = await openPage(house, `/?project=log-table&metric_filter=acc${query}`);
  const { page } = opened;
  await expect.poll(() => page.locator("article.card .uplot").count()).toBe(2);
  for (const part of [".top", ".section-head"]) expect(await page.locator(part).count()).toBe(0);
  const boxes = await page
    .locator("article.card")
    .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().left)));
  expect(new Set(boxes).size).toBe(1);
  const state = () =>
    page.evaluate(() =>
      (window as unknown as { trackio: { getViewState(): object } }).trackio.getViewState(),
    );
  expect(await state()).toMatchObject({
    smoothing: 7,
    x_axis: "time",
    x_range: [5, 9],
    metric_filter: "acc",
  });
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    "rgb(18, 21, 20)",
  );
  await page.goto(
    `${house.server.url}/?project=log-table&smoothing=x&plots_per_row=9&sidebar=up&xmin=9&xmax=5&__theme=pink`,
  );
  await waitForLine(page, "loss", 0);
  expect(await state()).toMatchObject({ smoothing: 60, x_range: null });
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    "rgb(255, 255, 255)",
  );
});

test("charts stand over a metric that the address names; one that is not there is answered with steps and a quiet word", async () => {
  await using opened = await openPage(house, "/?project=log-table&x_axis=val/acc");
  const { page } = opened;
  const note = page.locator(".axis-note");
  await waitForLine(page, "loss", 0);
  expect(await note.innerText()).toContain("Charts stand over val/acc.");
  const plot = metricCard(page, "loss").locator(".plot");
  await plot.hover({ position: { x: 200, y: 60 } });
  await expect.poll(() => page.locator(".tip-head").innerText()).toMatch(/val\/acc 0\.\d+/);
  await note.getByRole("button", { name: "Over steps" }).click();
  await plot.hover({ position: { x: 210, y: 60 } });
  await expect.poll(() => page.locator(".tip-head").innerText()).toMatch(/step \d+/);
  await page.goto(`${house.server.url}/?project=log-table&x_axis=nothing`);
  await waitForLine(page, "loss", 0);
  await expect.poll(() => note.innerText()).toContain("no metric is called “nothing”");
});

test("tabs of empty pages are left out where that is asked", async () => {
  await using opened = await openPage(house, "/?project=another&hide_empty_tabs=true");
  await expect.poll(() => opened.page.locator(".tabs a").count()).toBe(2);
});

test("a secret leaves the address at once, and no link has it", async () => {
  await using opened = await openPage(
    house,
    "/?project=log-table&write_token=s3cret&oauth_session=s3cret",
  );
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  expect(page.url()).not.toContain("s3cret");
  expect(await page.content()).not.toContain("s3cret");
});

test("the page that embeds a frame may ask what it shows, and is told where that can be seen", async () => {
  await using opened = await openFrame(`${GUIDE}&smoothing=10`);
  const { page, frame } = opened;
  await waitForLine(inFrame(frame), "loss", 0);
  const answer = await page.evaluate(
    () =>
      new Promise<{ type: string; id: number; state: Record<string, unknown> }>((resolve) => {
        addEventListener("message", ({ data }) => {
          if (data.protocol === "trackio-view" && data.type === "state") resolve(data);
        });
        document
          .querySelector("iframe")!
          .contentWindow!.postMessage({ protocol: "trackio-view", type: "getState", id: 7 }, "*");
      }),
  );
  expect(answer).toMatchObject({ version: 1, id: 7 });
  expect(answer.state).toMatchObject({
    page: "metrics",
    project: "log-table",
    x_axis: "step",
    smoothing: 10,
    metrics: ["loss", "text"],
    metrics_on_screen: ["loss", "text"],
    latest_x: 39,
  });
  expect(answer.state.runs).toEqual(NAMES.map((name, i) => ({ name, id: ids[i]! })).toReversed());
  const address = new URL(answer.state.view_url as string);
  expect(address.searchParams.get("run_ids")).toBe([...ids].reverse().join(","));
});

test("what is shared shows the same: runs, cards, rows and their order, step, zoom, theme", async () => {
  await using opened = await openPage(
    house,
    "/?project=log-table&metrics=loss,text&xmin=5&xmax=20&smoothing=20",
  );
  const { page } = opened;
  const card = tableCard(page, "text");
  await waitForLine(page, "loss", 0);
  await page.getByRole("button", { name: `Hide ${NAMES[1]}` }).click();
  await sortBy(card, "reward");
  await card.getByRole("button", { name: "Earlier step" }).click();
  await page.getByRole("button", { name: "Switch between light and dark" }).click();
  const rewards = ["2.500", "2.290", "0.500", "0.290"].map((text) => text.slice(0, 4));
  await expect.poll(() => columnOf(card, "reward")).toEqual(rewards);
  await page.getByRole("button", { name: "Share" }).click();
  const link = await page.locator(".share input").first().inputValue();
  const snippet = await page.locator(".share input").last().inputValue();
  expect(snippet).toMatch(
    /^<iframe src="[^"]+" title="log-table: loss, text · trackio" width="600" height="630" style="border:0" loading="lazy"><\/iframe>$/,
  );
  const look = async (where: Page) => ({
    rows: await rowsOf(tableCard(where, "text")),
    heads: await headsOf(tableCard(where, "text")),
    step: await tableCard(where, "text").locator("output").innerText(),
    dark: await where.evaluate(() => getComputedStyle(document.body).backgroundColor),
    state: await where.evaluate(() => {
      const { trackio } = window as unknown as {
        trackio: { getViewState(): Record<string, unknown> };
      };
      const { captured_at: _, ...rest } = trackio.getViewState();
      return rest;
    }),
  });
  await page.keyboard.press("Escape");
  const before = await look(page);
  expect(before.dark).toBe("rgb(18, 21, 20)");
  // A run that comes later is not in what was shared.
  const late = trackio.init({ dir: house.root, project: "log-table", name: "later" });
  late.log({ loss: 1 });
  await late.finish();
  await using second = await openPage(house, link.slice(house.server.url.length));
  await waitForLine(second.page, "loss", 0);
  await expect.poll(() => look(second.page)).toEqual(before);
});
