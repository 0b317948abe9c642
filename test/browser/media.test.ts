import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encode } from "fast-png";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import { type OpenedPage, openPage, test, useHouse } from "./page-test.ts";

const SIZE = 16;
const STEPS = [0, 1000, 2000, 3000, 4000];
const RUNS = ["one", "two", "three"];
const MANY = 10_000;
const DISTINCT = 2000;
const CAPTIONS = ["dusk", "noon", "night"];

/** Pixels that tell run, step and place, another one in each corner. */
function pixelAt(run: number, step: number, place: number, x: number, y: number): number[] {
  return [run * 80 + x, (step / 1000) * 40 + y, place * 60 + (x < SIZE / 2 ? 10 : 0)];
}

function picture(run: number, step: number, place: number, caption?: string) {
  const pixels = new Uint8Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      pixels.set(pixelAt(run, step, place, x, y), (y * SIZE + x) * 3);
    }
  }
  return new trackio.Image(pixels, { shape: [SIZE, SIZE, 3], caption });
}

/** A PNG of one colour that tells its number. */
function encoded(number: number): Uint8Array {
  const data = new Uint8Array(8 * 8 * 3);
  for (let i = 0; i < data.length; i += 3) data.set([number & 255, number >> 8, 77], i);
  return encode({ width: 8, height: 8, channels: 3, depth: 8, data });
}

/** A clip of one grey a frame. */
function clip(frames: number) {
  const [height, width] = [32, 48];
  const pixels = new Uint8Array(frames * 3 * height * width);
  for (let frame = 0; frame < frames; frame += 1) {
    const size = 3 * height * width;
    pixels.fill(Math.round((frame / frames) * 255), frame * size, (frame + 1) * size);
  }
  return new trackio.Video(pixels, { shape: [frames, 3, height, width], fps: 10 });
}

