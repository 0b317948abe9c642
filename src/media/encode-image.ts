/** A raw picture becomes a file: PNG without loss, or JPEG and WebP where there is `sharp`. */

import { writeFileSync } from "node:fs";
import { findSharp, loadSharp } from "./find-sharp.ts";
import type { Making } from "./making.ts";
import type { OpenRawFile } from "./open-raw-file.ts";
import type { RawImageHeader } from "./raw-file.ts";

const JPEG_QUALITY = 92;
const WEBP_QUALITY = 90;

/** @throws {@link TrackioError} `damaged` where the raw file is not whole; the system's error where it cannot be written. */
export async function encodeImage(
  raw: OpenRawFile,
  header: RawImageHeader,
  outPath: string,
  making: Making,
): Promise<void> {
  const [height, width, channels] = header.shape;
  const pixels = new Uint8Array(height * width * channels);
  raw.read(pixels, 0);
  const encoded =
    header.format === "png" ? undefined : await encodeWithSharp(pixels, header, making);
  making.signal.throwIfAborted();
  if (encoded !== undefined) {
    writeFileSync(outPath, encoded);
    return;
  }
  const { encode } = await import("fast-png");
  writeFileSync(outPath, encode({ width, height, channels, depth: 8, data: pixels }));
}

/** Undefined where it cannot be done; the reason is noted. */
async function encodeWithSharp(
  pixels: Uint8Array,
  { shape, format }: RawImageHeader,
  making: Making,
): Promise<Uint8Array | undefined> {
  const path = findSharp(making.scriptPath);
  if (path === undefined) {
    making.note(`There is no sharp to make ${format}; making png.`);
    return undefined;
  }
  const [height, width, channels] = shape;
  try {
    const image = loadSharp(path)(pixels, { raw: { width, height, channels } });
    return await (format === "jpeg"
      ? image.flatten({ background: "#ffffff" }).jpeg({ quality: JPEG_QUALITY })
      : image.webp({ quality: WEBP_QUALITY })
    ).toBuffer();
  } catch (error) {
    making.note(`sharp failed to make ${format} (${String(error)}); making png.`);
    return undefined;
  }
}
