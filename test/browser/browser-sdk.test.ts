import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import type { BrowserReport } from "../../src/sdk/browser/index.ts";
import { startServer } from "../../src/server/start-server.ts";
import { openPage, test, useHouse, waitForLine } from "./page-test.ts";
import { rowsOf, tableCard } from "./table-page.ts";
import type { Lab } from "./training-page.ts";
import { startTrainingSite, type TrainingSite } from "./training-site.ts";

type LabWindow = Window & { readonly lab: Lab };

const house = useHouse(async () => {});
let site: TrainingSite;
beforeAll(async () => {
  site = await startTrainingSite();
});
afterAll(() => site[Symbol.asyncDispose]());

const writeUrl = () => `${house.server.url}/?write_token=${house.server.tokens.write}`;

interface OpenedLab extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page said on its console, but what it was told of requests. */
  readonly told: string[];
}

async function openLab(context?: BrowserContext): Promise<OpenedLab> {
  const own = context ?? (await house.browser.newContext());
  const page = await own.newPage();
  const told: string[] = [];
  page.on("console", (message) => told.push(message.text()));
  page.on("pageerror", (error) => told.push(error.stack ?? error.message));
  await page.goto(site.url);
  await page.waitForFunction(() => "lab" in window);
  return { context: own, page, told, [Symbol.asyncDispose]: () => own.close() };
}

async function rowsOfRun(url: string, project: string, run: string) {
  const response = await fetch(`${url}/api/v1/projects/${project}/runs/${run}`);
  return response.ok ? ((await response.json()) as { readonly [key: string]: unknown }) : undefined;
}

/** How many records the server has of each run of the project, by name. */
async function countsOf(url: string, project: string): Promise<Record<string, number>> {
  const response = await fetch(`${url}/api/v1/projects/${project}/runs`);
  if (!response.ok) return {};
  const { runs } = (await response.json()) as { runs: { name: string; recordCount: number }[] };
  return Object.fromEntries(runs.map(({ name, recordCount }) => [name, recordCount]));
}

async function seriesOf(
  url: string,
  project: string,
  run: string,
  key: string,
): Promise<unknown[]> {
  const response = await fetch(`${url}/api/get_logs`, {
    method: "POST",
    body: JSON.stringify({ project, run: null, run_id: run }),
  });
  const { data } = (await response.json()) as { data: Record<string, unknown>[] };
  return data.filter((row) => key in row).map((row) => row[key]);
}

test("a model that is trained in a page of another site is seen on the dashboard: numbers, a picture, a table", async () => {
  await using lab = await openLab();
  const report = await lab.page.evaluate(
    (url) => (window as unknown as LabWindow).lab.train(url, 30),
    writeUrl(),
  );
  expect(report).toMatchObject({ recordCount: 32, droppedValues: 0, warnings: [] });
  expect(report.unsent).toBeUndefined();
  expect(lab.told).toEqual([]);
  await expect.poll(() => countsOf(house.server.url, "in-page")).toEqual({ line: 32 });
  await using opened = await openPage(house, "/?project=in-page");
  await waitForLine(opened.page, "train/loss", 0);
  await opened.page.goto(`${house.server.url}/media?project=in-page`);
  const picture = opened.page.locator('section[data-key="line"] .frame img').first();
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(64);
  const rows = () => rowsOf(tableCard(opened.page, "points"));
  await expect.poll(rows).toEqual([
    ["0", "−1", "−3", "–"],
    ["1", "2", "3", "last"],
  ]);
});

test("what was logged is kept when the page goes away, and sent by the next one", async () => {
  const later = await startServer({ root: `${house.root}/later`, port: 0, log: () => {} });
  const { port, tokens } = later;
  const url = `http://127.0.0.1:${port}`;
  await later.close();
  await using lab = await openLab();
  const runs = await lab.page.evaluate(
    async ({ url, token }) => {
      const { trackio } = (window as unknown as LabWindow).lab;
      const run = trackio.init({
        project: "away",
        name: "first",
        serverUrl: url,
        writeToken: token,
      });
      for (let step = 0; step < 500; step += 1) run.log({ step, nested: { odd: step % 2 } });
      await run.flush();
      const pixels = new Uint8ClampedArray(4 * 4 * 4).fill(200);
      run.log({ image: new trackio.Image(new ImageData(pixels, 4, 4)) });
      await new Promise((resolve) => setTimeout(resolve, 50));
      return run.id;
    },
    { url, token: tokens.write },
  );
  await lab.page.close({ runBeforeUnload: false });
  expect(lab.told.filter((text) => text.includes("trackio:"))).toHaveLength(1);
  await using server = await startServer({ root: `${house.root}/later`, port, log: () => {} });
  const next = await openLab(lab.context);
  await next.page.evaluate(
    async ({ url, token }) => {
      const { trackio } = (window as unknown as LabWindow).lab;
      const run = trackio.init({
        project: "away",
        name: "second",
        serverUrl: url,
        writeToken: token,
      });
      run.log({ a: 1 });
      await run.finish();
    },
    { url, token: tokens.write },
  );
  await expect.poll(() => countsOf(server.url, "away")).toEqual({ first: 501, second: 1 });
  const run = await rowsOfRun(server.url, "away", runs);
  expect(run).toMatchObject({ lastStep: 500 });
  // Nothing is left in the browser once all is sent.
  await expect.poll(() => next.page.evaluate(countKept)).toBe(0);
});

