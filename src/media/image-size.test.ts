import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { imageSize } from "./image-size.ts";

const [width, height] = [301, 70];
const picture = () => sharp({ create: { width, height, channels: 3, background: "red" } });

test.for(["png", "jpeg", "webp", "gif"] as const)("%s says how large it is", async (format) => {
  const bytes = await picture().toFormat(format).toBuffer();
  expect(imageSize(bytes)).toEqual({ width, height });
  expect(imageSize(bytes.subarray(0, 8))).toBeUndefined();
});

test("WebP in each of its forms", async () => {
  const lossless = await picture().webp({ lossless: true }).toBuffer();
  const transparent = { r: 1, g: 2, b: 3, alpha: 0.5 };
  const withAlpha = sharp({ create: { width, height, channels: 4, background: transparent } });
  expect(imageSize(lossless)).toEqual({ width, height });
  expect(imageSize(await withAlpha.webp().toBuffer())).toEqual({ width, height });
  expect(imageSize(await picture().webp().withIccProfile("p3").toBuffer())).toEqual({
    width,
    height,
  });
});

test("a picture that may be turned when it is shown, or that does not say it, has no size", async () => {
  const turned = picture().withMetadata({ orientation: 6 });
  expect(imageSize(await turned.clone().jpeg().toBuffer())).toBeUndefined();
  expect(imageSize(await turned.clone().webp().toBuffer())).toBeUndefined();
  expect(imageSize(await picture().avif().toBuffer())).toBeUndefined();
  expect(imageSize(Buffer.from("<svg/>"))).toBeUndefined();
});

test("bytes that are cut or of anything else do no harm", async () => {
  const files = await Promise.all(
    (["png", "jpeg", "webp", "gif"] as const).map((format) =>
      picture().toFormat(format).toBuffer(),
    ),
  );
  const cut = fc
    .tuple(fc.constantFrom(...files), fc.nat(80))
    .map(([file, end]) => file.subarray(0, end));
  const spoilt = fc
    .tuple(fc.constantFrom(...files), fc.uint8Array({ maxLength: 60 }), fc.nat(60))
    .map(([file, bytes, at]) => Buffer.concat([file.subarray(0, at), bytes]));
  fc.assert(
    fc.property(fc.oneof(cut, spoilt), (bytes) => {
      const size = imageSize(bytes);
      if (size === undefined) return;
      expect(size.width).toBeGreaterThan(0);
      expect(size.height).toBeGreaterThan(0);
    }),
  );
});
