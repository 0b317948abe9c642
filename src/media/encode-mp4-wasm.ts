/**
 * MP4 by the H.264 encoder in WebAssembly, for machines without `ffmpeg`.
 *
 * Each video gets an instance of its own, since the memory of one can only grow,
 * and one that ran out of it is of no more use; loading one takes about 15 ms.
 */

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as H264 from "h264-mp4-encoder";
import { finishMp4 } from "./finish-mp4.ts";
import type { FrameGrid } from "./frame-grid.ts";
import { toFrameRate } from "./frame-rate.ts";
import { breathe, type Making } from "./making.ts";
import { fillYuv, yuvBytes } from "./yuv-frame.ts";

/** 10 best compressed … 51; at 20 a picture is hard to tell from what it was. */
const QUANTIZATION = 20;
/** 0 best compressed … 10 fastest; above 5 files grow more than time shrinks. */
const SPEED = 5;
const FRAMES_PER_KEY_FRAME = 30;

/** @param grid Of even width and height. */
export async function encodeMp4Wasm(
  grid: FrameGrid,
  fps: number,
  outPath: string,
  making: Making,
): Promise<void> {
  const encoder = await loadEncoder();
  try {
    encoder.width = grid.width;
    encoder.height = grid.height;
    encoder.quantizationParameter = QUANTIZATION;
    encoder.speed = SPEED;
    encoder.groupOfPictures = FRAMES_PER_KEY_FRAME;
    encoder.initialize();
    const yuv = new Uint8Array(yuvBytes(grid.width, grid.height));
    for (let frame = 0; frame < grid.frameCount; frame += 1) {
      fillYuv(grid.read(frame), grid.channels, grid.width, grid.height, yuv);
      encoder.addFrameYuv(yuv);
      making.progress(frame + 1, grid.frameCount);
      await breathe(making);
    }
    encoder.finalize();
    const file = encoder.FS.readFile(encoder.outputFilename);
    writeFileSync(outPath, finishMp4(file, toFrameRate(fps)));
  } finally {
    encoder.delete();
  }
}

/** A new instance; the listeners that it hangs on the process, to end it on any error of anybody, are taken off again. */
async function loadEncoder(): Promise<H264.H264MP4Encoder> {
  const require = createRequire(import.meta.url);
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => process.listeners(event as "uncaughtException"));
  delete require.cache[require.resolve("h264-mp4-encoder")];
  try {
    const library = require("h264-mp4-encoder") as typeof H264;
    return await library.createH264MP4Encoder();
  } finally {
    for (const [index, event] of events.entries()) {
      for (const listener of process.listeners(event as "uncaughtException")) {
        if (!before[index]!.includes(listener)) process.off(event, listener);
      }
    }
  }
}
