import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { createCanvas, ImageData } from "@napi-rs/canvas";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import ndarray from "ndarray";
import sharp from "sharp";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import * as trackio from "../index.ts";
import { lastMedia, openRun, readPixels } from "../testing/logged-media.ts";

const anyPicture = fc
  .record({
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom(0, 1, 3, 4),
  })
  .chain(({ height, width, channels }) => {
    const size = height * width * (channels || 1);
    return fc.record({
      shape: fc.constant<number[]>(channels === 0 ? [height, width] : [height, width, channels]),
      bytes: fc.uint8Array({ minLength: size, maxLength: size }),
    });
  });

interface Picture {
  readonly shape: number[];
  readonly bytes: Uint8Array;
}

/** Numbers in arrays in arrays of that shape. */
function nest(numbers: ArrayLike<number>, shape: readonly number[]): trackio.ImageValue {
  const [length = 0, ...rest] = shape;
  if (rest.length === 0) return Array.from(numbers);
  const size = numbers.length / length;
  return Array.from({ length }, (_, i) =>
    nest(Array.from(numbers).slice(i * size, (i + 1) * size), rest),
  ) as trackio.ImageValue;
}

/** The same numbers in a view whose axes were turned, so that it is not stored in their order. */
function turnedView({ shape, bytes }: Picture) {
  const axes = shape.map((_, i) => shape.length - 1 - i);
  const turned = ndarray(new Uint8Array(bytes.length + 5), shape.toReversed()).transpose(...axes);
  turned.offset = 5;
  const flat = ndarray(bytes, shape);
  for (let y = 0; y < shape[0]!; y += 1) {
    for (let x = 0; x < shape[1]!; x += 1) {
      if (shape.length === 2) turned.set(y, x, flat.get(y, x));
      else for (let c = 0; c < shape[2]!; c += 1) turned.set(y, x, c, flat.get(y, x, c));
    }
  }
  return turned;
}

const units = (bytes: Uint8Array) => Float64Array.from(bytes, (byte) => byte / 255);

/** Every form in which people have the numbers of a picture. */
const FORMS: Record<string, (picture: Picture) => trackio.Image> = {
  "a Uint8Array with the option shape": ({ bytes, shape }) => new trackio.Image(bytes, { shape }),
  "a Uint8Array with a property shape": ({ bytes, shape }) =>
    trackio.Image(Object.assign(bytes.slice(), { shape })),
  "a Buffer that is part of another": ({ bytes, shape }) =>
    trackio.Image({ value: Buffer.concat([Buffer.from([9]), bytes]).subarray(1), shape }),
  "a Uint8ClampedArray": ({ bytes, shape }) =>
    new trackio.Image(Uint8ClampedArray.from(bytes), { shape }),
  "an Int32Array": ({ bytes, shape }) => new trackio.Image(Int32Array.from(bytes), { shape }),
  "a BigInt64Array": ({ bytes, shape }) =>
    new trackio.Image(BigInt64Array.from(bytes, BigInt), { shape }),
  "a Float32Array": ({ bytes, shape }) =>
    new trackio.Image(Float32Array.from(units(bytes)), { shape }),
  "a Float64Array": ({ bytes, shape }) => new trackio.Image(units(bytes), { shape }),
  "nested arrays of floats": ({ bytes, shape }) => new trackio.Image(nest(units(bytes), shape)),
  "an ndarray": ({ bytes, shape }) => new trackio.Image(ndarray(bytes, shape)),
  "an ndarray of floats": ({ bytes, shape }) => new trackio.Image(ndarray(units(bytes), shape)),
  "an ndarray of plain numbers": ({ bytes, shape }) =>
    new trackio.Image(ndarray(Array.from(units(bytes)), shape)),
  "a view of an ndarray": (picture) => new trackio.Image(turnedView(picture)),
  "an ndarray over what has get()": ({ bytes, shape }) =>
    new trackio.Image(
      ndarray(
        { get: (i: number) => units(bytes)[i]!, set: () => undefined, length: bytes.length },
        shape,
      ),
    ),
  "an int32 tensor": ({ bytes, shape }) => new trackio.Image(tf.tensor(bytes, shape, "int32")),
  "a float32 tensor": ({ bytes, shape }) =>
    new trackio.Image(tf.tensor(Float32Array.from(units(bytes)), shape)),
};

test.each(Object.entries(FORMS))("pixels in = pixels out: %s", async (_form, toImage) => {
  const { folder, run, told } = openRun();
  await fc.assert(
    fc.asyncProperty(anyPicture, async (picture) => {
      run.log({ picture: toImage(picture) });
      const [height, width, channels = 1] = picture.shape;
      expect(lastMedia(folder, "picture")).toMatchObject({ type: "image/png", width, height });
      expect(await readPixels(folder, "picture")).toEqual({
        shape: [height, width, channels],
        bytes: [...picture.bytes],
      });
    }),
    { numRuns: 12 },
  );
  expect(told()).toEqual([]);
});

