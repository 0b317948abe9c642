/** A real `ffmpeg`, which is not ours: to have on PATH, and to read videos back with. */

import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";

const installer = createRequire(import.meta.url)("@ffmpeg-installer/ffmpeg") as {
  readonly path: string;
};

export const FFMPEG = installer.path;

/** An environment whose PATH has a program `ffmpeg`: the real one, or this shell script. */
export function withFfmpeg(script?: string): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), "trackio-path-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "ffmpeg");
  if (script === undefined) symlinkSync(FFMPEG, program);
  else {
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
  }
  return { ...process.env, PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin` };
}

/** An environment without it. */
export const WITHOUT_FFMPEG: NodeJS.ProcessEnv = { PATH: "" };

export interface DecodedVideo {
  /** `rgb24` each. */
  readonly frames: readonly Buffer[];
  readonly width: number;
  readonly height: number;
  /** What it says about the stream, e.g. `h264 (High), yuv420p, 64x64, 30 fps`. */
  readonly stream: string;
}

/** All frames of a video, each once, as they are shown. */
export function decodeVideo(path: string): DecodedVideo {
  const { stdout, stderr } = spawnSync(
    FFMPEG,
    ["-hide_banner", "-i", path, "-vsync", "passthrough", "-f", "rawvideo"].concat([
      "-sws_flags",
      "accurate_rnd+full_chroma_int",
      "-pix_fmt",
      "rgb24",
      "pipe:1",
    ]),
    { maxBuffer: 2 ** 30 },
  );
  const text = stderr.toString();
  const stream = /Stream #0:0.*?Video: (.*)/.exec(text)?.[1] ?? text;
  const [, width = 0, height = 0] = (/, (\d+)x(\d+)/.exec(stream) ?? []).map(Number);
  const frameBytes = width * height * 3;
  const frames: Buffer[] = [];
  for (let at = 0; frameBytes > 0 && at + frameBytes <= stdout.length; at += frameBytes) {
    frames.push(stdout.subarray(at, at + frameBytes));
  }
  return { frames, width, height, stream };
}

/** Peak signal-to-noise ratio in dB; Infinity where both are the same. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`${a.length} bytes against ${b.length}.`);
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at]! - b[at]!) ** 2;
  return 10 * Math.log10((255 * 255 * a.length) / sum);
}
