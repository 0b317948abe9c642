/** Videos that makers make, in the decoder of a real browser: they begin, seek exactly, and have their colours. */

import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { temporaryFolder } from "../../src/journal/testing/temporary-folder.ts";
import { BlobFolder } from "../../src/media/blob-folder.ts";
import { BlobMaker } from "../../src/media/blob-maker.ts";
import { keepRaw } from "../../src/media/keep-blob.ts";
import type { RawVideoHeader } from "../../src/media/raw-file.ts";
import { WITHOUT_FFMPEG, withFfmpeg } from "../../src/media/testing/real-ffmpeg.ts";
import { launchChromium } from "./chromium.ts";
import { test } from "./page-test.ts";

const FRAMES = 70;
const FPS = 10;

let browser: Browser;

beforeAll(async () => {
  const place = inject("chromium");
  if (place !== null) browser = await launchChromium(place);
});
afterAll(() => browser?.close());

/** Grey levels that rise by 3 a frame; red, where there are colours, 40 above the others. */
function colourOf(frame: number, channels: number): readonly number[] {
  return channels === 1
    ? [3 * frame, 3 * frame, 3 * frame]
    : [3 * frame + 40, 3 * frame, 3 * frame];
}

async function makeVideo(header: RawVideoHeader, env: NodeJS.ProcessEnv): Promise<string> {
  const [, frames, channels, height, width] = header.shape;
  const planes = Array.from({ length: frames * channels }, (_, plane) =>
    new Uint8Array(height * width).fill(
      colourOf(Math.floor(plane / channels), channels)[plane % channels]!,
    ),
  );
  const blobs = new BlobFolder(temporaryFolder());
  const { hash } = keepRaw(blobs, header, planes);
  await new BlobMaker(blobs, { env }).make(hash);
  const bytes = readFileSync(blobs.readyFile(hash)).toString("base64");
  return `data:video/${header.format};base64,${bytes}`;
}

/** What the browser shows at these times, in seconds; its upper left pixel. */
async function playAt(url: string, times: readonly number[]) {
  const page = await browser.newPage();
  try {
    return await page.evaluate(
      async ({ url, times }) => {
        const video = document.createElement("video");
        video.src = url;
        document.body.append(video);
        await new Promise<void>((resolve, reject) => {
          video.onloadeddata = () => resolve();
          video.onerror = () => reject(new Error(video.error?.message));
        });
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
        const context = canvas.getContext("2d") as CanvasRenderingContext2D;
        const colours: number[][] = [];
        for (const time of times) {
          // A video has sought when it knows the frame; it can be drawn when the frame is presented.
          const presented = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
          video.currentTime = time;
          await new Promise((resolve) => {
            video.onseeked = resolve;
          });
          await presented;
          context.drawImage(video, 0, 0);
          colours.push([...context.getImageData(0, 0, 1, 1).data.subarray(0, 3)]);
        }
        const { videoWidth: width, videoHeight: height, duration } = video;
        return { width, height, duration, colours };
      },
      { url, times },
    );
  } finally {
    await page.close();
  }
}

test.for([
  ["mp4 by the WASM encoder", "mp4", () => WITHOUT_FFMPEG, 64, 3],
  ["mp4 by ffmpeg", "mp4", withFfmpeg, 64, 3],
  ["webm by ffmpeg", "webm", withFfmpeg, 64, 3],
  ["grey mp4 of many lines by the WASM encoder", "mp4", () => WITHOUT_FFMPEG, 720, 1],
  ["mp4 of one pixel by the WASM encoder", "mp4", () => WITHOUT_FFMPEG, 1, 3],
] as const)("%s begins, seeks and has its colours", async ([, format, env, side, channels]) => {
  const shape = [1, FRAMES, channels, side, side] as const;
  const url = await makeVideo({ raw: "video", shape, fps: FPS, format }, env());
  const frames = [45, 12, 69, 0];
  const played = await playAt(
    url,
    frames.map((frame) => (frame + 0.5) / FPS),
  );
  const even = side + (side % 2);
  expect(played).toMatchObject({ width: even, height: even, duration: FRAMES / FPS });
  for (const [index, frame] of frames.entries()) {
    for (const [channel, value] of colourOf(frame, channels).entries()) {
      expect(Math.abs(played.colours[index]![channel]! - value)).toBeLessThan(4);
    }
  }
});
