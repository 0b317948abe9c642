import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import { openPage, test, useHouse, waitForLine } from "./page-test.ts";
import { cellAt, columnOf, head, headsOf, rowsOf, sortBy, tableCard } from "./table-page.ts";

const TEXTS = [
  { prompt: "Trackio", completion: "is great!", reward: 0.123 },
  { prompt: "Logging is", completion: "easy and fun!", reward: 0.456 },
];
const LONG = "a sentence of many words that nobody wants to read in a cell. ".repeat(40);
const MADE_AT = new Date("2026-11-03T14:07:09Z");
const ROWS = 2048;

/** Rows of every type of cell; the second has nothing, the third what is odd. */
const CELLS = [
  {
    number: 0.5,
    whole: 12,
    big: 9_007_199_254_740_993n,
    yes: true,
    text: "plain",
    long: LONG,
    made: new Date("2026-11-03"),
    nested: { tokens: [1, 2], name: "x" },
  },
  {
    number: null,
    whole: null,
    big: null,
    yes: null,
    text: null,
    long: null,
    made: null,
    nested: null,
  },
  {
    number: Number.NaN,
    whole: -7,
    big: -5n,
    yes: false,
    text: 'two\nlines, "quoted"',
    long: "short",
    made: MADE_AT,
    nested: [Number.POSITIVE_INFINITY],
  },
];

function picture(shade: number) {
  const pixels = new Uint8Array(8 * 8 * 3).fill(shade);
  return new trackio.Image(pixels, { shape: [8, 8, 3], caption: `shade ${shade}` });
}

const house = useHouse(async (root) => {
  for (const [number, name] of ["one", "two"].entries()) {
    const run = trackio.init({ dir: root, project: "tables", name });
    for (const step of [0, 10, 20]) {
      const texts = TEXTS.map((row) => ({ ...row, reward: row.reward + number + step / 100 }));
      run.log({ loss: 1 / (1 + step), texts: new trackio.Table(texts) }, { step });
    }
    if (number === 0) {
      run.log({ cells: new trackio.Table(CELLS) }, { step: 20 });
      const rows = Array.from({ length: ROWS }, (_, i) => ({
        id: i,
        score: Math.round(1000 * Math.abs(Math.sin(i))) / 1000,
        label: i % 3 === 0 ? "cat" : "dog",
      }));
      run.log({ "eval/many": new trackio.Table(rows) }, { step: 20 });
      const clip = new trackio.Video(new Uint8Array(10 * 3 * 16 * 16).fill(200), {
        shape: [10, 3, 16, 16],
        fps: 10,
        caption: "grey",
      });
      run.log({ clips: new trackio.Table([{ clip }, { clip: null }]) }, { step: 20 });
      const pictures = [0, 100, 200].map((shade) => ({ guess: shade, image: picture(shade) }));
      run.log({ pictures: new trackio.Table(pictures) }, { step: 20 });
      const wide = Object.fromEntries(
        Array.from({ length: 300 }, (_, i) => [`c${i}`, [i, i + 1000]]),
      );
      run.log({ wide: new trackio.Table({ columns: wide }) }, { step: 20 });
    }
    await run.finish();
  }
});

const only = (keys: string, more = "") => `/?project=tables&metrics=${keys}${more}`;
const one = "&runs=one";

test("a chart and a table stand side by side; tables of all runs are one, with the run beside each row", async () => {
  await using opened = await openPage(house, only("loss,texts"));
  const { page } = opened;
  const card = tableCard(page, "texts");
  await expect.poll(() => rowsOf(card)).toHaveLength(4);
  await expect.poll(() => headsOf(card)).toEqual(["run", "prompt", "completion", "reward"]);
  expect(await rowsOf(card)).toEqual([
    ["two", "Trackio", "is great!", "1.323"],
    ["two", "Logging is", "easy and fun!", "1.656"],
    ["one", "Trackio", "is great!", "0.323"],
    ["one", "Logging is", "easy and fun!", "0.656"],
  ]);
  const chart = (await page.locator('article[data-metric="loss"]').boundingBox())!;
  const table = (await card.boundingBox())!;
  expect(table.x).toBeGreaterThanOrEqual(chart.x + chart.width - 1);
  expect(table.y).toBe(chart.y);
  expect(await card.locator(".note").innerText()).toBe("table · 4 rows");
  const cut = await card
    .locator(".tg-td:first-child, .tg-td:first-child *")
    .evaluateAll((parts) => {
      return parts.filter((part) => part.scrollWidth > part.clientWidth && part.clientWidth > 0)
        .length;
    });
  expect(cut).toBe(0);
});

