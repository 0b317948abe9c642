/** A video, as a script logs it. */

import type { MediaRef } from "../../protocol/media.ts";
import type { NumberArray } from "../../protocol/values.ts";
import { callable, readGiven } from "../callable-class.ts";
import { lazyMedia } from "../lazy-media.ts";
import { Loggable, type MediaKeeper } from "../loggable.ts";
import type { FileUrl, Ndarray, NestedNumbers, ShapedArray, Tensor } from "./media-values.ts";

/** See {@link VideoClass} for what each of them means. */
export type VideoValue =
  | string
  | FileUrl
  | Uint8Array
  | ArrayBuffer
  | NumberArray
  | NestedNumbers
  | ShapedArray
  | Ndarray
  | Tensor;

export interface VideoOptions {
  /** Stands below the video. */
  readonly caption?: string | undefined;
  /** Frames a second of a video that is made from numbers; above 0. Default: 24. */
  readonly fps?: number | undefined;
  /** What numbers are made into. `webm` needs `ffmpeg` on the PATH; without it one warning, and mp4. Files and encoded bytes stay as they are. Default: `mp4`. */
  readonly format?: "mp4" | "gif" | "webm" | undefined;
  /** How the numbers of a typed or flat array stand: `[frames, channels, height, width]`, before it the batch where there is one. With it, a `Uint8Array` is frames and no file. */
  readonly shape?: readonly number[] | undefined;
}

/** A video: what it was made from, until it is logged. */
export interface Video extends Loggable {
  readonly value: VideoValue;
  readonly caption: string | undefined;
  readonly fps: number | undefined;
  readonly format: VideoOptions["format"];
  readonly shape: readonly number[] | undefined;
  /** @internal */
  toMediaRef(keeper: MediaKeeper, path: readonly string[]): MediaRef;
}

/**
 * A video to be logged: `trackio.log({ game: new trackio.Video(frames, { shape: [10, 3, 64, 64], fps: 30 }) })`,
 * at any depth of a value and in the cells of a table; with `new` or without.
 *
 * The value is one of:
 * - a path or `file:` URL of a video (mp4, webm, gif, mov, …), known by its content. The file is kept as it is when it is
 *   logged, and may change afterwards (one above 64 MB may not until a background thread has copied it);
 * - the bytes of such a file: `Uint8Array`, `Buffer`, `ArrayBuffer`;
 * - numbers in shape `(frames, channels, height, width)`, or `(batch, frames, channels, height, width)` for several videos
 *   beside each other in a grid, with 1 (grey) or 3 (RGB) channels: a typed array with `shape`, arrays in arrays, an
 *   `ndarray`, a tensor of TensorFlow.js. They are integers from 0 to 255, in a `Uint8Array` at best.
 *
 * Numbers are written down as they are, and made into a file by a background thread or by the dashboard's server.
 *
 * The constructor never throws. What is no video (a file that is missing, empty or of another kind; another type, range or shape)
 * is told once when it is logged, and left out; all else of the call is kept.
 */
export interface VideoClass {
  new (value: VideoValue, options?: VideoOptions): Video;
  new (given: VideoOptions & { readonly value: VideoValue }): Video;
  (value: VideoValue, options?: VideoOptions): Video;
  (given: VideoOptions & { readonly value: VideoValue }): Video;
  readonly prototype: Video;
}

export const Video: VideoClass = callable<VideoClass>(
  class Video extends Loggable {
    readonly value: VideoValue;
    readonly caption: string | undefined;
    readonly fps: number | undefined;
    readonly format: VideoOptions["format"];
    readonly shape: readonly number[] | undefined;

    constructor(first: unknown, second?: unknown) {
      super();
      const { value, options } = readGiven<VideoValue, VideoOptions>(first, second);
      this.value = value;
      this.caption = options.caption;
      this.fps = options.fps;
      this.format = options.format;
      this.shape = options.shape;
    }

    toMediaRef(keeper: MediaKeeper, path: readonly string[]): MediaRef {
      return lazyMedia().videoToRef(this, keeper, path);
    }
  },
);
