/** Numbers as a picture: which shapes are one, and how it is kept. */

import { TrackioError } from "../../protocol/errors.ts";
import type { ImageFields } from "../../protocol/media.ts";
import type { MediaKeeper } from "../loggable.ts";
import type { NumberGrid } from "./number-grid.ts";
import { describeGrid, toPixelBytes } from "./pixel-bytes.ts";

export type ImageFormat = "png" | "jpeg" | "webp";

/** What an `Image` takes of numbers, for messages. */
export const ACCEPTED_PIXELS =
  "An Image takes integers from 0 to 255 or floats from 0 to 1, in shape (height, width) or (height, width, channels) with 1, 3 or 4 channels";

/** What every browser shows. */
export const IMAGE_TYPES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "image/svg+xml",
  "image/avif",
  "image/bmp",
]);

/**
 * @param chooseFormat Asked once the numbers are known to be pixels.
 * @throws {@link TrackioError} `invalid_argument` where the numbers are no pixels.
 */
export function keepPixels(
  grid: NumberGrid,
  chooseFormat: () => ImageFormat,
  keeper: MediaKeeper,
): ImageFields {
  const shape = readImageShape(grid);
  const bytes = toPixelBytes(grid);
  if (bytes === undefined) throw refusal(grid);
  const format = chooseFormat();
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
  const message = `${ACCEPTED_PIXELS}; this is ${describeGrid(grid)}.${hint}`;
  return new TrackioError("invalid_argument", message);
}