test("every cell is shown as it was logged", async () => {
  await using opened = await openPage(house, only("cells", one), { width: 1600 });
  const card = tableCard(opened.page, "cells");
  await expect.poll(() => rowsOf(card)).toHaveLength(3);
  const local = (date: Date) => {
    const two = (part: number) => String(part).padStart(2, "0");
    const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
    return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
  };
  const [first, second, third] = await rowsOf(card);
  const values = (row: string[]) => row.slice(-8);
  expect(values(first!).with(5, "")).toEqual([
    "0.5",
    "12",
    "9007199254740993",
    "true",
    "plain",
    "",
    "2026-11-03",
    '{"tokens": [1, 2], "name": "x"}',
  ]);
  expect(values(first!)[5]).toMatch(/^a sentence of many words/);
  expect(values(second!)).toEqual(Array(8).fill("–"));
  expect(values(third!)).toEqual([
    "NaN",
    "−7",
    "−5",
    "false",
    'two lines, "quoted"',
    "short",
    local(MADE_AT),
    "[Infinity]",
  ]);
});

test("a long text opens in full, with keys as with the mouse, and is copied whole", async () => {
  await using opened = await openPage(house, only("cells", one), { width: 1600 });
  const { page } = opened;
  const card = tableCard(page, "cells");
  await expect.poll(() => rowsOf(card)).toHaveLength(3);
  const column = (await headsOf(card)).indexOf("long");
  await cellAt(card, 0, column).click();
  const panel = page.getByRole("dialog", { name: "long" });
  await expect.poll(() => panel.locator("pre").innerText()).toBe(LONG);
  expect(await panel.innerText()).toContain(`${LONG.length.toLocaleString("en-US")} characters`);
  await page.keyboard.press("Escape");
  await expect.poll(() => panel.count()).toBe(0);
  for (const key of ["ArrowRight", "ArrowRight", "Enter"]) await page.keyboard.press(key);
  const nested = page.getByRole("dialog", { name: "nested" });
  await expect
    .poll(() => nested.locator("pre").innerText())
    .toBe('{"tokens": [1, 2], "name": "x"}');
  await page.keyboard.press("Escape");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  for (const key of ["ArrowLeft", "ArrowLeft", "ControlOrMeta+c"]) await page.keyboard.press(key);
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(LONG);
});

test("heads sort at the server: numbers from the highest, then the lowest, then as logged", async () => {
  await using opened = await openPage(house, only("eval/many", one));
  const { page } = opened;
  const card = tableCard(page, "eval/many");
  await expect
    .poll(() => columnOf(card, "id").then((ids) => ids.slice(0, 3)))
    .toEqual(["0", "1", "2"]);
  await sortBy(card, "score");
  await expect.poll(async () => (await columnOf(card, "score"))[0]).toBe("1.000");
  expect(await head(card, "score").getAttribute("aria-sort")).toBe("descending");
  const scores = (await columnOf(card, "score")).map(Number);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  await expect
    .poll(() => card.locator(".count-bar").innerText())
    .toMatch(/^Rows 1–\d+ of 2,048 · sorted by score$/);
  await sortBy(card, "score");
  await expect.poll(async () => (await columnOf(card, "score"))[0]).toBe("0.000");
  await sortBy(card, "score");
  await expect
    .poll(() => columnOf(card, "id").then((ids) => ids.slice(0, 3)))
    .toEqual(["0", "1", "2"]);
  await expect.poll(() => page.url()).not.toContain("tables=");
});

test("filters are asked of the server, say what is wrong with them, and are cleared", async () => {
  await using opened = await openPage(house, only("eval/many", one));
  const { page } = opened;
  const card = tableCard(page, "eval/many");
  await expect.poll(() => rowsOf(card).then((rows) => rows.length)).toBeGreaterThan(3);
  await card.getByRole("button", { name: "Filter rows" }).click();
  await card.getByLabel("Filter score").fill("> 0.99");
  await card.getByLabel("Filter label").fill("CAT");
  const count = Array.from({ length: ROWS }, (_, i) => i).filter(
    (i) => Math.round(1000 * Math.abs(Math.sin(i))) / 1000 > 0.99 && i % 3 === 0,
  ).length;
  await expect
    .poll(() => card.locator(".count-bar").innerText())
    .toContain(`of ${count} that match, of 2,048`);
  expect(new Set(await columnOf(card, "label"))).toEqual(new Set(["cat"]));
  await card.getByLabel("Filter id").fill("= 33");
  await expect
    .poll(() => card.locator(".count-bar").innerText())
    .toContain("Row 1 of 1 that matches, of 2,048");
  await card.getByLabel("Filter id").fill("");
  await card.getByLabel("Filter score").fill("> cats");
  expect(await card.getByLabel("Filter score").getAttribute("title")).toContain("is no number");
  await card.getByLabel("Filter score").fill("> 5");
  await expect.poll(() => card.locator(".no-rows").innerText()).toContain("No row matches");
  await card.getByRole("button", { name: "Clear the filters" }).click();
  await expect.poll(() => card.locator(".count-bar").innerText()).toMatch(/of 2,048$/);
});

