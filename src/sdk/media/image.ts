/** A picture, as a script logs it. */

import type { MediaRef } from "../../protocol/media.ts";
import type { NumberArray } from "../../protocol/values.ts";
import { callable, readGiven } from "../callable-class.ts";
import { lazyMedia } from "../lazy-media.ts";
import { Loggable, type MediaKeeper } from "../loggable.ts";
import type {
  Canvas,
  FileUrl,
  Ndarray,
  NestedNumbers,
  PixelData,
  ShapedArray,
  Sharp,
  Tensor,
} from "./media-values.ts";

/** See {@link ImageClass} for what each of them means. */
export type ImageValue =
  | string
  | FileUrl
  | Uint8Array
  | ArrayBuffer
  | NumberArray
  | NestedNumbers
  | ShapedArray
  | Ndarray
  | Tensor
  | PixelData
  | Canvas
  | Sharp;

export interface ImageOptions {
  /** Stands below the picture. */
  readonly caption?: string | undefined;
  /** What numbers, and a `sharp` instance, are made into. `jpeg` and `webp` need the package `sharp`; without it one warning, and png. Files and encoded bytes stay as they are. Default: `png`. */
  readonly format?: "png" | "jpeg" | "webp" | undefined;
  /** How the numbers of a typed or flat array stand: `[height, width]` or `[height, width, channels]`. With it, a `Uint8Array` is pixels and no file. */
  readonly shape?: readonly number[] | undefined;
}

/** A picture: what it was made from, until it is logged. */
export interface Image extends Loggable {
  readonly value: ImageValue;
  readonly caption: string | undefined;
  readonly format: ImageOptions["format"];
  readonly shape: readonly number[] | undefined;
  /** @internal */
  toMediaRef(keeper: MediaKeeper, path: readonly string[]): MediaRef;
}

/**
 * A picture to be logged: `trackio.log({ sample: new trackio.Image(pixels, { caption: "a cat" }) })`,
 * at any depth of a value and in the cells of a table; with `new` or without.
 *
 * The value is one of:
 * - a path or `file:` URL of a PNG, JPEG, WebP, GIF, SVG or AVIF, known by its content. The file is kept as it is when it
 *   is logged, and may change afterwards (one above 64 MB may not until a background thread has copied it);
 * - the bytes of such a file: `Uint8Array`, `Buffer`, `ArrayBuffer`;
 * - numbers in shape `(height, width)` or `(height, width, channels)` with 1 (grey), 3 (RGB) or 4 (RGBA) channels: arrays in
 *   arrays, a typed array with `shape`, an `ndarray`, a tensor of TensorFlow.js;
 * - `ImageData`, or `{ data, width, height }`; a canvas with a 2d context; an instance of `sharp`.
 *
 * Numbers of an integer type (`Uint8Array`, `int32` tensors, …) are 0 to 255; of a float type (`Float32Array`, `float32`
 * tensors, …) 0 to 1; booleans are 0 and 1. Plain JavaScript numbers in arrays are read as 0 to 1 where all of them are within
 * that, else they have to be integers from 0 to 255.
 *
 * The constructor never throws. What is no picture (a file that is missing, empty or of another kind; NaN, numbers out of range,
 * another shape) is told once when it is logged, and left out; all else of the call is kept.
 */
export interface ImageClass {
  new (value: ImageValue, options?: ImageOptions): Image;
  new (given: ImageOptions & { readonly value: ImageValue }): Image;
  (value: ImageValue, options?: ImageOptions): Image;
  (given: ImageOptions & { readonly value: ImageValue }): Image;
  readonly prototype: Image;
}

export const Image: ImageClass = callable<ImageClass>(
  class Image extends Loggable {
    readonly value: ImageValue;
    readonly caption: string | undefined;
    readonly format: ImageOptions["format"];
    readonly shape: readonly number[] | undefined;

    constructor(first: unknown, second?: unknown) {
      super();
      const { value, options } = readGiven<ImageValue, ImageOptions>(first, second);
      this.value = value;
      this.caption = options.caption;
      this.format = options.format;
      this.shape = options.shape;
    }

    toMediaRef(keeper: MediaKeeper, path: readonly string[]): MediaRef {
      return lazyMedia().imageToRef(this, keeper, path);
    }
  },
);
