/** A video on its way into a record: read, checked, kept. */

import { findFfmpeg } from "../../media/find-ffmpeg.ts";
import { gridOf } from "../../media/frame-grid.ts";
import { TrackioError } from "../../protocol/errors.ts";
import { MediaRef, type VideoFields } from "../../protocol/media.ts";
import { describeValue } from "../describe-value.ts";
import type { MediaKeeper } from "../loggable.ts";
import { type AcceptedFiles, keepEncoded } from "./encoded-media.ts";
import { describeGiven, readCaption, readFormat } from "./media-options.ts";
import { BOOLEANS, type NumberGrid } from "./number-grid.ts";
import { describeGrid, takeIntegers } from "./pixel-bytes.ts";
import { isNumberArray, readNumbers } from "./read-numbers.ts";

type Format = "mp4" | "gif" | "webm";
type Shape = readonly [
  batch: number,
  frames: number,
  channels: 1 | 3,
  height: number,
  width: number,
];

const FORMATS: readonly [Format, ...Format[]] = ["mp4", "gif", "webm"];
const TYPES = { mp4: "video/mp4", gif: "image/gif", webm: "video/webm" } as const;
const DEFAULT_FPS = 24;

const ACCEPTS =
  "A Video takes integers from 0 to 255, in shape (frames, channels, height, width) or (batch, frames, channels, height, width) with 1 or 3 channels";

const FILES: AcceptedFiles = {
  names: "an MP4, WebM, GIF, MOV or another video",
  accept: ({ kind, type }) => (kind === "video" || type === "image/gif" ? type : undefined),
};

/** What a video is made from: of any type until it is checked here. */
export interface GivenVideo {
  readonly value: unknown;
  readonly caption: unknown;
  readonly fps: unknown;
  readonly format: unknown;
  readonly shape: unknown;
}

/** @throws {@link TrackioError} with a sentence for people where it is no video. */
export function videoToRef(
  video: GivenVideo,
  keeper: MediaKeeper,
  path: readonly string[],
): MediaRef<"video"> {
  const caption = readCaption(video.caption, keeper, path);
  return new MediaRef("video", { ...keepVideo(video, keeper, path), ...caption });
}

function keepVideo(video: GivenVideo, keeper: MediaKeeper, path: readonly string[]): VideoFields {
  const { value, shape } = video;
  const kept = isNumberArray(value, shape) ? undefined : keepEncoded(value, FILES, keeper);
  if (kept !== undefined) return kept;
  const grid = readNumbers(value, shape ?? undefined);
  if (grid !== undefined) return keepFrames(grid, video, keeper, path);
  throw new TrackioError(
    "invalid_argument",
    `${ACCEPTS}; or a path, the bytes of ${FILES.names}, a tensor or an ndarray; this is ${describeGiven(value)}.`,
  );
}

function keepFrames(
  grid: NumberGrid,
  video: GivenVideo,
  keeper: MediaKeeper,
  path: readonly string[],
): VideoFields {
  const shape = readVideoShape(grid);
  const isInteger = !grid.type.startsWith("float") && grid.type !== BOOLEANS;
  const bytes = isInteger ? takeIntegers(grid.numbers) : undefined;
  if (bytes === undefined) throw refusal(grid);
  const format = chooseFormat(video, keeper, path);
  const fps = readFps(video.fps, keeper, path);
  const kept = keeper.keepRaw({ raw: "video", shape, fps, format }, [bytes]);
  const [batch, frames, , height, width] = shape;
  const { columns, rows } = gridOf(batch);
  const size = { width: columns * width, height: rows * height };
  return { ...kept, type: TYPES[format], ...size, frames, fps };
}

function readVideoShape(grid: NumberGrid): Shape {
  const { shape } = grid;
  const isVideo = (shape.length === 4 || shape.length === 5) && shape.every((length) => length > 0);
  const [width = 0, height = 0, channels = 0, frames = 0, batch = 1] = shape.toReversed();
  if (isVideo && (channels === 1 || channels === 3)) {
    return [batch, frames, channels, height, width];
  }
  const isChannelsLast = isVideo && (width === 1 || width === 3);
  throw refusal(grid, isChannelsLast ? " The channels have to come before height and width." : "");
}

function refusal(grid: NumberGrid, hint = ""): TrackioError {
  return new TrackioError("invalid_argument", `${ACCEPTS}; this is ${describeGrid(grid)}.${hint}`);
}

function chooseFormat(video: GivenVideo, keeper: MediaKeeper, path: readonly string[]): Format {
  const format = readFormat(video.format, FORMATS, keeper, path);
  if (format !== "webm" || findFfmpeg(process.env) !== undefined) return format;
  keeper.warn(
    "ffmpeg",
    `"${path.join("/")}" is made an mp4: webm needs ffmpeg, and there is none on the PATH.`,
  );
  return "mp4";
}

function readFps(given: unknown, keeper: MediaKeeper, path: readonly string[]): number {
  if (given === undefined || given === null) return DEFAULT_FPS;
  if (typeof given === "number" && given > 0 && given < Number.POSITIVE_INFINITY) return given;
  keeper.warn(
    `fps ${path[0]}`,
    `fps of "${path.join("/")}" is ${describeValue(given)}, and no number above 0; ${DEFAULT_FPS} is taken instead.`,
  );
  return DEFAULT_FPS;
}