test("the step slider shows the table as it stood; two steps are compared row by row", async () => {
  await using opened = await openPage(house, only("texts", one));
  const { page } = opened;
  const card = tableCard(page, "texts");
  await expect.poll(() => columnOf(card, "reward")).toEqual(["0.323", "0.656"]);
  await card.getByRole("button", { name: "Earlier step" }).click();
  await expect.poll(() => columnOf(card, "reward")).toEqual(["0.223", "0.556"]);
  await card.getByRole("button", { name: "Compare texts" }).click();
  await page.getByLabel("With another step").check();
  await expect.poll(() => rowsOf(card)).toHaveLength(4);
  expect(await columnOf(card, "step")).toEqual(["10", "0", "10", "0"]);
  expect(await columnOf(card, "reward")).toEqual(["0.223", "0.123", "0.556", "0.456"]);
  expect(await columnOf(card, "#")).toEqual(["0", "0", "1", "1"]);
});

test("the same row of each run stands together where that is asked", async () => {
  await using opened = await openPage(house, only("texts"));
  const card = tableCard(opened.page, "texts");
  await expect.poll(() => rowsOf(card)).toHaveLength(4);
  await sortBy(card, "#");
  await expect.poll(() => columnOf(card, "run")).toEqual(["two", "one", "two", "one"]);
  expect(await columnOf(card, "prompt")).toEqual([
    "Trackio",
    "Trackio",
    "Logging is",
    "Logging is",
  ]);
});

test("pictures stand in cells and open large; arrows walk the rows", async () => {
  await using opened = await openPage(house, only("pictures", one));
  const { page } = opened;
  const card = tableCard(page, "pictures");
  const shades = () =>
    card.locator(".tg-thumb img").evaluateAll((images) =>
      images.map((image) => {
        const canvas = new OffscreenCanvas(1, 1).getContext("2d")!;
        canvas.drawImage(image as HTMLImageElement, 0, 0);
        return canvas.getImageData(0, 0, 1, 1).data[0];
      }),
    );
  await expect.poll(shades).toEqual([0, 100, 200]);
  await card.locator(".tg-td.pic").nth(1).click();
  const box = page.getByRole("dialog", { name: "image, enlarged" });
  await expect.poll(() => box.locator(".lightbox-caption").innerText()).toBe("shade 100");
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => box.locator(".lightbox-caption").innerText()).toBe("shade 200");
  await page.keyboard.press("Escape");
  await expect.poll(() => box.count()).toBe(0);
});

test("videos stand in cells by their first frame, and play large", async () => {
  await using opened = await openPage(house, only("clips", one));
  const { page } = opened;
  const card = tableCard(page, "clips");
  const size = () =>
    card.locator(".tg-thumb video").evaluate((video) => (video as HTMLVideoElement).videoWidth);
  await expect.poll(size).toBe(16);
  await card.locator(".tg-td.pic").first().click();
  const box = page.getByRole("dialog", { name: "clip, enlarged" });
  await expect.poll(() => box.locator(".lightbox-caption").innerText()).toBe("grey");
  await expect
    .poll(() => box.locator("video").evaluate((one) => (one as HTMLVideoElement).duration))
    .toBeGreaterThan(0.9);
});

test("a table that does not arrive says why, in its card alone, and can be read again", async () => {
  await using opened = await openPage(house, "/?project=tables", { mayFail: true });
  const { page } = opened;
  const refusal = { error: { code: "internal", message: "The disk is asleep. Wake it." } };
  await page.route("**/table", (route) => route.fulfill({ status: 500, json: refusal }));
  await page.goto(`${house.server.url}${only("loss,texts", one)}`);
  const card = tableCard(page, "texts");
  await expect.poll(() => card.locator(".oops").innerText()).toContain("texts did not arrive.");
  expect(await card.locator(".oops").innerText()).toContain("The disk is asleep. Wake it.");
  await waitForLine(page, "loss", 0);
  await page.unroute("**/table");
  await card.getByRole("button", { name: "Read again" }).click();
  await expect.poll(() => rowsOf(card)).toHaveLength(2);
});

