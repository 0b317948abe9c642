/** What is in a video's bytes, by a decoder that is not ours. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import ffmpeg from "@ffmpeg-installer/ffmpeg";

export interface ProbedVideo {
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  readonly fps: number;
  /** Each frame's pixels as greys, 0 to 255, row by row. */
  readonly greys: readonly Uint8Array[];
}

export async function probeVideo(bytes: Uint8Array): Promise<ProbedVideo> {
  const dir = mkdtempSync(join(tmpdir(), "trackio-probe-"));
  try {
    const file = join(dir, "video");
    writeFileSync(file, bytes);
    const arguments_ = ["-i", file, "-vsync", "0", "-f", "rawvideo", "-pix_fmt", "gray", "-"];
    const { stdout, stderr } = await promisify(execFile)(ffmpeg.path, arguments_, {
      encoding: "buffer",
      maxBuffer: 1024 ** 3,
    });
    const [, width, height] = /Video: .* (\d+)x(\d+)/.exec(stderr.toString())!.map(Number);
    const fps = Number(/([\d.]+) fps/.exec(stderr.toString())![1]);
    const size = width! * height!;
    const frameCount = stdout.length / size;
    const greys = Array.from({ length: frameCount }, (_, i) =>
      stdout.subarray(i * size, (i + 1) * size),
    );
    return { width: width!, height: height!, frameCount, fps, greys };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