test("a page that is reloaded in the middle loses nothing, and its run goes on where it is asked to", async () => {
  await using lab = await openLab();
  for (let load = 0; load < 3; load += 1) {
    await lab.page.evaluate(async (url) => {
      const { trackio } = (window as unknown as LabWindow).lab;
      const run = trackio.init({
        project: "reload",
        id: "one",
        name: "one",
        resume: "allow",
        serverUrl: url,
      });
      for (let i = 0; i < 100; i += 1) run.log({ i });
      await run.flush();
    }, writeUrl());
    await lab.page.reload();
    await lab.page.waitForFunction(() => "lab" in window);
  }
  await lab.page.evaluate(async (url) => {
    const { trackio } = (window as unknown as LabWindow).lab;
    const run = trackio.init({
      project: "reload",
      id: "one",
      name: "one",
      resume: "must",
      serverUrl: url,
    });
    await run.ready;
    run.log({ i: 100 });
    await run.finish();
  }, writeUrl());
  await expect.poll(() => countsOf(house.server.url, "reload")).toEqual({ one: 301 });
  const run = await rowsOfRun(house.server.url, "reload", "one");
  expect(run).toMatchObject({ lastStep: 300, status: "finished" });
});

test("tabs do not disturb each other", async () => {
  await using lab = await openLab();
  const tabs = [lab, await openLab(lab.context), await openLab(lab.context)];
  await Promise.all(
    tabs.map(({ page }, number) =>
      page.evaluate(
        async ({ url, number }) => {
          const { trackio } = (window as unknown as LabWindow).lab;
          const run = trackio.init({ project: "tabs", name: `tab-${number}`, serverUrl: url });
          for (let i = 0; i < 200; i += 1) {
            run.log({ i });
            if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
          }
          await run.finish();
        },
        { url: writeUrl(), number },
      ),
    ),
  );
  const counts = { "tab-0": 200, "tab-1": 200, "tab-2": 200 };
  await expect.poll(() => countsOf(house.server.url, "tabs")).toEqual(counts);
  for (const tab of tabs) expect(tab.told).toEqual([]);
});

test("values come as they were given: NaN, integers beyond 2^53, texts of every kind; what cannot be kept is told once", async () => {
  await using lab = await openLab();
  const { report, id } = await lab.page.evaluate(async (url) => {
    const { trackio } = (window as unknown as LabWindow).lab;
    const run = trackio.init({ project: "values", serverUrl: url });
    run.log({
      x: Number.NaN,
      big: 2n ** 60n,
      text: "ÿ\ud83d\ude00\u2028",
      list: Float32Array.of(0.5),
    });
    for (let i = 0; i < 3; i += 1) run.log({ bad: () => 1, ok: i } as never);
    run.log(7 as never);
    run.log({ late: 1 }, { step: 10 });
    run.log({ late: 2 });
    const report = await run.finish();
    run.log({ after: 1 });
    return { report, id: run.id as string };
  }, writeUrl());
  expect(report).toMatchObject({ recordCount: 6, droppedValues: 3, refusedCalls: 1 });
  expect(report.warnings).toHaveLength(2);
  await expect
    .poll(async () => (await rowsOfRun(house.server.url, "values", id))?.lastStep)
    .toBe(11);
  expect(await seriesOf(house.server.url, "values", id, "ok")).toEqual([0, 1, 2]);
});

