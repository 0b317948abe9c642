/**
 * What the browser tests share: a data folder of their own, filled by the SDK,
 * served by the real server, opened in a real browser. A page that says
 * anything on its console, throws, or asks another host fails its test.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test as vitestTest } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import { type RunningServer, startServer } from "../../src/server/start-server.ts";
import { launchChromium } from "./chromium.ts";

const place = inject("chromium");

/** Tests with a browser; counted as skipped where there is none. */
export const test = vitestTest.skipIf(place === null);

export interface House {
  readonly root: string;
  server: RunningServer;
  readonly browser: Browser;
}

/** A data folder, a server and a browser for the tests of one file. Filled before the server starts. */
export function useHouse(fill: (root: string) => Promise<void>): House {
  const house = {} as { root: string; server: RunningServer; browser: Browser };
  if (place === null) return house;
  beforeAll(async () => {
    house.root = await mkdtemp(join(tmpdir(), "trackio-page-"));
    await fill(house.root);
    house.server = await startServer({ root: house.root, port: 0, log: () => {} });
    house.browser = await launchChromium(place);
  });
  afterAll(async () => {
    await house.browser?.close();
    await house.server?.close();
    await rm(house.root, { recursive: true, force: true });
  });
  return house;
}

export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** What the page asked the series route for, in order. */
  readonly seriesRequests: SeriesAsked[];
  /** What went wrong in the page, and requests that left the machine. */
  readonly troubles: string[];
}

export interface SeriesAsked {
  readonly runs: readonly string[];
  readonly keys: readonly string[];
  readonly axis: string;
  readonly from?: number;
  readonly to?: number;
  readonly buckets: number | { readonly origin: number; readonly width: number };
}

export interface OpenOptions {
  readonly phone?: boolean;
  readonly width?: number;
  readonly height?: number;
  /** Failed requests are part of the test. */
  readonly mayFail?: boolean;
}

/** Opens `path` of the server. Leaving the block checks that the page had no trouble. */
export async function openPage(
  house: House,
  path: string,
  options: OpenOptions = {},
): Promise<OpenedPage> {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { width = 1440, height = 900 } = options;
  const context = await house.browser.newContext(
    options.phone ? phone : { viewport: { width, height } },
  );
  const page = await context.newPage();
  const seriesRequests: SeriesAsked[] = [];
  const troubles: string[] = [];
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    const { url } = message.location();
    // A picture that is still being made is asked for again: on a loaded machine that may be seen.
    if (url.includes("/api/v1/blobs/") && message.text().includes("status of 503")) return;
    troubles.push(`${message.text()} ${url}`);
  });
  page.on("pageerror", (error) => troubles.push(error.stack ?? error.message));
  page.on("request", (request) => {
    const url = new URL(request.url());
    const isOurs = url.origin === house.server.url || url.protocol === "data:";
    if (!isOurs) troubles.push(`asked ${request.url()}`);
    if (url.pathname.endsWith("/series")) {
      seriesRequests.push(JSON.parse(request.postData() ?? "{}") as SeriesAsked);
    }
  });
  await page.goto(house.server.url + path);
  return {
    page,
    seriesRequests,
    troubles,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      if (!options.mayFail) expect(troubles).toEqual([]);
    },
  };
}

export function metricCard(page: Page, metric: string) {
  return page.locator(`article[data-metric="${metric}"]`);
}

/** How many pixels of the lower layer of a chart have the colour of hue `hue`, about. */
export async function linePixels(page: Page, metric: string, hue: number): Promise<number> {
  return metricCard(page, metric).evaluate((card, line) => {
    const canvas = card.querySelector<HTMLCanvasElement>(".uplot canvas");
    if (!canvas) return 0;
    const token = getComputedStyle(document.documentElement).getPropertyValue(`--s-${line}`);
    const wanted = [1, 3, 5].map((i) => Number.parseInt(token.trim().slice(i, i + 2), 16));
    // Reading the chart's own canvas would change how the browser draws it.
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) {
      const distance = wanted.reduce((sum, part, k) => sum + Math.abs(part - data[i + k]!), 0);
      if (distance < 24 && data[i + 3]! > 200) found += 1;
    }
    return found;
  }, hue);
}

/** Waits until the chart of `metric` shows a line of `hue`. */
export async function waitForLine(page: Page, metric: string, hue: number): Promise<void> {
  await expect.poll(() => linePixels(page, metric, hue)).toBeGreaterThan(20);
}

/** Logs a finished run of `steps` steps. */
export async function logRun(
  root: string,
  options: { project: string; name: string; config?: Record<string, unknown> },
  steps: number,
  values: (step: number) => Record<string, number>,
): Promise<void> {
  const run = trackio.init({ dir: root, ...options });
  for (let step = 0; step < steps; step += 1) run.log(values(step));
  await run.finish();
}