const POWERFUL_SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="window.top.taken = 1">
<script>window.taken = 1; parent.taken = 1; top.taken = 1; fetch("/api/v1/projects").then(() => { top.taken = 2; });</script>
<rect width="40" height="40" fill="#00ff00"/></svg>`;

/** What says that it is an MP4, and little else. */
function heavyClip(): Uint8Array {
  const bytes = Buffer.alloc(5_000_000);
  bytes.writeUInt32BE(16, 0);
  bytes.write("ftypisom", 4);
  bytes.writeUInt32BE(bytes.length - 16, 16);
  bytes.write("free", 20);
  return bytes;
}

function tone(): Uint8Array {
  const samples = 4410;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(22_050, 24);
  bytes.writeUInt32LE(44_100, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(samples * 2, 40);
  return bytes;
}

const house = useHouse(async (root) => {
  for (const [number, name] of RUNS.entries()) {
    const run = trackio.init({
      dir: root,
      project: "media",
      name,
      config: { optimizer: number === 0 ? "adam" : "sgd", epochs: 3 },
    });
    for (const step of STEPS) {
      // The third run stops early: it has nothing at the last two steps.
      if (number === 2 && step > 2000) break;
      const samples = CAPTIONS.map((caption, place) => picture(number, step, place, caption));
      run.log({ samples, "conv/kernels": picture(number, step, 3) }, { step });
    }
    if (number < 2) {
      run.log({ rollout: [clip(20), clip(30)], speech: new trackio.Audio(tone()) }, { step: 4000 });
    }
    await run.finish();
  }
  const odd = trackio.init({ dir: root, project: "odd", name: "odd" });
  odd.log({ vector: new trackio.Image(Buffer.from(POWERFUL_SVG), { caption: "a green square" }) });
  await odd.finish();
  for (const [number, name] of ["short", "long"].entries()) {
    const run = trackio.init({ dir: root, project: "far", name });
    for (const step of number === 0 ? [5, 6] : [5, 6, 1e9]) {
      const samples = CAPTIONS.map((caption, place) => picture(number, step % 7, place, caption));
      run.log({ samples }, { step });
    }
    await run.finish();
  }
  const heavy = trackio.init({ dir: root, project: "heavy", name: "heavy" });
  heavy.log({ film: [new trackio.Video(heavyClip()), clip(5)] });
  await heavy.finish();
  const many = trackio.init({ dir: root, project: "many", name: "many" });
  const distinct = Array.from({ length: DISTINCT }, (_, i) => new trackio.Image(encoded(i)));
  for (let step = 0; step < MANY; step += 1) many.log({ frames: distinct[step % DISTINCT] });
  await many.finish();
  const kept = join(root, "weights.json");
  await writeFile(kept, '{"w":[1,2,3]}');
  const saver = trackio.init({ dir: root, project: "files", name: "saver" });
  saver.log({ loss: 1 });
  trackio.save(kept);
  await saver.finish();
});

function section(page: Page, key: string): Locator {
  return page.locator(`section[data-key="${key}"]`);
}

function frame(page: Page, key: string, place: number): Locator {
  return section(page, key).locator("button.frame").nth(place);
}

/** The pixel of a shown picture, as the browser decoded it. */
async function pixelOf(picture: Locator, x: number, y: number): Promise<number[]> {
  return picture.evaluate(
    async (element, at) => {
      const image = (element.querySelector("img") ?? element) as HTMLImageElement;
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext("2d", { willReadFrequently: true })!;
      context.drawImage(image, 0, 0);
      return [...context.getImageData(at.x, at.y, 1, 1).data].slice(0, 3);
    },
    { x, y },
  );
}

async function openMedia(path = "/media?project=media"): Promise<OpenedPage> {
  const opened = await openPage(house, path);
  await opened.page.locator(".bar .stepper").waitFor();
  await opened.page.locator("section[data-key] .frame img").first().waitFor();
  return opened;
}

function stepValue(page: Page): Promise<string> {
  return page.locator(".bar .stepper output").innerText();
}

async function waitForPictures(of: Locator, count: number): Promise<void> {
  await expect
    .poll(() =>
      of.locator(".frame img").evaluateAll(
        (images) =>
          images.filter((one) => {
            const image = one as HTMLImageElement;
            return image.complete && image.naturalWidth > 0;
          }).length,
      ),
    )
    .toBe(count);
}

test("every picture is shown with the pixels that were logged, run beside run at the newest step", async () => {
  await using opened = await openMedia();
  const { page } = opened;
  expect(await stepValue(page)).toBe("4,000");
  const samples = section(page, "samples");
  await waitForPictures(samples, 6);
  expect(await samples.locator(".who .cut").allInnerTexts()).toEqual(["three", "two", "one"]);
  // Rows are newest run first: the third run has none here, then two, then one.
  for (const [row, run] of [1, 0].entries()) {
    for (const place of [0, 1, 2]) {
      const shown = samples.locator("button.frame:not(.missing)").nth(row * 3 + place);
      for (const [x, y] of [
        [0, 0],
        [15, 0],
        [0, 15],
        [9, 7],
      ] as const) {
        expect(await pixelOf(shown, x, y)).toEqual(pixelAt(run, 4000, place, x, y));
      }
    }
  }
  expect(await samples.locator(".heads .cap").allInnerTexts()).toEqual(CAPTIONS);
  expect(await samples.locator("img").first().getAttribute("alt")).toBe("dusk, step 4,000");
  expect(await samples.locator(".who .dim").allInnerTexts()).toEqual(["sgd", "sgd", "adam"]);
});

test("a run that has nothing at the step shows an empty frame, and jumps to the nearest", async () => {
  await using opened = await openMedia();
  const { page } = opened;
  const missing = section(page, "samples").locator(".missing");
  expect(await missing.innerText()).toBe("nearest: 2,000");
  await missing.click();
  expect(await stepValue(page)).toBe("2,000");
  await waitForPictures(section(page, "samples"), 9);
  await expect
    .poll(() => pixelOf(frame(page, "samples", 0), 3, 4))
    .toEqual(pixelAt(2, 2000, 0, 3, 4));
  await expect.poll(() => page.url()).toContain("step=2000");
});

test("the step slider has one tick a step and obeys arrows, Home, End and a drag; at the end it follows", async () => {
  await using opened = await openMedia();
  const { page } = opened;
  const slider = page.locator(".bar .ticks");
  expect(await slider.locator("i").count()).toBe(STEPS.length);
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  expect(await stepValue(page)).toBe("3,000");
  await page.keyboard.press("Home");
  expect(await stepValue(page)).toBe("0");
  expect(await slider.getAttribute("aria-valuetext")).toBe("0, 1 of 5");
  await expect.poll(() => pixelOf(frame(page, "samples", 3), 0, 0)).toEqual(pixelAt(1, 0, 0, 0, 0));
  await page.keyboard.press("ArrowRight");
  expect(await stepValue(page)).toBe("1,000");
  await page.keyboard.press("End");
  expect(await stepValue(page)).toBe("4,000");
  await expect.poll(() => page.url()).not.toContain("step=");
  // However fast the steps pass by, what is shown at the end is the step that is named.
  for (let i = 0; i < 12; i += 1) {
    await page.keyboard.press(i % 2 === 0 ? "Home" : "ArrowRight");
    if (i % 3 === 0) await page.keyboard.press("ArrowRight");
  }
  await page.keyboard.press("Home");
  await waitForPictures(section(page, "samples"), 9);
  for (const place of [0, 4, 8]) {
    const run = 2 - Math.floor(place / 3);
    await expect
      .poll(() => pixelOf(frame(page, "samples", place), 0, 0))
      .toEqual(pixelAt(run, 0, place % 3, 0, 0));
  }
  const box = (await slider.boundingBox())!;
  await page.mouse.move(box.x + box.width - 2, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.52, box.y + 10, { steps: 5 });
  await page.mouse.up();
  expect(await stepValue(page)).toBe("2,000");
});

test("the lightbox walks pictures, runs and steps by keys, zooms, and gives the focus back", async () => {
  await using opened = await openMedia("/media?project=media&step=2000");
  const { page } = opened;
  await waitForPictures(section(page, "samples"), 9);
  const first = frame(page, "samples", 0);
  await first.click();
  const box = page.locator("dialog.lightbox");
  const large = box.locator(".zoomed img");
  const shows = (run: number, step: number, place: number) =>
    expect.poll(() => pixelOf(large, 5, 6)).toEqual(pixelAt(run, step, place, 5, 6));
  await shows(2, 2000, 0);
  expect(await box.locator("b").innerText()).toBe("three");
  await page.keyboard.press("ArrowRight");
  await shows(2, 2000, 1);
  expect(await box.locator(".lightbox-caption").innerText()).toBe("noon");
  await page.keyboard.press("ArrowDown");
  await shows(1, 2000, 1);
  expect(await box.locator("b").innerText()).toBe("two");
  await page.keyboard.press(",");
  await shows(1, 1000, 1);
  expect(await box.locator(".lightbox-step").innerText()).toContain("step 1,000");
  expect(await box.locator("footer").innerText()).toContain("16 × 16 PNG");
  // A link to it, or the page loaded again, shows the same.
  await expect.poll(() => page.url()).toMatch(/picture=samples%2C\w+%2C1000%2C1/);
  await page.reload();
  await shows(1, 1000, 1);
  const width = async () => (await large.boundingBox())!.width;
  const fitted = await width();
  await page.keyboard.press("+");
  await expect.poll(width).toBeGreaterThan(fitted * 1.3);
  await page.keyboard.press("0");
  await expect.poll(width).toBeCloseTo(fitted, 0);
  await box.locator(".zoom-stage").dblclick({ position: { x: 700, y: 400 } });
  await expect.poll(() => box.locator("footer").innerText()).toContain("100 %");
  expect(await large.getAttribute("class")).not.toContain("enlarged");
  await page.mouse.wheel(0, -400);
  await expect.poll(() => large.getAttribute("class")).toContain("enlarged");
  const href = await box.locator('a[aria-label="Download"]').getAttribute("href");
  const download = await fetch(href!);
  expect(download.headers.get("content-disposition")).toContain("samples_1000_1.png");
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "detached" });
  await first.click();
  await shows(2, 2000, 0);
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "detached" });
  expect(await first.evaluate((element) => element === document.activeElement)).toBe(true);
  await expect.poll(() => page.url()).not.toContain("picture=");
});

test("the lightbox tells where its steps end and which of how many is shown, and its buttons stay", async () => {
  await using opened = await openMedia("/media?project=far");
  const { page } = opened;
  const box = page.locator("dialog.lightbox");
  const button = (name: string) => box.getByRole("button", { name });
  await frame(page, "samples", 2).click();
  expect(await box.innerText()).toContain("3 of 3");
  expect(await button("Later step").getAttribute("aria-disabled")).toBe("true");
  const place = await button("Later step").boundingBox();
  await button("Earlier step").click();
  await expect.poll(() => box.locator(".lightbox-step").innerText()).toBe("step 6");
  expect(await button("Later step").getAttribute("aria-disabled")).toBe("false");
  expect(await button("Later step").boundingBox()).toEqual(place);
  await button("Earlier step").click();
  expect(await button("Earlier step").getAttribute("aria-disabled")).toBe("true");
  // A button that is off under the focus takes no key away.
  await page.keyboard.press("End");
  await expect.poll(() => box.locator(".lightbox-step").innerText()).toBe("step 1,000,000,000");
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "detached" });
  // A link may name a place that the step does not have.
  const id = new URL(
    await page.evaluate(() => performance.getEntriesByType("navigation")[0]!.name),
  );
  await frame(page, "samples", 2).click();
  await expect.poll(() => page.url()).toContain("picture=");
  id.search = new URL(page.url()).search.replace(/%2C2$/, "%2C9");
  await page.goto(id.href);
  await expect.poll(() => box.innerText()).toContain("3 of 3");
});

test("pictures of another step than the one that is named say whose step they are", async () => {
  await using opened = await openPage(house, "/media?project=media&step=2000", { mayFail: true });
  const { page } = opened;
  await waitForPictures(section(page, "samples"), 9);
  await page.route("**/media/items*", (route) => route.abort());
  await page.locator(".bar .ticks").focus();
  await page.keyboard.press("ArrowLeft");
  await section(page, "samples").getByText("still 2,000").waitFor();
  await page.unroute("**/media/items*");
  await expect
    .poll(() => section(page, "samples").getByText("still 2,000").count(), { timeout: 20_000 })
    .toBe(0);
  expect(await stepValue(page)).toBe("1,000");
});

test("a video plays on a click, and all of a row play in step", async () => {
  await using opened = await openMedia();
  const { page } = opened;
  const rollout = section(page, "rollout");
  await rollout.scrollIntoViewIfNeeded();
  const videos = rollout.locator("video");
  await expect.poll(() => videos.count()).toBe(4);
  await expect
    .poll(() => videos.evaluateAll((all) => all.map((one) => (one as HTMLVideoElement).duration)))
    .toEqual([
      expect.closeTo(2, 1),
      expect.closeTo(3, 1),
      expect.closeTo(2, 1),
      expect.closeTo(3, 1),
    ]);
  const times = () =>
    videos.evaluateAll((all) => all.map((one) => (one as HTMLVideoElement).currentTime));
  await rollout.locator(".play").first().click();
  await expect.poll(async () => (await times())[0]).toBeGreaterThan(0.2);
  expect((await times()).slice(1)).toEqual([0, 0, 0]);
  await rollout.locator(".play").first().click();

  await rollout.getByRole("button", { name: "Play all" }).click();
  await expect.poll(async () => Math.min(...(await times()))).toBeGreaterThan(0.5);
  const at = await times();
  expect(Math.max(...at) - Math.min(...at)).toBeLessThan(0.25);
  await rollout.getByRole("button", { name: "Pause all" }).click();
  const paused = await times();
  expect(Math.max(...paused) - Math.min(...paused)).toBeLessThan(0.02);
  await rollout.getByRole("button", { name: "One frame on" }).click();
  expect(Math.min(...(await times()))).toBeGreaterThan(paused[0]!);
  expect(await section(page, "speech").locator("audio").count()).toBe(2);
});

test("a large video is read when it is played, a small one when it is seen", async () => {
  await using opened = await openPage(house, "/media?project=heavy");
  const videos = section(opened.page, "film").locator("video");
  await expect.poll(() => videos.count()).toBe(2);
  const ahead = await videos.evaluateAll((all) => all.map((one) => one.getAttribute("preload")));
  expect(ahead).toEqual(["metadata", "auto"]);
});

test("an SVG with a script is a picture without power, on the page and opened by its address", async () => {
  await using opened = await openMedia("/media?project=odd");
  const { page } = opened;
  await waitForPictures(section(page, "vector"), 1);
  expect(await pixelOf(frame(page, "vector", 0), 20, 20)).toEqual([0, 255, 0]);
  const taken = () => page.evaluate(() => (window as { taken?: number }).taken);
  expect(await taken()).toBeUndefined();
  const address = await frame(page, "vector", 0).locator("img").getAttribute("src");
  // What the browser says of a script that it did not run is no trouble of the page.
  const alone = await page.context().newPage();
  await alone.goto(address!);
  expect(await alone.evaluate(() => (window as { taken?: number }).taken)).toBeUndefined();
  await alone.close();
});

test("what cannot be shown says why, what is being made says so and comes by itself", async () => {
  await using opened = await openPage(house, "/media?project=odd", { mayFail: true });
  const { page } = opened;
  await waitForPictures(section(page, "vector"), 1);
  let refusals = 2;
  await page.route("**/api/v1/blobs/*", async (route) => {
    if (refusals <= 0) return route.continue();
    const body = { error: { code: "busy", message: "The picture is still being made." } };
    const headers = { "retry-after": "1" };
    return route.fulfill({ status: 503, headers, json: body });
  });
  await page.reload();
  const note = section(page, "vector").locator(".frame-note");
  expect(await note.innerText()).toContain("being made…");
  expect(await note.getAttribute("title")).toBe("The picture is still being made.");
  refusals = 0;
  await waitForPictures(section(page, "vector"), 1);
  expect(await note.count()).toBe(0);

  await page.unroute("**/api/v1/blobs/*");
  await page.route("**/api/v1/blobs/*", (route) => {
    const body = {
      error: { code: "not_found", message: "/tmp/a.png changed before it was copied." },
    };
    return route.fulfill({ status: 404, json: body });
  });
  await page.reload();
  await expect
    .poll(() => note.getAttribute("title"))
    .toBe("/tmp/a.png changed before it was copied.");
});

test("new pictures appear while the newest step is followed; at an older one nothing moves", async () => {
  await using opened = await openMedia("/media?project=media&run_ids=all");
  const { page } = opened;
  const run = trackio.init({ dir: house.root, project: "live-media", name: "live" });
  run.log({ samples: picture(0, 1000, 0) }, { step: 1000 });
  const runs = `${house.server.url}/api/v1/projects/live-media/runs`;
  await expect.poll(async () => (await fetch(runs)).status).toBe(200);
  await page.goto(`${house.server.url}/media?project=live-media`);
  await waitForPictures(section(page, "samples"), 1);
  run.log({ samples: picture(0, 2000, 1) }, { step: 2000 });
  await expect.poll(() => stepValue(page)).toBe("2,000");
  await expect
    .poll(() => pixelOf(frame(page, "samples", 0), 1, 1))
    .toEqual(pixelAt(0, 2000, 1, 1, 1));
  await page.getByRole("button", { name: "Earlier step" }).click();
  expect(await stepValue(page)).toBe("1,000");
  await expect
    .poll(() => pixelOf(frame(page, "samples", 0), 1, 1))
    .toEqual(pixelAt(0, 1000, 0, 1, 1));
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  run.log({ samples: picture(0, 3000, 2) }, { step: 3000 });
  await expect.poll(() => page.locator(".bar .ticks i").count()).toBe(3);
  expect(await stepValue(page)).toBe("1,000");
  expect(await pixelOf(frame(page, "samples", 0), 1, 1)).toEqual(pixelAt(0, 1000, 0, 1, 1));
  expect(asked.filter((path) => /items|blobs|steps/.test(path))).toEqual([]);
  await page.getByRole("button", { name: "Follow the newest step" }).click();
  expect(await stepValue(page)).toBe("3,000");

  await page.getByRole("button", { name: "All steps" }).click();
  await waitForPictures(section(page, "samples"), 3);
  const newest = section(page, "samples").locator(".cap.of-run").first();
  const before = await newest.boundingBox();
  run.log({ samples: picture(0, 4000, 0) }, { step: 4000 });
  await page.getByRole("button", { name: "Show 1 newer" }).waitFor();
  expect(await newest.innerText()).toBe("3,000");
  expect(await newest.boundingBox()).toEqual(before);
  await page.getByRole("button", { name: "Show 1 newer" }).click();
  await expect.poll(() => newest.innerText()).toBe("4,000");
  await run.finish();
});

test("another step moves no scroll position, and the lightbox keeps its zoom from picture to picture", async () => {
  await using opened = await openPage(house, "/media?project=media&picture_size=l", {
    height: 500,
  });
  const { page } = opened;
  await waitForPictures(section(page, "samples"), 6);
  const scroll = page.locator(".media-page");
  await scroll.evaluate((element) => element.scrollTo({ top: 300 }));
  await page.getByRole("button", { name: "Earlier step" }).click();
  expect(await stepValue(page)).toBe("3,000");
  await expect
    .poll(() => pixelOf(frame(page, "samples", 2), 0, 0))
    .toEqual(pixelAt(1, 3000, 1, 0, 0));
  expect(await scroll.evaluate((element) => element.scrollTop)).toBe(300);
  await frame(page, "samples", 2).click();
  const large = page.locator("dialog.lightbox .zoomed img");
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  const zoomed = await large.boundingBox();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => pixelOf(large, 0, 0)).toEqual(pixelAt(1, 3000, 2, 0, 0));
  expect(await large.boundingBox()).toEqual(zoomed);
});

test("neither a longer step nor a step that a run lacks moves a button, a name or a frame", async () => {
  await using opened = await openMedia("/media?project=far&step=6");
  const { page } = opened;
  await waitForPictures(section(page, "samples"), 6);
  const places = () =>
    page
      .locator(
        ".bar .stepper button, .bar .ticks, section .heads, section .who, section button.frame",
      )
      .evaluateAll((all) =>
        all.slice(0, 9).map((one) => {
          const { x, y, width, height } = one.getBoundingClientRect();
          return [x, y, width, height];
        }),
      );
  const before = await places();
  await page.locator(".bar .ticks").focus();
  await page.keyboard.press("End");
  expect(await stepValue(page)).toBe("1,000,000,000");
  await section(page, "samples").locator(".missing").waitFor();
  await waitForPictures(section(page, "samples"), 3);
  expect(await places()).toEqual(before);
  expect(await section(page, "samples").locator(".heads .cap").allInnerTexts()).toEqual(CAPTIONS);
});

test("Back leaves a picture and all steps of a key; a picture that is closed is not met again", async () => {
  await using opened = await openMedia();
  const { page } = opened;
  const dialog = page.locator("dialog");
  await frame(page, "samples", 1).click();
  await dialog.waitFor();
  await page.goBack();
  await dialog.waitFor({ state: "detached" });
  expect(page.url()).not.toContain("picture=");
  await page.goForward();
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await section(page, "samples").getByRole("button", { name: "All steps" }).click();
  await page.locator(".all-steps").waitFor();
  await page.goBack();
  await page.locator(".all-steps").waitFor({ state: "detached" });
  expect(await dialog.count()).toBe(0);
});

test("back from all steps of a key its section is in sight again", async () => {
  await using opened = await openPage(house, "/media?project=media", { height: 420 });
  const { page } = opened;
  const rollout = section(page, "rollout");
  await rollout.scrollIntoViewIfNeeded();
  await rollout.getByRole("button", { name: "All steps" }).click();
  await page.locator(".all-steps").waitFor();
  await page.getByRole("button", { name: "All keys" }).click();
  const top = (of: Locator) => of.evaluate((element) => element.getBoundingClientRect().top);
  await expect
    .poll(async () => Math.abs((await top(rollout)) - (await top(page.locator(".media-page")))))
    .toBeLessThan(40);
});

test("all steps of a key are there newest first, and a filter, a size and a fold are in the address", async () => {
  await using opened = await openMedia();
  const { page } = opened;
  const samples = section(page, "samples");
  await samples.getByRole("button", { name: "All steps" }).click();
  await expect.poll(() => page.url()).toContain("media_key=samples");
  await waitForPictures(section(page, "samples"), 39);
  expect(await pixelOf(frame(page, "samples", 38), 2, 2)).toEqual(pixelAt(0, 0, 2, 2, 2));
  expect(await section(page, "samples").locator(".cap.of-run").first().innerText()).toBe("4,000");
  await page.getByRole("button", { name: "All keys" }).click();
  await page.getByRole("textbox", { name: "Filter keys" }).fill("conv");
  await expect
    .poll(() => page.locator("section[data-key]").evaluateAll((all) => all.length))
    .toBe(1);
  await page.getByRole("button", { name: "L", exact: true }).click();
  await page.locator(".fold").first().click();
  await expect
    .poll(() => page.url())
    .toMatch(/media_filter=conv&picture_size=l&folded_media=conv%2Fkernels/);
});

test("10,000 pictures: the newest are there at once, the oldest within reach, and few elements at any time", async () => {
  await using opened = await openPage(house, "/media?project=many&media_key=frames");
  const { page } = opened;
  const frames = section(page, "frames");
  const beganAt = performance.now();
  await expect.poll(() => frames.locator(".frame img").count()).toBeGreaterThan(30);
  await expect
    .poll(() => pixelOf(frame(page, "frames", 0), 1, 2))
    .toEqual([(DISTINCT - 1) & 255, (DISTINCT - 1) >> 8, 77]);
  // The target is a second; a machine under load gets more. `npm run bench` measures it.
  expect(performance.now() - beganAt).toBeLessThan(5000);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/blobs/")) asked.push(request.url());
  });
  const most = await page.evaluate(async () => {
    const scroll = document.querySelector(".media-page")!;
    let elements = 0;
    for (let share = 0; share <= 1; share += 0.02) {
      scroll.scrollTop = share * scroll.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      elements = Math.max(elements, document.querySelectorAll("*").length);
    }
    scroll.scrollTop = scroll.scrollHeight;
    return elements;
  });
  expect(most).toBeLessThan(2000);
  const oldest = frames.locator("button.frame").last();
  await expect.poll(() => frames.locator(".cap.of-run").last().innerText()).toBe("0");
  await expect.poll(() => pixelOf(oldest, 1, 2)).toEqual([0, 0, 77]);
  // What flew by was not asked for.
  expect(asked.length).toBeLessThan(400);
});

test("a card of pictures fills a frame that holds nothing else", async () => {
  const path = "/?project=media&metrics=samples&sidebar=hidden&navbar=hidden";
  await using opened = await openPage(house, path, { width: 600, height: 630 });
  const { page } = opened;
  const card = page.locator('article[data-metric="samples"]');
  await waitForPictures(card, 6);
  const { y, height } = (await card.locator(".card-scroll").boundingBox())!;
  expect(y + height).toBeGreaterThan(620);
  expect(y + height).toBeLessThanOrEqual(630);
});

test("a project without pictures says what to type, and lists the files that were kept", async () => {
  await using opened = await openPage(house, "/media?project=files");
  const { page } = opened;
  await page.locator(".empty .code").waitFor();
  expect(await page.locator(".empty .code").innerText()).toContain("trackio.Image(");
  const row = page.locator('section[aria-label="Files"] tbody tr');
  await row.waitFor();
  expect(await row.innerText()).toMatch(/weights\.json\s+13 B/);
  const href = await row.locator("a").getAttribute("href");
  const response = await fetch(href!);
  expect(await response.text()).toBe('{"w":[1,2,3]}');
  expect(response.headers.get("content-disposition")).toContain("weights.json");
});

test("on a phone the runs' names stand above their pictures, four in a row", async () => {
  await using opened = await openPage(house, "/media?project=media", { phone: true });
  const { page } = opened;
  await waitForPictures(section(page, "samples"), 6);
  const who = (await section(page, "samples").locator(".who").nth(1).boundingBox())!;
  const tile = (await frame(page, "samples", 1).boundingBox())!;
  expect(tile.y).toBeGreaterThan(who.y + 16);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
