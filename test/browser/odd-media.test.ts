import type { Page } from "playwright-core";
import { expect } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import { openPage, test, useHouse } from "./page-test.ts";

const PROMPT = "A harbour at dusk, seen from a hill.\nA red sail comes in from the left. ".repeat(
  40,
);
const SIZE = 8;
const KEYS = 200;

/** A picture whose size only its file tells. */
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>`;
const house = useHouse(async (root) => {
  const run = trackio.init({ dir: root, project: "odd", name: "odd" });
  run.log({
    "one frame": new trackio.Video(new Uint8Array(3 * 64 * 64).fill(120), {
      shape: [1, 3, 64, 64],
    }),
    prompted: new trackio.Image(new Uint8Array(SIZE * SIZE), {
      shape: [SIZE, SIZE],
      caption: PROMPT,
    }),
    strip: new trackio.Image(new Uint8Array(4000).fill(200), { shape: [4000, 1] }),
    drawn: new trackio.Image(Buffer.from(SVG)),
  });
  run.log({
    loss: 1,
    rows: new trackio.Table([
      {
        wide: new trackio.Image(Buffer.from(SVG)),
        large: new trackio.Image(new Uint8Array(90_000), { shape: [300, 300] }),
      },
    ]),
    drawn: new trackio.Image(Buffer.from(SVG)),
    long: trackio.Table({
      id: Float64Array.from({ length: 1000 }, (_, i) => i ** 3),
      text: Array.from({ length: 1000 }, (_, i) => `row ${i}`),
    }),
  });
  run.log({ long: new trackio.Table([{ id: 1, text: "row 3" }]) });
  await run.finish();
  const layers = trackio.init({ dir: root, project: "layers", name: "layers" });
  for (let step = 0; step < 4; step += 1) {
    const keys = Array.from({ length: KEYS }, (_, i) => `layer${i}/kernel`);
    const shades = keys.map((key, i) => [key, [[i / KEYS, step / 4]]] as const);
    layers.log(Object.fromEntries(shades.map(([key, pixels]) => [key, trackio.Image(pixels)])));
  }
  await layers.finish();
});

async function enlarge(page: Page, key: string) {
  await page.locator(`section[data-key="${key}"] button.frame`).click();
  return page.locator("dialog.lightbox");
}

test("a video of one frame has a length that is a number, and its bar says play and not all", async () => {
  await using opened = await openPage(house, "/media?project=odd&media_filter=one");
  const bar = opened.page.locator(".play-bar");
  await expect
    .poll(() => opened.page.locator("video").evaluate((v) => (v as HTMLVideoElement).readyState))
    .toBe(4);
  expect(await bar.locator(".dim").innerText()).toMatch(/^0:00\.0 \/ 0:00\.\d$/);
  expect(await bar.locator(".btn").innerText()).toBe("Play");
});

test("a long caption is read to its end in the lightbox, in its own lines", async () => {
  await using opened = await openPage(house, "/media?project=odd&media_filter=prompted");
  const box = await enlarge(opened.page, "prompted");
  const caption = box.locator(".lightbox-caption");
  await box.getByRole("button", { name: "All of the caption" }).click();
  const { height, isWhole } = await caption.evaluate((element) => {
    element.scrollTop = element.scrollHeight;
    const whole = element.scrollTop + element.clientHeight >= element.scrollHeight - 1;
    return { height: element.clientHeight, isWhole: whole };
  });
  expect(height).toBeGreaterThan(200);
  expect(isWhole).toBe(true);
  expect((await caption.innerText()).split("\n").length).toBeGreaterThan(40);
  // The picture has the room that is left.
  const [picture, text] = [await box.locator(".zoomed").boundingBox(), await caption.boundingBox()];
  expect(picture!.y + picture!.height).toBeLessThanOrEqual(text!.y);
  await box.getByRole("button", { name: "Less of the caption" }).click();
  expect(await caption.evaluate((element) => element.clientHeight)).toBeLessThan(50);
});

test("a strip of one pixel's width is seen however far it is shrunk", async () => {
  await using opened = await openPage(house, "/media?project=odd&media_filter=strip");
  const box = await enlarge(opened.page, "strip");
  await expect
    .poll(async () => (await box.locator(".zoomed").boundingBox())?.width ?? 0)
    .toBeGreaterThanOrEqual(1);
});

test("a file tells its size where the record does not, and is shown in squares where it is small", async () => {
  await using opened = await openPage(house, "/media?project=odd&media_filter=drawn");
  const tile = opened.page.locator('section[data-key="drawn"] img');
  await expect
    .poll(() => tile.evaluate((image) => getComputedStyle(image).imageRendering))
    .toBe("pixelated");
  const box = await enlarge(opened.page, "drawn");
  await expect.poll(() => box.locator("footer").innerText()).toContain("40 × 20 SVG");
});

test("a picture in a cell is all of the picture, in squares only where it is enlarged", async () => {
  await using opened = await openPage(house, "/media?project=odd&media_filter=rows");
  const looks = opened.page.locator(".tg-thumb img");
  const look = (place: number) =>
    looks.nth(place).evaluate((image) => {
      const { objectFit, imageRendering } = getComputedStyle(image);
      return [objectFit, imageRendering];
    });
  await expect.poll(() => look(0)).toEqual(["contain", "auto"]);
  await expect.poll(() => look(1)).toEqual(["contain", "auto"]);
});

test("cards beside each other end at one line", async () => {
  const address = "/?project=odd&metrics=loss,rows,drawn";
  await using opened = await openPage(house, address);
  const cards = opened.page.locator(".grid > .card");
  await expect.poll(() => cards.count()).toBe(3);
  await opened.page.locator(".tg-thumb img").first().waitFor();
  const ends = await cards.evaluateAll((all) =>
    all.map((card) => card.getBoundingClientRect().bottom),
  );
  expect(new Set(ends).size).toBe(1);
});

test("a number is never cut: its column widens for what comes into sight", async () => {
  await using opened = await openPage(house, "/media?project=odd&media_filter=long&step=1");
  const grid = opened.page.locator("[role=grid]");
  await grid.locator(".tg-td", { hasText: "row 3" }).first().waitFor();
  await grid.focus();
  await opened.page.keyboard.press("Control+End");
  const last = grid.locator(".tg-td.num", { hasText: "997002999" });
  await expect
    .poll(() => last.evaluate((cell) => cell.scrollWidth - cell.clientWidth).catch(() => 99))
    .toBe(0);
});

test("pictures in sight do not wait for the steps of hundreds of keys", async () => {
  await using opened = await openPage(house, "/");
  const { page } = opened;
  let stepReads = 0;
  page.on("requestfinished", (request) => {
    if (request.url().endsWith("/media/steps")) stepReads += 1;
  });
  await page.goto(`${new URL(page.url()).origin}/media?project=layers`);
  await page.locator('section[data-key="layer0/kernel"] img[src]').waitFor();
  expect(stepReads).toBeLessThan(KEYS / 2);
  expect(await page.locator(".stepper output").innerText()).toBe("3");
  // All of them are read at last, and the slider has every step.
  await expect.poll(() => stepReads, { timeout: 20_000 }).toBe(KEYS);
  await expect.poll(() => page.locator(".stepper .ticks i").count()).toBe(4);
});

test("a table of the page of media fills the screen, and its menu opens where there is room", async () => {
  const address = "/media?project=odd&media_filter=long&step=1";
  await using opened = await openPage(house, address, { height: 700 });
  const { page } = opened;
  await page.locator(".tg-td", { hasText: "row 3" }).first().waitFor();
  await page.getByRole("button", { name: "Compare long" }).click();
  const menu = await page.locator(".menu").boundingBox();
  expect(menu!.height).toBeGreaterThan(60);
  expect(menu!.y + menu!.height).toBeLessThanOrEqual(700);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Full screen of long" }).click();
  const full = page.locator("dialog.full [role=grid]");
  await expect.poll(async () => (await full.boundingBox())?.height ?? 0).toBeGreaterThan(550);
});
