/** The guide's script, and what the page makes of it: every picture, every frame, every cell. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import sharp from "sharp";
import { expect } from "vitest";
import { randint } from "../../examples/randint.ts";
import { ROOT } from "../../tools/run-command.ts";
import { bestMatches, framesOf } from "../guide/likeness.ts";
import { probeVideo } from "../guide/probe-video.ts";
import { runGuide } from "../guide/run-guide.ts";
import { openPage, test, useHouse, waitForLine } from "./page-test.ts";
import { headsOf, rowsOf, tableCard } from "./table-page.ts";

const house = useHouse(async (root) => {
  await runGuide(root);
});

const PIXELS = 64 * 64;

/** A step at which the guide logged media; it counts its calls. */
const media = (step: number) => `/media?project=my_project&step=${step}`;

function section(page: Page, key: string): Locator {
  return page.locator(`section[data-key="${key}"]`);
}

/** Every pixel of a shown picture, RGBA. */
async function pixelsOf(picture: Locator) {
  return picture.evaluate(async (element) => {
    const image = element as HTMLImageElement;
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { width, height, data: [...data] };
  });
}

/** Each of the first `count` frames of a shown video as greys: sought in its middle, and drawn. */
async function shownFrames(video: Locator, count: number, fps: number): Promise<number[][]> {
  return video.evaluate(
    async (element, { count, fps }) => {
      const source = element as HTMLVideoElement;
      const frames: number[][] = [];
      for (let frame = 0; frame < count; frame += 1) {
        // A video has sought when it knows the frame; it can be drawn when the frame is presented.
        const presented = new Promise((resolve) => source.requestVideoFrameCallback(resolve));
        const sought = new Promise((resolve) =>
          source.addEventListener("seeked", resolve, { once: true }),
        );
        source.currentTime = (frame + 0.5) / fps;
        await Promise.all([sought, presented]);
        const canvas = new OffscreenCanvas(source.videoWidth, source.videoHeight);
        const context = canvas.getContext("2d", { willReadFrequently: true })!;
        context.drawImage(source, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        frames.push(
          Array.from({ length: data.length / 4 }, (_, i) => {
            return 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!;
          }),
        );
      }
      return frames;
    },
    { count, fps },
  );
}

async function openVideo(page: Page, key: string): Promise<Locator> {
  // Videos load when they are in sight.
  await section(page, key).scrollIntoViewIfNeeded();
  const video = section(page, key).locator("video");
  await expect
    .poll(() => video.evaluate((one) => (one as HTMLVideoElement).readyState))
    .toBeGreaterThanOrEqual(1);
  return video;
}

test("the chart of loss has the line of the run", async () => {
  await using opened = await openPage(house, "/?project=my_project");
  await waitForLine(opened.page, "loss", 1);
});

test("every cell of the table is on the page", async () => {
  await using opened = await openPage(house, media(2));
  const card = tableCard(opened.page, "texts");
  await expect.poll(async () => (await rowsOf(card)).length).toBe(2);
  const heads = await headsOf(card);
  const columns = ["prompt", "completion", "reward"].map((name) => heads.indexOf(name));
  const rows = (await rowsOf(card)).map((row) => columns.map((column) => row[column]));
  expect(rows).toEqual([
    ["Trackio", "is great!", expect.stringMatching(/^0\.1230*$/)],
    ["Logging is", "easy and fun!", expect.stringMatching(/^0\.4560*$/)],
  ]);
});

test("every pixel of the picture is on the page, under its caption", async () => {
  await using opened = await openPage(house, media(3));
  const { page } = opened;
  const file = join(ROOT, "examples", "path", "to", "image.png");
  const { data, info } = await sharp(file)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const shown = await pixelsOf(section(page, "image").locator(".frame img"));
  expect(shown).toEqual({ width: info.width, height: info.height, data: [...data] });
  await expect.poll(() => section(page, "image").innerText()).toContain("Image caption");
});

test("every frame of the video is on the page, in its order", async () => {
  await using opened = await openPage(house, media(4));
  const { page } = opened;
  const video = await openVideo(page, "my_video");
  const { duration, width, height } = await video.evaluate((one) => {
    const { duration, videoWidth, videoHeight } = one as HTMLVideoElement;
    return { duration, width: videoWidth, height: videoHeight };
  });
  expect({ width, height }).toEqual({ width: 64, height: 64 });
  expect(duration).toBeCloseTo(10 / 30, 2);
  const given = framesOf(randint(0, 255, 10 * 3 * PIXELS), 10);
  expect(bestMatches(await shownFrames(video, 10, 30), given)).toEqual([...Array(10).keys()]);
  expect(await section(page, "my_video").innerText()).toContain("Random video");
});

test("every frame of every video of the batch is on the page, each in its tile", async () => {
  await using opened = await openPage(house, media(5));
  const { page } = opened;
  const video = await openVideo(page, "batch_videos");
  const shown = await shownFrames(video, 10, 15);
  const given = framesOf(randint(0, 255, 30 * 3 * PIXELS), 30);
  const tile = (frame: readonly number[], column: number, row: number) =>
    Array.from({ length: PIXELS }, (_, i) => {
      const [x, y] = [(i % 64) + column * 64, Math.floor(i / 64) + row * 64];
      return frame[y * 128 + x]!;
    });
  const places = [
    [0, 0],
    [1, 0],
    [0, 1],
  ] as const;
  for (const [video, [column, row]] of places.entries()) {
    const tiles = shown.map((frame) => tile(frame, column, row));
    const frames = Array.from({ length: 10 }, (_, frame) => video * 10 + frame);
    expect(bestMatches(tiles, given)).toEqual(frames);
  }
  expect(await section(page, "batch_videos").innerText()).toContain("Batch of videos");
});

test("every frame of the video from a file is on the page", async () => {
  await using opened = await openPage(house, media(6));
  const { page } = opened;
  const video = await openVideo(page, "file_video");
  const file = readFileSync(join(ROOT, "examples", "path", "to", "video.mp4"));
  const { greys, fps, frameCount } = await probeVideo(file);
  const shown = await shownFrames(video, frameCount, fps);
  const given = greys.map((frame) => Float64Array.from(frame));
  expect(bestMatches(shown, given)).toEqual([...Array(frameCount).keys()]);
  expect(await section(page, "file_video").innerText()).toContain("Video from file");
});
