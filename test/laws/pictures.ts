/** Pictures that tell by their pixels which call logged them. */

import { Image } from "../../src/sdk/index.ts";

export const PIXEL_SHAPE = [8, 8, 3] as const;

/** The pixels of the picture that call `call` logged. */
export function pixelsOf(call: number): Uint8Array {
  return Uint8Array.from({ length: 192 }, (_, i) => (call >> (8 * (i % 3))) + i);
}

export function pictureOf(call: number): Image {
  return new Image(pixelsOf(call), { shape: PIXEL_SHAPE, caption: `call ${call}` });
}
