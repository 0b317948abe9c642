/** A picture on its way into a record: read, checked, kept. */

import { findSharp } from "../../media/find-sharp.ts";
import { TrackioError } from "../../protocol/errors.ts";
import { type ImageFields, MediaRef } from "../../protocol/media.ts";
import type { MediaKeeper } from "../loggable.ts";
import { type AcceptedFiles, keepEncoded } from "./encoded-media.ts";
import { ACCEPTED_PIXELS, IMAGE_TYPES, type ImageFormat, keepPixels } from "./image-pixels.ts";
import { describeGiven, readCaption, readFormat } from "./media-options.ts";
import type { Sharp } from "./media-values.ts";
import { isNumberArray, readNumbers } from "./read-numbers.ts";

const FORMATS: readonly [ImageFormat, ...ImageFormat[]] = ["png", "jpeg", "webp"];

const FILES: AcceptedFiles = {
  names: "a PNG, JPEG, WebP, GIF, SVG or AVIF",
  accept: ({ type }) => (IMAGE_TYPES.has(type) ? type : undefined),
};

/** What a picture is made from: of any type until it is checked here. */
export interface GivenImage {
  readonly value: unknown;
  readonly caption: unknown;
  readonly format: unknown;
  readonly shape: unknown;
}

/** @throws {@link TrackioError} with a sentence for people where it is no picture. */
export function imageToRef(
  image: GivenImage,
  keeper: MediaKeeper,
  path: readonly string[],
): MediaRef<"image"> {
  const caption = readCaption(image.caption, keeper, path);
  return new MediaRef("image", { ...keepImage(image, keeper, path), ...caption });
}

function keepImage(image: GivenImage, keeper: MediaKeeper, path: readonly string[]): ImageFields {
  const { value } = image;
  if (isSharp(value)) {
    const format = readFormat(image.format, FORMATS, keeper, path);
    const awaited = keeper.keepAwaited("a sharp instance", renderSharp(value, format));
    return { ...awaited, type: `image/${format}` };
  }
  const kept = isNumberArray(value, image.shape) ? undefined : keepEncoded(value, FILES, keeper);
  if (kept !== undefined) return kept;
  const grid = readNumbers(value, image.shape ?? undefined);
  if (grid !== undefined) {
    return keepPixels(grid, () => chooseFormat(image, keeper, path), keeper);
  }
  throw new TrackioError(
    "invalid_argument",
    `${ACCEPTED_PIXELS}; or a path, the bytes of ${FILES.names}, ImageData, a canvas, a tensor, an ndarray or a sharp instance; this is ${describeGiven(value)}.`,
  );
}

function chooseFormat(
  image: GivenImage,
  keeper: MediaKeeper,
  path: readonly string[],
): ImageFormat {
  const format = readFormat(image.format, FORMATS, keeper, path);
  if (format === "png" || findSharp() !== undefined) return format;
  keeper.warn(
    "sharp",
    `"${path.join("/")}" is made a png: ${format} needs the package sharp, which is not installed.`,
  );
  return "png";
}

function isSharp(value: unknown): value is Sharp {
  if (typeof value !== "object" || value === null) return false;
  const { clone, metadata, toBuffer } = value as Partial<Sharp>;
  return [clone, metadata, toBuffer].every((method) => typeof method === "function");
}

/** As it stands now: what the script goes on to do with it changes another one. */
async function renderSharp(sharp: Sharp, format: ImageFormat): Promise<Uint8Array> {
  const copy = sharp.clone() as Sharp & { toFormat(format: ImageFormat): Sharp };
  const { buffer, byteOffset, length } = (await copy.toFormat(format).toBuffer()) as Buffer;
  return new Uint8Array(buffer, byteOffset, length);
}
