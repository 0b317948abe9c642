/** Blobs that are pages or drawings with scripts in them, opened as a person may open them: they are shown, and have no power. */

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { BlobFolder } from "../../src/media/blob-folder.ts";
import type { BlobHash } from "../../src/protocol/media.ts";
import { test, useHouse } from "./page-test.ts";

const SCRIPT = `
  document.documentElement.setAttribute("data-ran", "yes");
  fetch("/api/v1/projects").then((answer) => answer.text()).then((text) => { document.title = text; });
  parent.document.title = "taken over";`;

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200" onload="document.documentElement.setAttribute('data-ran', 'yes')">
  <style>rect { fill: #0a0 }</style>
  <rect width="300" height="200"/>
  <image href="/api/v1/projects" width="1" height="1"/>
  <a href="javascript:document.documentElement.setAttribute('data-ran','yes')"><text y="40" id="link">click</text></a>
  <script>${SCRIPT}</script></svg>`;
const HTML = `<!doctype html><title>a page</title><body onload="document.title='ran'">
  <form action="/api/v1/projects/x/table.csv" method="post"><button>send</button></form>
  <iframe src="/"></iframe><script>${SCRIPT}</script></body>`;
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A tenth of a second of silence. */
const WAV = Buffer.concat([
  Buffer.from(
    "RIFF\x44\x03\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0",
    "latin1",
  ),
  Buffer.from("data\x20\x03\0\0", "latin1"),
  Buffer.alloc(800, 128),
]);

const house = useHouse(async (root) => {
  const blobs = BlobFolder.at(root);
  for (const content of [SVG, HTML, PNG, WAV]) {
    const path = blobs.readyFile(hashOf(content));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
});

function hashOf(content: string | Buffer): BlobHash {
  return createHash("sha256").update(content).digest("hex") as BlobHash;
}

const pathOf = (content: string | Buffer) => `/api/v1/blobs/${hashOf(content)}`;

/** A page at `path`, what it was answered, and its end. */
async function open(path: string) {
  const context = await house.browser.newContext();
  const page = await context.newPage();
  const answered: string[] = [];
  page.on("response", (response) => {
    answered.push(`${response.request().method()} ${new URL(response.url()).pathname}`);
  });
  await page.goto(house.server.url + path);
  return { page, answered, [Symbol.asyncDispose]: () => context.close() };
}

const ran = (page: Page) => page.locator(":root").getAttribute("data-ran");

test("an SVG opened by its address is drawn, with its styles, and runs nothing", async () => {
  await using opened = await open(pathOf(SVG));
  const { page, answered } = opened;
  const fill = await page.locator("rect").evaluate((rect) => getComputedStyle(rect).fill);
  expect(fill).toBe("rgb(0, 170, 0)");
  await page.locator("#link").click();
  await page.waitForLoadState("networkidle");
  expect(await ran(page)).toBeNull();
  expect(answered).toEqual([`GET ${pathOf(SVG)}`]);
});

test("a page opened by its address is shown, and neither runs, sends nor loads a thing", async () => {
  await using opened = await open(pathOf(HTML));
  const { page, answered } = opened;
  await page.getByRole("button", { name: "send" }).click();
  await page.waitForLoadState("networkidle");
  expect([await page.title(), await ran(page)]).toEqual(["a page", null]);
  expect(answered).toEqual([`GET ${pathOf(HTML)}`]);
});

test("in a frame of our own page neither has power over it", async () => {
  await using opened = await open("/");
  const { page, answered } = opened;
  const title = await page.title();
  for (const content of [SVG, HTML]) {
    const frame = await page.evaluateHandle((src) => {
      const element = document.createElement("iframe");
      element.src = src;
      return new Promise<HTMLIFrameElement>((resolve) => {
        element.addEventListener("load", () => resolve(element));
        document.body.append(element);
      });
    }, pathOf(content));
    // Of another origin than any: its document is closed to us, and ours to it.
    expect(await frame.evaluate((element) => element.contentDocument === null)).toBe(true);
  }
  await page.waitForLoadState("networkidle");
  expect(await page.title()).toBe(title);
  expect(answered.filter((request) => request.includes("table.csv"))).toEqual([]);
});

test("a picture opened by its address is shown, sandbox and all", async () => {
  await using opened = await open(pathOf(PNG));
  const width = await opened.page.locator("img").evaluate((img) => {
    return (img as HTMLImageElement).naturalWidth;
  });
  expect(width).toBe(1);
});

test("a sound opened by its address can be played", async () => {
  await using opened = await open(pathOf(WAV));
  const player = opened.page.locator("video");
  const duration = () => player.evaluate((element) => (element as HTMLVideoElement).duration);
  await expect.poll(duration).toBeCloseTo(0.1, 2);
});
