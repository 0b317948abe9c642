/** What a person waits for who looks at a large table: rows on the screen, rows in another order, and no late frame between. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { startServer } from "../src/server/start-server.ts";
import { findChromium, launchChromium } from "../test/browser/chromium.ts";
import {
  logRows,
  openTable,
  scrollTable,
  sortTable,
  waitUntilMade,
  waitUntilReadable,
} from "../test/browser/million-rows.ts";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";

const PROJECT = "million-rows";
/** A frame: two rows, or 128 rows a second. */
const SCROLL_PX = 60;

export async function rows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const place = await findChromium();
  if (place === undefined) return [];
  const root = await mkdtemp(join(tmpdir(), "trackio-bench-table-page-"));
  const [count, rounds] = options.short ? [100_000, 1] : [1_000_000, 3];
  try {
    await logRows(root, PROJECT, count);
    await using server = await startServer({ root, port: 0, log: () => {} });
    await waitUntilReadable(server.url, PROJECT, count);
    await waitUntilMade(root);
    const browser = await launchChromium(place);
    try {
      const address = `${server.url}/?project=${PROJECT}&metrics=rows&sidebar=hidden`;
      await measureOnce(browser, address); // warm: files, caches, threads
      const measured: Measured[] = [];
      for (let round = 0; round < rounds; round += 1) {
        measured.push(await measureOnce(browser, address));
      }
      const data = `table of ${count.toLocaleString("en-US")} rows`;
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
    } finally {
      await browser.close();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
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