test("plain numbers in arrays are 0 to 1 where all of them are within that, else 0 to 255", async () => {
  const { folder, run, told } = openRun();
  run.log({ a: trackio.Image([[0, 1, 0.5]]) });
  expect(await readPixels(folder, "a")).toEqual({ shape: [1, 3, 1], bytes: [0, 255, 128] });
  run.log({ a: trackio.Image([[0, 2, 255]]) });
  expect(await readPixels(folder, "a")).toEqual({ shape: [1, 3, 1], bytes: [0, 2, 255] });
  run.log({ a: trackio.Image([[true, false]]) });
  expect(await readPixels(folder, "a")).toEqual({ shape: [1, 2, 1], bytes: [255, 0] });
  run.log({ a: trackio.Image([Uint8Array.of(1, 0), Uint8Array.of(2, 1)]) });
  expect(await readPixels(folder, "a")).toEqual({ shape: [2, 2, 1], bytes: [1, 0, 2, 1] });
  run.log({ a: trackio.Image([0, 1, 2, 3, 4, 5], { shape: [1, 2, 3] }) });
  expect(await readPixels(folder, "a")).toEqual({ shape: [1, 2, 3], bytes: [0, 1, 2, 3, 4, 5] });
  run.log({ a: trackio.Image(tf.tensor2d([[true, false]], [1, 2], "bool")) });
  expect(await readPixels(folder, "a")).toEqual({ shape: [1, 2, 1], bytes: [255, 0] });
  run.log({ a: trackio.Image(Float32Array.of(-1e-7, 1 + 1e-7), { shape: [1, 2] }) });
  expect(await readPixels(folder, "a")).toEqual({ shape: [1, 2, 1], bytes: [0, 255] });
  expect(told()).toEqual([]);
});

test("what a canvas shows is what is logged, whatever is drawn on it afterwards", async () => {
  const { folder, run, told } = openRun();
  const canvas = createCanvas(3, 2);
  const context = canvas.getContext("2d");
  context.fillStyle = "#ff8800";
  context.fillRect(0, 0, 2, 1);
  const orange = [255, 136, 0, 255];
  const bytes = [...orange, ...orange, ...Array(16).fill(0)];
  for (const value of [canvas, context, context.getImageData(0, 0, 3, 2)]) {
    run.log({ a: new trackio.Image(value as trackio.ImageValue) });
    context.clearRect(0, 0, 3, 2);
    expect(await readPixels(folder, "a")).toEqual({ shape: [2, 3, 4], bytes });
    context.fillRect(0, 0, 2, 1);
  }
  run.log({ a: new trackio.Image(new ImageData(Uint8ClampedArray.of(1, 2, 3, 4), 1, 1)) });
  expect(await readPixels(folder, "a")).toEqual({ shape: [1, 1, 4], bytes: [1, 2, 3, 4] });
  run.log({ a: new trackio.Image({ data: Uint8Array.of(1, 2, 3), width: 1, height: 1 }) });
  expect(await readPixels(folder, "a")).toEqual({ shape: [1, 1, 3], bytes: [1, 2, 3] });
  expect(told()).toEqual([]);
});

const square = () => sharp({ create: { width: 4, height: 4, channels: 3, background: "#123456" } });

test("a sharp instance is rendered as it stood when it was logged; finish() waits for it", async () => {
  const { folder, run, told } = openRun();
  const picture = square();
  run.log({ a: new trackio.Image(picture, { caption: "a square" }) });
  picture.resize(2, 2);
  expect(lastMedia(folder, "a")).toMatchObject({ type: "image/png", caption: "a square" });
  await run.finish();
  expect(await readPixels(folder, "a")).toEqual({
    shape: [4, 4, 3],
    bytes: Array(16).fill([0x12, 0x34, 0x56]).flat(),
  });
  expect(told()).toEqual([]);
});

test("a sharp instance that cannot be rendered is told, and the point says why", async () => {
  const { blobs, folder, run } = openRun();
  run.log({ a: new trackio.Image(sharp("/nowhere.png")) });
  const { warnings } = await run.finish();
  expect(warnings).toEqual([
    expect.stringMatching(/^a sharp instance could not be rendered: .*nowhere\.png/),
  ]);
  const found = blobs.find(lastMedia(folder, "a").blob);
  expect(found.state).toBe("failed");
  expect(readFileSync((found as { path: string }).path, "utf8")).toContain("nowhere.png");
});

