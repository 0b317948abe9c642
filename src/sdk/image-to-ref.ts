/** A picture on its way into a record: read, checked, kept. */

import { findSharp } from "../media/find-sharp.ts";
import { TrackioError } from "../protocol/errors.ts";
import { type ImageFields, MediaRef } from "../protocol/media.ts";
import { type AcceptedFiles, keepEncoded } from "./encoded-media.ts";
import type { Image } from "./image.ts";
import type { MediaKeeper } from "./loggable.ts";
import { describeGiven, readCaption, readFormat } from "./media-options.ts";
import type { Sharp } from "./media-values.ts";
import type { NumberGrid } from "./number-grid.ts";
import { describeGrid, toPixelBytes } from "./pixel-bytes.ts";
import { isNumberArray, readNumbers } from "./read-numbers.ts";

type Format = "png" | "jpeg" | "webp";

const FORMATS: readonly [Format, ...Format[]] = ["png", "jpeg", "webp"];

const ACCEPTS =
  "An Image takes integers from 0 to 255 or floats from 0 to 1, in shape (height, width) or (height, width, channels) with 1, 3 or 4 channels";

/** What every browser shows. */
const TYPES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "image/svg+xml",
  "image/avif",
  "image/bmp",
]);

const FILES: AcceptedFiles = {
  names: "a PNG, JPEG, WebP, GIF, SVG or AVIF",
  accept: ({ type }) => (TYPES.has(type) ? type : undefined),
};

/** @throws {@link TrackioError} with a sentence for people where it is no picture. */
export function imageToRef(
  image: Image,
  keeper: MediaKeeper,
  path: readonly string[],
): MediaRef<"image"> {
  const caption = readCaption(image.caption, keeper, path);
  return new MediaRef("image", { ...keepImage(image, keeper, path), ...caption });
}

function keepImage(image: Image, keeper: MediaKeeper, path: readonly string[]): ImageFields {
  const { value } = image;
  if (isSharp(value)) {
    const format = readFormat(image.format, FORMATS, keeper, path);
    const awaited = keeper.keepAwaited("a sharp instance", renderSharp(value, format));
    return { ...awaited, type: `image/${format}` };
  }
  const kept = isNumberArray(value, image.shape) ? undefined : keepEncoded(value, FILES, keeper);
  if (kept !== undefined) return kept;
  const grid = readNumbers(value, image.shape ?? undefined);
  if (grid !== undefined) return keepPixels(grid, image, keeper, path);
  throw new TrackioError(
    "invalid_argument",
    `${ACCEPTS}; or a path, the bytes of ${FILES.names}, ImageData, a canvas, a tensor, an ndarray or a sharp instance; this is ${describeGiven(value)}.`,
  );
}

function keepPixels(
  grid: NumberGrid,
  image: Image,
  keeper: MediaKeeper,
  path: readonly string[],
): ImageFields {
  const shape = readImageShape(grid);
  const bytes = toPixelBytes(grid);
  if (bytes === undefined) throw refusal(grid);
  const format = chooseFormat(image, keeper, path);
  const kept = keeper.keepRaw({ raw: "image", shape, format }, [bytes]);
  const [height, width] = shape;
  return { ...kept, type: `image/${format}`, width, height };
}

function readImageShape(grid: NumberGrid): readonly [number, number, 1 | 3 | 4] {
  const [height = 0, width = 0, channels = 1, ...more] = grid.shape;
  const isImage = grid.shape.length >= 2 && more.length === 0 && height > 0 && width > 0;
  if (isImage && (channels === 1 || channels === 3 || channels === 4)) {
    return [height, width, channels];
  }
  const isChannelsFirst =
    grid.shape.length === 3 && channels > 4 && (height === 1 || height === 3 || height === 4);
  throw refusal(grid, isChannelsFirst ? " The channels have to come last." : "");
}

function refusal(grid: NumberGrid, hint = ""): TrackioError {
  return new TrackioError("invalid_argument", `${ACCEPTS}; this is ${describeGrid(grid)}.${hint}`);
}

function chooseFormat(image: Image, keeper: MediaKeeper, path: readonly string[]): Format {
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
async function renderSharp(sharp: Sharp, format: Format): Promise<Uint8Array> {
  const copy = sharp.clone() as Sharp & { toFormat(format: Format): Sharp };
  const { buffer, byteOffset, length } = (await copy.toFormat(format).toBuffer()) as Buffer;
  return new Uint8Array(buffer, byteOffset, length);
}