test("a picture that is still being read comes in the place of its call, one that is none as null", async () => {
  await using lab = await openLab();
  const id = await lab.page.evaluate(async (url) => {
    const { trackio } = (window as unknown as LabWindow).lab;
    const run = trackio.init({ project: "blobs", serverUrl: url });
    const canvas = new OffscreenCanvas(8, 6);
    canvas.getContext("2d")!.fillRect(0, 0, 8, 6);
    const png = await canvas.convertToBlob();
    run.log({ image: new trackio.Image(png), step: 0 });
    run.log({ image: new trackio.Image(new Blob(["no picture"])), step: 1 });
    run.log({ image: new trackio.Image(await createImageBitmap(canvas)), step: 2 });
    run.log({ step: 3 });
    await run.finish();
    return run.id as string;
  }, writeUrl());
  await expect.poll(() => seriesOf(house.server.url, "blobs", id, "step")).toEqual([0, 1, 2, 3]);
  const response = await fetch(`${house.server.url}/api/v1/projects/blobs/media`, {
    method: "POST",
    body: JSON.stringify({ runs: [id] }),
  });
  const { media } = (await response.json()) as { media: { key: string; itemCount: number[] }[] };
  expect(lab.told).toEqual([expect.stringContaining("are of no kind that is known")]);
  expect(media).toMatchObject([{ key: "image", itemCount: [2] }]);
});

test("a worker of a page logs like the page", async () => {
  await using lab = await openLab();
  const report = await lab.page.evaluate(
    (url) =>
      new Promise<BrowserReport>((resolve, reject) => {
        const worker = new Worker("/worker.js", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data as BrowserReport);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(url);
      }),
    writeUrl(),
  );
  expect(report).toMatchObject({ recordCount: 1_001, blobCount: 1, warnings: [] });
  await expect.poll(() => countsOf(house.server.url, "worker")).toEqual({ w: 1_001 });
});

test("a wrong token loses nothing: it is told, and the right one sends all", async () => {
  await using lab = await openLab();
  const wrong = await lab.page.evaluate(async (url) => {
    const { trackio } = (window as unknown as LabWindow).lab;
    const run = trackio.init({ project: "token", name: "a", serverUrl: url, writeToken: "wrong" });
    run.log({ a: 1 });
    return await run.finish({ timeoutMs: 700 });
  }, house.server.url);
  expect(wrong.warnings).toEqual([expect.stringContaining("does not take the write token")]);
  expect(wrong.unsent).toMatchObject({ serverUrl: house.server.url });
  expect(wrong.unsent?.bytes).toBeGreaterThan(100);
  await lab.page.reload();
  await lab.page.waitForFunction(() => "lab" in window);
  await lab.page.evaluate(async (url) => {
    const { trackio } = (window as unknown as LabWindow).lab;
    trackio.init({ project: "token", name: "b", serverUrl: url });
    await trackio.finish();
  }, writeUrl());
  await expect.poll(() => countsOf(house.server.url, "token")).toEqual({ a: 1, b: 0 });
});

test("what is logged is kept less than 50 ms later", async () => {
  await using lab = await openLab();
  const waitsMs = await lab.page.evaluate(async (url) => {
    const { trackio } = (window as unknown as LabWindow).lab;
    const run = trackio.init({ project: "soon", serverUrl: url });
    await run.flush();
    const waitsMs: number[] = [];
    for (let i = 0; i < 50; i += 1) {
      const beganAt = performance.now();
      run.log({ i });
      await run.flush();
      waitsMs.push(performance.now() - beganAt);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await run.finish();
    return waitsMs.sort((a, b) => a - b);
  }, writeUrl());
  const [middle, last] = [waitsMs[25]!, waitsMs.at(-1)!];
  console.info(`kept after ${middle.toFixed(1)} ms, ${last.toFixed(1)} ms at the longest`);
  expect(middle).toBeLessThan(50);
});

test("a hundred thousand calls cost a page about what they cost a script", async () => {
  await using lab = await openLab();
  const { perCallUs, sizeBytes } = await lab.page.evaluate(async (url) => {
    const { trackio } = (window as unknown as LabWindow).lab;
    const run = trackio.init({ project: "speed", name: "fast", serverUrl: url });
    const beganAt = performance.now();
    for (let i = 0; i < 100_000; i += 1) run.log({ loss: 1 / (i + 1), acc: i / 100_000 });
    const perCallUs = ((performance.now() - beganAt) * 1000) / 100_000;
    await run.finish({ timeoutMs: 30_000 });
    return { perCallUs, sizeBytes: run.stats().sizeBytes };
  }, writeUrl());
  console.info(`log() in a page: ${perCallUs.toFixed(1)} µs a call, ${sizeBytes} bytes`);
  expect(perCallUs).toBeLessThan(100);
  await expect.poll(() => countsOf(house.server.url, "speed")).toEqual({ fast: 100_000 });
});

/** Journals that the browser keeps for this page's origin. */
function countKept(): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("trackio");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const count = request.result.transaction("journals").objectStore("journals").count();
      count.onsuccess = () => {
        request.result.close();
        resolve(count.result);
      };
    };
  });
}
