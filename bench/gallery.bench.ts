/**
 * Ten thousand pictures under one key: from opening the page to pictures in every
 * frame of the window, and how smoothly all of them scroll by.
 */

import { setTimeout as delay } from "node:timers/promises";
import { encode } from "fast-png";
import type { Browser, Page } from "playwright-core";
import * as trackio from "../src/sdk/index.ts";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";
import { inBrowser, openPage } from "./in-browser.ts";

const PROJECT = "many-pictures";
const KEY = "samples";
const SIZE = 64;
const SCROLL_MS = 4000;
/** Faster than a hand turns a wheel: seven windows a second. */
const SCROLL_PX = 120;

export function rows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const [pictures, rounds] = options.short ? [1000, 1] : [10_000, 5];
  const data = `${pictures.toLocaleString("en-US")} pictures`;
  return inBrowser({
    log: (root) => logPictures(root, pictures),
    untilReady: (url) => waitUntilFolded(url, pictures),
    measure: (browser, url) =>
      measure(browser, `${url}/media?project=${PROJECT}&media_key=${KEY}`, rounds, data),
  });
}

async function measure(
  browser: Browser,
  url: string,
  rounds: number,
  data: string,
): Promise<BenchRow[]> {
  await openPage(browser, url, watchPictures); // warm: files, caches, threads
  const opened: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    opened.push(await openPage(browser, url, watchPictures));
  }
  const scrolled = { frameMs: 0, elements: 0 };
  await openPage(browser, url, watchPictures, async (page) => {
    Object.assign(scrolled, await measureScroll(page));
  });
  return [
    atMost(`${data}: page opened → a picture in every frame seen`, median(opened), "ms", 1000),
    atMost(
      `${data}: scrolled ${SCROLL_PX} px a frame, p95 between frames`,
      scrolled.frameMs,
      "ms",
      34,
    ),
    atMost(`${data}: most elements in the document meanwhile`, scrolled.elements, "", 2000),
  ];
}

/** Runs in the page: notes when every frame in the window shows its picture. */
function watchPictures(): void {
  const look = () => {
    const seen = [...document.querySelectorAll(".tile .frame")].filter((frame) => {
      const { top, bottom } = frame.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    const isShown = (frame: Element) => {
      const image = frame.querySelector("img");
      return image?.complete === true && image.naturalWidth > 0;
    };
    if (seen.length > 0 && seen.every(isShown)) {
      Object.assign(window, { shownMs: performance.now() });
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** First at a steady pace, then from the newest to the oldest picture within a second. */
async function measureScroll(page: Page): Promise<{ frameMs: number; elements: number }> {
  return page.evaluate(
    async ([scrollMs, scrollPx]) => {
      const scroll = document.querySelector(".media-page")!;
      const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const frames: number[] = [];
      let elements = 0;
      const count = () => {
        elements = Math.max(elements, document.querySelectorAll("*").length);
      };
      const beganAt = await nextFrame();
      let last = beganAt;
      while (last - beganAt < scrollMs) {
        const now = await nextFrame();
        frames.push(now - last);
        last = now;
        scroll.scrollTop += scrollPx;
        if (frames.length % 10 === 0) count();
      }
      for (let share = 0; share <= 1; share += 1 / 30) {
        await nextFrame();
        scroll.scrollTop = share * scroll.scrollHeight;
        count();
      }
      frames.sort((a, b) => a - b);
      return { frameMs: frames[Math.floor(frames.length * 0.95)] ?? 0, elements };
    },
    [SCROLL_MS, SCROLL_PX] as const,
  );
}

async function logPictures(root: string, pictures: number): Promise<void> {
  const run = trackio.init({ project: PROJECT, dir: root });
  for (let step = 0; step < pictures; step += 1) {
    run.log({ [KEY]: new trackio.Image(encodedPicture(step), { caption: `picture ${step}` }) });
  }
  await run.finish();
}

/** A PNG like no other. */
function encodedPicture(seed: number): Uint8Array {
  const data = new Uint8Array(SIZE * SIZE * 3);
  for (let i = 0; i < data.length; i += 1) data[i] = (i * (seed + 3)) >> (seed % 5);
  data.set([seed & 255, (seed >> 8) & 255, (seed >> 16) & 255]);
  return encode({ width: SIZE, height: SIZE, channels: 3, depth: 8, data });
}

async function waitUntilFolded(url: string, pictures: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api/v1/projects/${PROJECT}/runs`);
    if (response.ok) {
      const { runs } = (await response.json()) as { runs: { recordCount: number }[] };
      if (runs[0]?.recordCount === pictures) return;
    }
    await delay(100);
  }
}