test("widths are dragged, fit on a double click, and columns out of sight are not in the document", async () => {
  await using opened = await openPage(house, only("wide", one));
  const { page } = opened;
  const card = tableCard(page, "wide");
  await expect.poll(() => rowsOf(card)).toHaveLength(2);
  expect(await card.locator(".tg-th").count()).toBeLessThan(60);
  const second = card.locator(".tg-th").nth(2);
  const before = (await second.boundingBox())!.width;
  const edge = (await second.locator(".tg-edge").boundingBox())!;
  await page.mouse.move(edge.x + 4, edge.y + 10);
  await page.mouse.down();
  await page.mouse.move(edge.x + 84, edge.y + 10, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await second.boundingBox())!.width).toBe(before + 80);
  await second.locator(".tg-edge").dblclick();
  await expect.poll(async () => (await second.boundingBox())!.width).toBeLessThan(before + 10);
  await card.locator(".tg").evaluate((grid) => {
    grid.scrollLeft = grid.scrollWidth;
  });
  await expect.poll(async () => (await headsOf(card)).at(-1)).toBe("c299");
  await expect
    .poll(async () => (await rowsOf(card)).map((row) => row.at(-1)))
    .toEqual(["299", "1299"]);
});

test("keys move: a page, to the end and back", async () => {
  await using opened = await openPage(house, only("eval/many", one));
  const { page } = opened;
  const card = tableCard(page, "eval/many");
  await expect.poll(() => rowsOf(card).then((rows) => rows.length)).toBeGreaterThan(3);
  await card.locator(".tg").focus();
  await page.keyboard.press("End");
  await expect.poll(async () => (await columnOf(card, "id")).at(-1)).toBe("2047");
  await page.keyboard.press("Home");
  await expect.poll(async () => (await columnOf(card, "id"))[0]).toBe("0");
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageDown");
  await expect.poll(async () => Number((await columnOf(card, "id"))[0])).toBeGreaterThan(3);
});

test("the CSV has the rows, sorted and filtered as they are looked at", async () => {
  await using opened = await openPage(house, only("texts", one));
  const { page } = opened;
  const card = tableCard(page, "texts");
  await expect.poll(() => rowsOf(card)).toHaveLength(2);
  await sortBy(card, "reward");
  await expect.poll(() => columnOf(card, "reward")).toEqual(["0.656", "0.323"]);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    card.getByRole("button", { name: "Save texts as CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("texts.csv");
  const text = await readFile((await download.path())!, "utf8");
  const rewards = TEXTS.map(({ reward }) => String(reward + 0 + 0.2)).toReversed();
  expect(text).toContain(`Logging is,easy and fun!,${rewards[0]}\r\n`);
  expect(text).toContain(`Trackio,is great!,${rewards[1]}\r\n`);
  expect(text.trim().split("\r\n")).toHaveLength(3);
});

test("a table grows while it is looked at, and what is looked at stays", async () => {
  const run = trackio.init({ dir: house.root, project: "growing", name: "live" });
  const table = new trackio.Table([{ id: 0 }]);
  run.log({ rows: table });
  await using opened = await openPage(house, "/?project=growing&metrics=rows");
  const card = tableCard(opened.page, "rows");
  await expect.poll(() => columnOf(card, "id")).toEqual(["0"]);
  table.addRow({ id: 1 });
  run.log({ rows: table });
  await expect.poll(() => columnOf(card, "id")).toEqual(["0", "1"]);
  await run.finish();
});

test("full screen shows the same rows, and the page of media the same table", async () => {
  await using opened = await openPage(house, only("texts", one));
  const { page } = opened;
  const card = tableCard(page, "texts");
  await expect.poll(() => rowsOf(card)).toHaveLength(2);
  await card.getByRole("button", { name: "Full screen of texts" }).click();
  const full = page.locator("dialog.table");
  await expect.poll(() => rowsOf(full)).toHaveLength(2);
  await page.keyboard.press("Escape");
  await expect.poll(() => full.count()).toBe(0);
  await page.goto(`${house.server.url}/media?project=tables&runs=one&step=10`);
  const section = tableCard(page, "texts");
  await expect.poll(() => columnOf(section, "reward")).toEqual(["0.223", "0.556"]);
  await expect.poll(() => section.locator(".count-bar").innerText()).toMatch(/^Rows 1–2 of 2/);
  // What is left over goes to what was logged, not to the numbers of the rows.
  const narrow = tableCard(page, "clips");
  await expect.poll(() => headsOf(narrow)).toEqual(["#", "clip"]);
  expect((await head(narrow, "#").boundingBox())!.width).toBeLessThan(60);
});
