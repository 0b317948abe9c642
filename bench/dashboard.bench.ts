/**
 * What a person waits for: from opening a large project to lines in every chart
 * that can be seen, in a real browser; and what the same page costs while
 * nothing happens.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import * as trackio from "../src/sdk/index.ts";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";
import { inBrowser, openPage } from "./in-browser.ts";

const PROJECT = "hundred-runs";
const KEYS = Array.from({ length: 10 }, (_, i) => `train/metric-${i}`);
const IDLE_MS = 20_000;

export function rows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const [runs, steps, rounds] = options.short ? [20, 2000, 1] : [100, 10_000, 5];
  const data = `${runs} runs × ${KEYS.length} metrics × ${steps.toLocaleString("en-US")} steps`;
  return inBrowser({
    log: (root) => logRuns(root, runs, steps),
    untilReady: (url) => waitUntilFolded(url, runs, steps),
    measure: (browser, url) => measure(browser, `${url}/?project=${PROJECT}`, rounds, data),
  });
}

async function measure(
  browser: Browser,
  url: string,
  rounds: number,
  data: string,
): Promise<BenchRow[]> {
  await openPage(browser, url, watchCharts); // warm: files, caches, threads
  const opened: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    opened.push(await openPage(browser, url, watchCharts));
  }
  const idle = { bytes: 0, busyMs: 0 };
  await openPage(browser, url, watchCharts, async (page) => {
    Object.assign(idle, await measureIdle(page));
  });
  return [
    atMost(`${data}: page opened → data pixels in every visible plot`, median(opened), "ms", 1000),
    atMost("the same page idle for 20 s: bytes moved", idle.bytes, "B", 1000),
    atMost("the same page idle for 20 s: main-thread time", idle.busyMs, "ms", 50),
  ];
}

/** Runs in the page: notes when every chart in the window has coloured pixels. Axes and grid are grey. */
function watchCharts(): void {
  const copy = new OffscreenCanvas(96, 48);
  const context = copy.getContext("2d", { willReadFrequently: true })!;
  const hasLine = (card: Element): boolean => {
    const canvas = card.querySelector<HTMLCanvasElement>(".uplot canvas");
    if (!canvas || canvas.width === 0) return false;
    context.clearRect(0, 0, copy.width, copy.height);
    context.drawImage(canvas, 0, 0, copy.width, copy.height);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    for (let i = 0; i < data.length; i += 4) {
      const [red, green, blue] = [data[i]!, data[i + 1]!, data[i + 2]!];
      const isColoured = Math.max(red, green, blue) - Math.min(red, green, blue) > 32;
      if (isColoured && data[i + 3]! > 64) return true;
    }
    return false;
  };
  const drawn = new Set<Element>();
  const look = () => {
    const inWindow = [...document.querySelectorAll("article.card")].filter((card) => {
      const { top, bottom } = card.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    for (const card of inWindow) if (!drawn.has(card) && hasLine(card)) drawn.add(card);
    if (inWindow.length > 0 && inWindow.every((card) => drawn.has(card))) {
      Object.assign(window, { shownMs: performance.now() });
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}

async function measureIdle(page: Page): Promise<{ bytes: number; busyMs: number }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Performance.enable");
  await delay(2000);
  let bytes = 0;
  devtools.on("Network.dataReceived", (event) => {
    bytes += Math.max(event.dataLength, event.encodedDataLength);
  });
  devtools.on("Network.requestWillBeSent", (event) => {
    bytes += event.request.url.length + (event.request.postData?.length ?? 0);
  });
  const busy = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return (metrics.find((metric) => metric.name === "TaskDuration")?.value ?? 0) * 1000;
  };
  const before = await busy();
  await delay(IDLE_MS);
  return { bytes, busyMs: (await busy()) - before };
}

async function logRuns(root: string, runs: number, steps: number): Promise<void> {
  for (let number = 0; number < runs; number += 1) {
    const run = trackio.init({ project: PROJECT, dir: root, config: { seed: number } });
    for (let step = 0; step < steps; step += 1) run.log(valuesAt(number, step));
    await run.finish();
  }
}

function valuesAt(number: number, step: number): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [index, key] of KEYS.entries()) {
    const noise = Math.sin(step * 12.9898 + index * 78.233 + number) * 43_758.5453;
    values[key] = Math.exp(-step / 3000) + number / 100 + 0.1 * (noise - Math.floor(noise));
  }
  return values;
}

async function waitUntilFolded(url: string, runs: number, steps: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api/v1/projects/${PROJECT}/runs`);
    if (response.ok) {
      const { runs: known } = (await response.json()) as { runs: { recordCount: number }[] };
      const folded = known.filter((run) => run.recordCount === steps).length;
      if (folded === runs) return;
    }
    await delay(100);
  }
}
