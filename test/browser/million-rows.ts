/** A table of very many rows in a browser: logged, opened, sorted, scrolled, and how long each took. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import * as trackio from "../../src/sdk/index.ts";

const WORDS = [
  "dusk over two hills",
  "a red sail at sea",
  "noon, a snowy peak",
  "forest in the fog",
];

/** Logs a finished run whose table `rows` has five columns: numbers, texts, booleans. */
export async function logRows(root: string, project: string, rows: number): Promise<void> {
  const run = trackio.init({ dir: root, project, name: "one" });
  const index = Float64Array.from({ length: rows }, (_, i) => i);
  run.log({
    rows: new trackio.Table({
      columns: {
        id: index,
        score: index.map((i) => Math.abs(Math.sin(i * 12.9898) * 43_758.5453) % 1),
        prompt: Array.from({ length: rows }, (_, i) => `${WORDS[i % WORDS.length]} ${i}`),
        good: Array.from({ length: rows }, (_, i) => i % 3 === 0),
        loss: index.map((i) => 1 / (1 + i)),
      },
    }),
  });
  await run.finish();
}

/** Waits until a table of `rows` rows can be read. */
export async function waitUntilReadable(url: string, project: string, rows: number): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const response = await fetch(`${url}/api/v1/projects/${project}/table`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ key: "rows", sources: [{ run: "one" }], count: 1 }),
    });
    if (response.ok) {
      const answer = (await response.json()) as { totalCount: number };
      if (answer.totalCount === rows) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The table of ${rows} rows did not come within two minutes.`);
}

/** Waits until what was logged has the form in which it stays, so that no maker works beside what is measured. */
export async function waitUntilMade(root: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const pending = await readdir(join(root, "blobs", "pending")).catch(() => []);
    if (pending.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The table was not made into Parquet within two minutes.");
}

/** Milliseconds from the start of the navigation until rows are on the screen. */
export async function openTable(page: Page, address: string): Promise<number> {
  await page.addInitScript(() => {
    const look = () => {
      const cell = document.querySelector<HTMLElement>(".tg-td.number");
      if (cell?.textContent) Object.assign(window, { rowsShownMs: performance.now() });
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(address);
  const handle = await page.waitForFunction(
    () => (window as { rowsShownMs?: number }).rowsShownMs,
    undefined,
    { timeout: 60_000 },
  );
  return (await handle.jsonValue()) as number;
}

/** Milliseconds from a click on a column's head until other rows are on the screen. */
export async function sortTable(page: Page, column: string): Promise<number> {
  return page.evaluate(
    (name) =>
      new Promise<number>((resolve) => {
        const first = () =>
          document.querySelector<HTMLElement>('.tg-tr[data-row="0"]')?.innerText ?? "";
        const head = [...document.querySelectorAll<HTMLElement>(".tg-th > button")].find(
          (button) => button.innerText.trim() === name,
        );
        const before = first();
        const beganAt = performance.now();
        head?.click();
        const look = () => {
          if (first() !== before && first() !== "") resolve(performance.now() - beganAt);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    column,
  );
}

export interface ScrollFrames {
  readonly medianMs: number;
  readonly p95Ms: number;
}

/** Scrolls for so many frames by so many CSS pixels each, as a wheel does, and says how long frames took. */
export async function scrollTable(page: Page, frames: number, byPx: number): Promise<ScrollFrames> {
  return page.evaluate(
    ({ frames: count, byPx: by }) =>
      new Promise<ScrollFrames>((resolve) => {
        const grid = document.querySelector<HTMLElement>(".tg")!;
        const took: number[] = [];
        let last = performance.now();
        const step = (now: number) => {
          took.push(now - last);
          last = now;
          grid.scrollTop += by;
          if (took.length < count) requestAnimationFrame(step);
          else {
            const sorted = took.slice(1).sort((a, b) => a - b);
            const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
            resolve({ medianMs: at(0.5), p95Ms: at(0.95) });
          }
        };
        requestAnimationFrame(step);
      }),
    { frames, byPx },
  );
}
