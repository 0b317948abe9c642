/**
 * A raw video becomes a file, in the format that was asked for where this
 * machine can make it. What fails is noted, and the next way is tried, down to
 * GIF, which needs nothing: frames that were logged are not thrown away.
 */

import { errorCode } from "../journal/file-errors.ts";
import { encodeFfmpeg, type FfmpegCodec } from "./encode-ffmpeg.ts";
import { encodeGif } from "./encode-gif.ts";
import { encodeMp4Wasm } from "./encode-mp4-wasm.ts";
import { findFfmpeg } from "./find-ffmpeg.ts";
import { FrameGrid } from "./frame-grid.ts";
import type { Making } from "./making.ts";
import type { OpenRawFile } from "./open-raw-file.ts";
import type { RawVideoHeader } from "./raw-file.ts";

/** One way to make the file; `needsEven`: its codec keeps colours for two by two pixels. */
interface Way {
  readonly name: string;
  readonly needsEven: boolean;
  run(grid: FrameGrid): Promise<void>;
}

/** @throws {@link TrackioError} `damaged` where the raw file is not whole; the system's error where it cannot be written; else what the last way said. */
export async function encodeVideo(
  raw: OpenRawFile,
  header: RawVideoHeader,
  outPath: string,
  making: Making,
): Promise<void> {
  const ways = listWays(header, outPath, making);
  for (const [index, way] of ways.entries()) {
    try {
      await way.run(new FrameGrid(raw, header, { isEven: way.needsEven }));
      return;
    } catch (error) {
      const isLast = index === ways.length - 1;
      // What the disk says, no other way can help.
      if (isLast || making.signal.aborted || isOfDisk(error)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      making.note(`${way.name} failed (${reason}); trying ${ways[index + 1]!.name}.`);
    }
  }
}

function listWays(header: RawVideoHeader, outPath: string, making: Making): Way[] {
  const { fps, format } = header;
  const ffmpeg = findFfmpeg(making.env);
  const gif: Way = {
    name: "GIF",
    needsEven: false,
    run: (grid) => encodeGif(grid, fps, outPath, making),
  };
  if (format === "gif") return [gif];
  const byFfmpeg = (codecs: readonly FfmpegCodec[]): Way[] =>
    ffmpeg === undefined
      ? []
      : codecs.map((codec) => ({
          name: `${codec} by ffmpeg`,
          needsEven: true,
          run: (grid) => encodeFfmpeg(ffmpeg, codec, grid, fps, outPath, making),
        }));
  const wasm: Way = {
    name: "h264 in WebAssembly",
    needsEven: true,
    run: (grid) => encodeMp4Wasm(grid, fps, outPath, making),
  };
  if (format === "webm" && ffmpeg === undefined) {
    making.note("There is no ffmpeg on PATH to make webm; making mp4.");
  }
  const codecs: FfmpegCodec[] = format === "webm" ? ["vp9", "vp8", "h264"] : ["h264"];
  return [...byFfmpeg(codecs), wasm, gif];
}

function isOfDisk(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOSPC" || code === "EDQUOT" || code === "EIO" || code === "EROFS";
}
