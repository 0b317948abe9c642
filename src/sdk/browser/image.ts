/** A picture, as a page logs it. */

import { recogniseMedia } from "../../media/recognise.ts";
import { TrackioError } from "../../protocol/errors.ts";
import { type ImageFields, MediaRef } from "../../protocol/media.ts";
import type { NumberArray } from "../../protocol/values.ts";
import { callable, readGiven } from "../callable-class.ts";
import { Loggable, type MediaKeeper } from "../loggable.ts";
import { IMAGE_TYPES, keepPixels } from "../media/image-pixels.ts";
import { describeGiven, readCaption } from "../media/media-options.ts";
import type {
  Canvas,
  Ndarray,
  NestedNumbers,
  PixelData,
  ShapedArray,
  Tensor,
} from "../media/media-values.ts";
import { isTypedArray } from "../media/number-grid.ts";
import { isNumberArray, readNumbers } from "../media/read-numbers.ts";
import { isDrawable, readDrawing } from "./drawing.ts";
import { PageMedia, type ReadBytes } from "./page-media.ts";

/** A `Blob` or `File`. */
export interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What can be drawn onto a canvas: an image element, a video element, an `ImageBitmap`, a `VideoFrame`. */
export interface Drawable {
  readonly width: number;
  readonly height: number;
}

/** See {@link ImageClass} for what each of them means. */
export type ImageValue =
  | BlobLike
  | Drawable
  | Canvas
  | PixelData
  | Uint8Array
  | ArrayBuffer
  | NumberArray
  | NestedNumbers
  | ShapedArray
  | Ndarray
  | Tensor;

export interface ImageOptions {
  /** Stands below the picture. */
  readonly caption?: string | undefined;
  /** How the numbers of a typed or flat array stand: `[height, width]` or `[height, width, channels]`. With it, a `Uint8Array` is pixels and no file. */
  readonly shape?: readonly number[] | undefined;
}

/** A picture: what it was made from, until it is logged. */
export interface Image extends Loggable {
  readonly value: ImageValue;
  readonly caption: string | undefined;
  readonly shape: readonly number[] | undefined;
  /** @internal */
  toMediaRef(keeper: MediaKeeper, path: readonly string[]): MediaRef;
}

/**
 * A picture to be logged: `trackio.log({ sample: new trackio.Image(canvas, { caption: "a cat" }) })`, at any depth of a value
 * and in the cells of a table; with `new` or without. What it shows is read when it is logged, and may change afterwards.
 *
 * The value is one of:
 * - a canvas or an `OffscreenCanvas`, an image or video element, an `ImageBitmap`, a `VideoFrame`; `ImageData`, or `{ data, width, height }`;
 * - a `Blob` or `File` of a PNG, JPEG, WebP, GIF, SVG or AVIF (not in a table: there its bytes), or the bytes of one;
 * - numbers in shape `(height, width)` or `(height, width, channels)` with 1, 3 or 4 channels: arrays in arrays, a typed array with
 *   `shape`, an `ndarray`, a tensor of TensorFlow.js, which is read at once.
 *
 * Numbers mean what they do in scripts: integers 0 to 255, floats 0 to 1. What is no picture is told once and left out.
 */
export interface ImageClass {
  new (value: ImageValue, options?: ImageOptions): Image;
  new (given: ImageOptions & { readonly value: ImageValue }): Image;
  (value: ImageValue, options?: ImageOptions): Image;
  (given: ImageOptions & { readonly value: ImageValue }): Image;
  readonly prototype: Image;
}

const FILES = "a PNG, JPEG, WebP, GIF, SVG or AVIF";

export const Image: ImageClass = callable<ImageClass>(
  class Image extends Loggable {
    readonly value: ImageValue;
    readonly caption: string | undefined;
    readonly shape: readonly number[] | undefined;

    constructor(first: unknown, second?: unknown) {
      super();
      const { value, options } = readGiven<ImageValue, ImageOptions>(first, second);
      this.value = value;
      this.caption = options.caption;
      this.shape = options.shape;
    }

    toMediaRef(keeper: MediaKeeper, path: readonly string[]): MediaRef {
      const caption = readCaption(this.caption, keeper, path);
      if (isBlob(this.value) && keeper instanceof PageMedia) {
        const fields: Partial<ImageFields> = { ...caption };
        keeper.fillLater(fields, readBlob(this.value), path);
        return new MediaRef("image", fields as ImageFields);
      }
      return new MediaRef("image", { ...keepImage(this.value, this.shape, keeper), ...caption });
    }
  },
);

function keepImage(value: unknown, shape: unknown, keeper: MediaKeeper): ImageFields {
  const bytes = isNumberArray(value, shape) ? undefined : bytesOf(value);
  if (bytes !== undefined) return { ...keeper.keepBytes(bytes), type: typeOf(bytes) };
  const grid = isDrawable(value) ? readDrawing(value) : readNumbers(value, shape);
  if (grid !== undefined) return keepPixels(grid, () => "png", keeper);
  throw new TrackioError(
    "invalid_argument",
    `An Image takes a canvas, an image element, ImageData, a Blob, the bytes of ${FILES}, a tensor or numbers with their shape; this is ${describeGiven(value)}.`,
  );
}

async function readBlob(blob: BlobLike): Promise<ReadBytes> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return { bytes, type: typeOf(bytes) };
}

function typeOf(bytes: Uint8Array): string {
  const found = recogniseMedia(bytes.subarray(0, 4_096));
  if (found !== undefined && IMAGE_TYPES.has(found.type)) return found.type;
  throw new TrackioError(
    "invalid_argument",
    `These ${bytes.length} bytes are ${found === undefined ? "of no kind that is known" : found.type}; give ${FILES}.`,
  );
}

function isBlob(value: unknown): value is BlobLike {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Partial<BlobLike>).arrayBuffer === "function" &&
    typeof (value as Partial<BlobLike>).size === "number"
  );
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return isTypedArray(value) ? (value as Uint8Array) : undefined;
}
