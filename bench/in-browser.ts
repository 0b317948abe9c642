/** What benches of pages share: a folder that the SDK fills, a server on it, a real browser. */

import type { Browser, Page } from "playwright-core";
import { startServer } from "../src/server/start-server.ts";
import { findChromium, launchChromium } from "../test/browser/chromium.ts";
import type { BenchRow } from "./bench-row.ts";
import { inFolder } from "./in-folder.ts";

export interface PageBench {
  /** Logs what the page is to show. */
  readonly log: (root: string) => Promise<void>;
  /** Resolves when the server has all of it. */
  readonly untilReady: (serverUrl: string, root: string) => Promise<void>;
  readonly measure: (browser: Browser, serverUrl: string) => Promise<readonly BenchRow[]>;
}

/** The rows of a page; none where there is no browser. */
export async function inBrowser(bench: PageBench): Promise<readonly BenchRow[]> {
  const place = await findChromium();
  if (place === undefined) return [];
  return inFolder(async (root) => {
    await bench.log(root);
    await using server = await startServer({ root, port: 0, log: () => {} });
    await bench.untilReady(server.url, root);
    const browser = await launchChromium(place);
    try {
      return await bench.measure(browser, server.url);
    } finally {
      await browser.close();
    }
  });
}

/**
 * Opens a page for as long as `use` takes.
 * @param watch Runs in the page; sets `globalThis.shownMs` when what was waited for can be seen.
 * @returns milliseconds from the start of the navigation until then.
 */
export async function openPage(
  browser: Browser,
  url: string,
  watch: () => void,
  use: (page: Page) => Promise<void> = async () => {},
): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.goto(url);
    const handle = await page.waitForFunction(
      () => (globalThis as { shownMs?: number }).shownMs,
      undefined,
      { timeout: 60_000 },
    );
    const tookMs = (await handle.jsonValue()) as number;
    await use(page);
    return tookMs;
  } finally {
    await context.close();
  }
}
