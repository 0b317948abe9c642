/** Video by the user's `ffmpeg`, fed through its standard input, frame by frame. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { isMissing } from "../journal/file-errors.ts";
import type { FrameGrid } from "./frame-grid.ts";
import { toFrameRate } from "./frame-rate.ts";
import type { Making } from "./making.ts";
import { readFirstBytes } from "./read-first-bytes.ts";
import { recogniseMedia } from "./recognise.ts";
import { fillYuv, yuvBytes, yuvMatrixOf } from "./yuv-frame.ts";

/** What is asked of it; each is a codec that some builds of it lack. */
export type FfmpegCodec = "h264" | "vp9" | "vp8";

const CODEC_ARGUMENTS: Readonly<Record<FfmpegCodec, readonly string[]>> = {
  h264: [
    ..."-c:v libx264 -preset fast -crf 18 -pix_fmt yuv420p".split(" "),
    ..."-movflags +faststart -f mp4".split(" "),
  ],
  vp9: [
    ..."-c:v libvpx-vp9 -b:v 0 -crf 24 -deadline good -cpu-used 5".split(" "),
    ..."-pix_fmt yuv420p -f webm".split(" "),
  ],
  vp8: [
    ..."-c:v libvpx -b:v 8M -crf 8 -deadline good -cpu-used 4".split(" "),
    ..."-pix_fmt yuv420p -f webm".split(" "),
  ],
};

/** It shares the machine with a training. */
const THREADS = 4;
const ERROR_TEXT_LIMIT = 2_000;

/** Those that hung once: to wait for them at each video would take hours. */
const hungPrograms = new Set<string>();

/**
 * @param program Path of `ffmpeg`.
 * @param grid Of even width and height.
 * @throws an error with what the program said, where it fails or hangs; the signal's reason where the making ends.
 */
export async function encodeFfmpeg(
  program: string,
  codec: FfmpegCodec,
  grid: FrameGrid,
  fps: number,
  outPath: string,
  making: Making,
): Promise<void> {
  making.signal.throwIfAborted();
  if (hungPrograms.has(program)) throw new Error(`${program} hung before`);
  const child = spawn(program, [...inputArguments(grid, fps), ...CODEC_ARGUMENTS[codec], outPath], {
    stdio: ["pipe", "ignore", "pipe"],
    windowsHide: true,
  });
  let errorText = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errorText = (errorText + text).slice(-ERROR_TEXT_LIMIT);
  });
  // A pipe that breaks is told by the program's end.
  child.stdin.on("error", () => undefined);
  const ended = once(child, "close") as Promise<[code: number | null, signal: string | null]>;
  // Its failing to start is waited for below; without this it would be told as unhandled before.
  ended.catch(() => undefined);
  const silence = setTimeout(() => {
    hungPrograms.add(program);
    child.kill("SIGKILL");
  }, making.silenceLimitMs);
  const stop = () => child.kill("SIGKILL");
  making.signal.addEventListener("abort", stop);
  try {
    const yuv = new Uint8Array(yuvBytes(grid.width, grid.height));
    for (let frame = 0; frame < grid.frameCount; frame += 1) {
      fillYuv(grid.read(frame), grid.channels, grid.width, grid.height, yuv);
      const isTaken = new Promise<boolean>((resolve) =>
        child.stdin.write(yuv, (error) => resolve(error === null || error === undefined)),
      );
      if (!(await Promise.race([isTaken, ended.then(() => false)]))) break;
      making.progress(frame + 1, grid.frameCount);
      silence.refresh();
    }
    child.stdin.end();
    const [code, signal] = await ended;
    making.signal.throwIfAborted();
    if (code !== 0 || !isVideo(outPath))
      throw new Error(describeEnd(program, code, signal, errorText));
  } finally {
    clearTimeout(silence);
    making.signal.removeEventListener("abort", stop);
    child.kill("SIGKILL");
  }
}

function inputArguments(grid: FrameGrid, fps: number): string[] {
  const { frames, seconds } = toFrameRate(fps);
  const matrix = yuvMatrixOf(grid.height);
  return [
    ..."-hide_banner -loglevel error -y -f rawvideo -pix_fmt yuv420p".split(" "),
    ...["-s", `${grid.width}x${grid.height}`, "-r", `${frames}/${seconds}`, "-i", "pipe:0", "-an"],
    ...["-color_range", "tv", "-colorspace", matrix],
    ...["-color_primaries", matrix, "-color_trc", matrix, "-threads", String(THREADS)],
  ];
}

/** Whether a program that says so made one: what is filed as made is never made again. */
function isVideo(path: string): boolean {
  try {
    return recogniseMedia(readFirstBytes(path))?.kind === "video";
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function describeEnd(
  program: string,
  code: number | null,
  signal: string | null,
  errorText: string,
): string {
  const left = code === 0 ? "made no video" : `ended with code ${code}`;
  const end = signal === null ? left : `was ended by ${signal}`;
  const text = errorText.trim().split("\n").slice(-3).join(" ").slice(0, 400);
  return `${program} ${end}${text === "" ? "" : `: ${text}`}`;
}
