import { readFileSync } from "node:fs";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import type { BlobFolder } from "./blob-folder.ts";
import { BlobMaker } from "./blob-maker.ts";
import { keepRaw } from "./keep-blob.ts";
import type { RawImageHeader } from "./raw-file.ts";
import { recogniseMedia } from "./recognise.ts";
import { psnr } from "./testing/real-ffmpeg.ts";
import { temporaryBlobs } from "./testing/temporary-blobs.ts";

/** The file that a maker makes of these pixels. */
async function makeImage(
  blobs: BlobFolder,
  shape: RawImageHeader["shape"],
  pixels: Uint8Array,
  format: RawImageHeader["format"] = "png",
): Promise<Buffer> {
  const { hash } = keepRaw(blobs, { raw: "image", shape, format }, [pixels]);
  expect(await new BlobMaker(blobs).make(hash)).toBe("ready");
  return readFileSync(blobs.readyFile(hash));
}

/** By a decoder that is not ours; it makes three channels of a grey one, which are to be alike. */
async function decode(file: Buffer, channels: number) {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const size = [info.height, info.width];
  if (channels > 2) return { shape: [...size, info.channels], pixels: [...data] };
  const pixels: number[] = [];
  for (let at = 0; at < data.length; at += info.channels) {
    const [red, green, blue, alpha] = data.subarray(at, at + info.channels);
    expect([green, blue]).toEqual([red, red]);
    pixels.push(...(alpha === undefined ? [red!] : [red!, alpha]));
  }
  return { shape: [...size, info.channels - 2], pixels };
}

const pictures = fc
  .tuple(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }),
    fc.constantFrom(1, 2, 3, 4),
  )
  .chain(([height, width, channels]) =>
    fc.record({
      shape: fc.constant([height, width, channels] as RawImageHeader["shape"]),
      pixels: fc.uint8Array({
        minLength: height * width * channels,
        maxLength: height * width * channels,
      }),
    }),
  );

test("pixels in are pixels out, for grey, grey with alpha, RGB and RGBA of any size", async () => {
  const blobs = temporaryBlobs();
  await fc.assert(
    fc.asyncProperty(pictures, async ({ shape, pixels }) => {
      const file = await makeImage(blobs, shape, pixels);
      expect(recogniseMedia(file)?.type).toBe("image/png");
      expect(await decode(file, shape[2])).toEqual({ shape, pixels: [...pixels] });
    }),
    { numRuns: 60 },
  );
});

test.for([
  [[1, 1, 1], [0]],
  [
    [1, 1, 4],
    [255, 0, 128, 7],
  ],
  [
    [1, 3, 3],
    [255, 0, 0, 0, 255, 0, 0, 0, 255],
  ],
] as const)("a picture of shape %j keeps its pixels", async ([shape, pixels]) => {
  const file = await makeImage(temporaryBlobs(), shape, Uint8Array.from(pixels));
  expect(await decode(file, shape[2])).toEqual({ shape, pixels });
});

test.for(["jpeg", "webp"] as const)("%s is made by the sharp of the project", async (format) => {
  const [height, width] = [48, 64];
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, at) => (at / 3 / width) * 5);
  const file = await makeImage(temporaryBlobs(), [height, width, 3], pixels, format);
  expect(recogniseMedia(file)?.type).toBe(`image/${format}`);
  const { data } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  expect(psnr(data, pixels)).toBeGreaterThan(35);
});

test("a JPEG has no transparency: what shines through is white", async () => {
  const file = await makeImage(temporaryBlobs(), [8, 8, 4], new Uint8Array(256), "jpeg");
  const data = await sharp(file).raw().toBuffer();
  expect(Math.min(...data)).toBeGreaterThan(250);
});
