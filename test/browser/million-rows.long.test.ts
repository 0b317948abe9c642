import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startServer } from "../../src/server/start-server.ts";
import { findChromium, launchChromium } from "./chromium.ts";
import {
  logRows,
  openTable,
  scrollTable,
  sortTable,
  waitUntilMade,
  waitUntilReadable,
} from "./million-rows.ts";
import { columnOf, tableCard } from "./table-page.ts";

const ROWS = 1_000_000;
const place = await findChromium();

test.skipIf(place === undefined)(
  "a table of 1,000,000 rows opens in half a second, sorts in one and a half, scrolls without a late frame, and every row can be reached",
  async () => {
    const root = await mkdtemp(join(tmpdir(), "trackio-million-"));
    try {
      await logRows(root, "million", ROWS);
      await using server = await startServer({ root, port: 0, log: () => {} });
      await waitUntilReadable(server.url, "million", ROWS);
      await waitUntilMade(root);
      const browser = await launchChromium(place!);
      try {
        const address = `${server.url}/?project=million&metrics=rows&sidebar=hidden`;
        const warm = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        await openTable(warm, address);
        await warm.close();
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        expect(await openTable(page, address)).toBeLessThan(500);
        // What else the machine does now and then is not the table's: the calmest of some rounds counts.
        const rounds: number[] = [];
        for (let round = 0; round < 5; round += 1) {
          rounds.push((await scrollTable(page, 200, 60)).p95Ms);
        }
        expect(Math.min(...rounds)).toBeLessThan(20);

        const card = tableCard(page, "rows");
        await card.locator(".tg").focus();
        await page.keyboard.press("End");
        await expect
          .poll(async () => (await columnOf(card, "id")).at(-1), { timeout: 20_000 })
          .toBe(String(ROWS - 1));
        await page.keyboard.press("Home");
        await expect
          .poll(async () => (await columnOf(card, "id"))[0], { timeout: 20_000 })
          .toBe("0");
        await card.locator(".tg").evaluate((grid) => {
          grid.scrollTop = (grid.scrollHeight - grid.clientHeight) / 2;
        });
        await expect
          .poll(async () => Number((await columnOf(card, "id"))[0]), { timeout: 20_000 })
          .toBeGreaterThan(ROWS / 2 - 100);

        expect(await sortTable(page, "score")).toBeLessThan(1500);
        const scores = (await columnOf(card, "score")).map(Number);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        expect(scores[0]).toBeGreaterThan(0.999);
        expect(await sortTable(page, "prompt")).toBeLessThan(1500);
      } finally {
        await browser.close();
      }
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
);
