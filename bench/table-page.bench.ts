/** What a person waits for who looks at a large table: rows on the screen, rows in another order, and no late frame between. */

import type { Browser } from "playwright-core";
import {
  logRows,
  openTable,
  scrollTable,
  sortTable,
  waitUntilMade,
  waitUntilReadable,
} from "../test/browser/million-rows.ts";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";
import { inBrowser } from "./in-browser.ts";

const PROJECT = "million-rows";
/** A frame: two rows, or 128 rows a second. */
const SCROLL_PX = 60;

export function rows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const [count, rounds] = options.short ? [100_000, 1] : [1_000_000, 3];
  return inBrowser({
    log: (root) => logRows(root, PROJECT, count),
    untilReady: async (url, root) => {
      await waitUntilReadable(url, PROJECT, count);
      await waitUntilMade(root);
    },
    measure: (browser, url) =>
      measure(
        browser,
        `${url}/?project=${PROJECT}&metrics=rows&sidebar=hidden`,
        rounds,
        `table of ${count.toLocaleString("en-US")} rows`,
      ),
  });
}

async function measure(
  browser: Browser,
  url: string,
  rounds: number,
  data: string,
): Promise<BenchRow[]> {
  await measureOnce(browser, url); // warm: files, caches, threads
  const measured: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) measured.push(await measureOnce(browser, url));
  const middle = (key: keyof Measured) => median(measured.map((one) => one[key]));
  return [
    atMost(`${data}: page opened → rows on the screen`, middle("openMs"), "ms", 500),
    atMost(`${data}: head clicked → sorted rows on the screen`, middle("sortMs"), "ms", 1500),
    atMost(
      `${data}: scrolled ${SCROLL_PX} px a frame, p95 between frames`,
      middle("frameMs"),
      "ms",
      20,
    ),
  ];
}

interface Measured {
  readonly openMs: number;
  readonly sortMs: number;
  readonly frameMs: number;
}

async function measureOnce(browser: Browser, address: string): Promise<Measured> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const openMs = await openTable(page, address);
    const { p95Ms } = await scrollTable(page, 300, SCROLL_PX);
    const sortMs = await sortTable(page, "score");
    return { openMs, sortMs, frameMs: p95Ms };
  } finally {
    await context.close();
  }
}