test("numbers are made what format says, and so is a sharp instance; files stay as they are", async () => {
  const { folder, run, told } = openRun();
  const png = await square().png().toBuffer();
  for (const format of ["png", "jpeg", "webp"] as const) {
    const grey = { shape: [8, 8], format, value: new Uint8Array(64).fill(77) };
    run.log({ numbers: trackio.Image(grey), sharp: trackio.Image(square(), { format }) });
    run.log({ numbers: trackio.Image(grey), file: trackio.Image(png, { format }) });
    expect(lastMedia(folder, "numbers").type).toBe(`image/${format}`);
    expect(lastMedia(folder, "file").type).toBe("image/png");
    expect((await readPixels(folder, "numbers")).shape.slice(0, 2)).toEqual([8, 8]);
  }
  await run.finish();
  expect(told()).toEqual([]);
});

test("paths, file: URLs and bytes are kept as they are, known by their content", async () => {
  const { blobs, folder, run, told } = openRun();
  const files = {
    "image/png": await square().png().toBuffer(),
    "image/jpeg": await square().jpeg().toBuffer(),
    "image/webp": await square().webp().toBuffer(),
    "image/gif": await square().gif().toBuffer(),
    "image/avif": await square().avif().toBuffer(),
    "image/svg+xml": Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
  };
  const path = join(temporaryFolder().root, "picture of any name.txt");
  const { width, height } = await square().metadata();
  for (const [type, bytes] of Object.entries(files)) {
    const size = /avif|svg/.test(type) ? {} : { width, height };
    writeFileSync(path, bytes);
    const url = pathToFileURL(path);
    const copy = new Uint8Array(bytes).buffer;
    const view = new DataView(copy);
    for (const value of [path, url, url.href, bytes, copy, view as never]) {
      run.log({ a: new trackio.Image(value, { caption: type }) });
      const media = lastMedia(folder, "a");
      const { blob } = media;
      expect(media).toEqual({ blob, type, bytes: bytes.length, caption: type, ...size });
      const found = blobs.find(media.blob);
      expect(readFileSync((found as { path: string }).path).equals(bytes)).toBe(true);
    }
    writeFileSync(path, "overwritten, as training scripts do");
  }
  expect(run.stats()).toMatchObject({ blobCount: 6, droppedValues: 0 });
  expect(told()).toEqual([]);
});

test("the bytes at log() count, whatever the script does to its array afterwards", async () => {
  const { folder, run } = openRun();
  const pixels = Uint8Array.of(1, 2, 3);
  const image = new trackio.Image(pixels, { shape: [1, 3] });
  pixels.fill(9);
  run.log({ a: image });
  pixels.fill(0);
  expect((await readPixels(folder, "a")).bytes).toEqual([9, 9, 9]);
  run.log({ a: image });
  expect((await readPixels(folder, "a")).bytes).toEqual([0, 0, 0]);
});

test("values of another realm, as in a test runner's sandbox, are what they are", async () => {
  const { folder, run, told } = openRun();
  const pixels = runInNewContext("Uint8Array.of(7, 8)") as Uint8Array;
  run.log({ a: trackio.Image(pixels, { shape: [1, 2] }) });
  expect((await readPixels(folder, "a")).bytes).toEqual([7, 8]);
  run.log({ a: trackio.Image(runInNewContext("[[0, 0.2]]") as number[][]) });
  expect((await readPixels(folder, "a")).bytes).toEqual([0, 51]);
  const svg = runInNewContext('Uint8Array.from("<svg/>", (letter) => letter.charCodeAt(0))');
  for (const file of [svg, svg.buffer]) run.log({ a: trackio.Image(file) });
  expect(lastMedia(folder, "a").type).toBe("image/svg+xml");
  expect(told()).toEqual([]);
});

test("with and without new it is the same class, and never throws", () => {
  const bytes = Uint8Array.of(1);
  const images = [
    new trackio.Image(bytes, { caption: "c" }),
    trackio.Image(bytes, { caption: "c" }),
    new trackio.Image({ value: bytes, caption: "c" }),
    trackio.Image({ value: bytes, caption: "c" }),
  ];
  for (const image of images) {
    expect(image).toBeInstanceOf(trackio.Image);
    expect(image).toMatchObject({ value: bytes, caption: "c" });
    expect(image.constructor).toBe(trackio.Image);
  }
  class Sample extends trackio.Image {}
  expect(new Sample(bytes)).toBeInstanceOf(trackio.Image);
  expect(new trackio.Image(bytes)).not.toBeInstanceOf(trackio.Video);
  const hostile = new Proxy({}, { get: explode, ownKeys: explode, getPrototypeOf: explode });
  for (const given of [undefined, null, 5, Symbol("s"), hostile, { value: hostile }]) {
    const { log, run } = openRun();
    log({ a: new trackio.Image(given as never, hostile as never), b: 1 });
    expect(run.stats()).toMatchObject({ recordCount: 1, droppedValues: 1 });
  }
});

function explode(): never {
  throw new Error("touched");
}
