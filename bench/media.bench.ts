/**
 * What a picture costs the script that logs it, and how fast videos are made of
 * frames on a machine without `ffmpeg`.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataFolder } from "../src/journal/data-folder.ts";
import { BlobFolder } from "../src/media/blob-folder.ts";
import { BlobMaker } from "../src/media/blob-maker.ts";
import { keepRaw } from "../src/media/keep-blob.ts";
import { atLeast, atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";

const SIDE = 256;
const WITHOUT_FFMPEG: NodeJS.ProcessEnv = { PATH: "" };

export async function rows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "trackio-bench-"));
  const blobs = new BlobFolder(new DataFolder(dir));
  try {
    const keepMs = measureKeep(blobs, options.short ? 10 : 60);
    const fps = await measureMp4(blobs, options.short ? 30 : 150, options.short ? 1 : 3);
    return [
      atMost("pixels of a 512×512×3 image kept on the caller", keepMs, "ms", 3),
      atLeast(`mp4 of ${SIDE}×${SIDE} by the WASM encoder`, fps, "frames/s", 100),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function measureKeep(blobs: BlobFolder, count: number): number {
  const pixels = new Uint8Array(512 * 512 * 3).map((_, at) => (at * 31) >> 3);
  const times: number[] = [];
  for (let picture = 0; picture < count; picture += 1) {
    new DataView(pixels.buffer).setUint32(0, picture);
    const beganAt = performance.now();
    keepRaw(blobs, { raw: "image", shape: [512, 512, 3], format: "png" }, [pixels]);
    times.push(performance.now() - beganAt);
  }
  return median(times);
}

/** Frames a second, reading the pixels and writing the file included. */
async function measureMp4(blobs: BlobFolder, frames: number, videos: number): Promise<number> {
  const rates: number[] = [];
  for (let video = 0; video < videos; video += 1) {
    const header = {
      raw: "video",
      shape: [1, frames, 3, SIDE, SIDE],
      fps: 30,
      format: "mp4",
    } as const;
    const { hash } = keepRaw(blobs, header, [movingWaves(frames, video)]);
    const beganAt = performance.now();
    await new BlobMaker(blobs, { env: WITHOUT_FFMPEG }).make(hash);
    rates.push((1_000 * frames) / (performance.now() - beganAt));
    if (blobs.find(hash).state !== "ready") throw new Error("The video was not made.");
  }
  return median(rates);
}

function movingWaves(frames: number, phase: number): Uint8Array {
  const pixels = new Uint8Array(frames * 3 * SIDE * SIDE);
  let at = 0;
  for (let plane = 0; plane < frames * 3; plane += 1) {
    for (let y = 0; y < SIDE; y += 1) {
      for (let x = 0; x < SIDE; x += 1) {
        pixels[at++] = 128 + 110 * Math.sin((x * (1 + (plane % 3)) + y + plane) / 40 + phase);
      }
    }
  }
  return pixels;
}
