import { writeFileSync } from "node:fs";
import { join } from "node:path";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import * as trackio from "../index.ts";
import { lastMedia, openRun, readPixels } from "../testing/logged-media.ts";
import { readRun } from "../testing/on-disk.ts";

const disposed = tf.tensor2d([[1, 2]]);
disposed.dispose();
const takes =
  "An Image takes integers from 0 to 255 or floats from 0 to 1, in shape (height, width) or (height, width, channels) with 1, 3 or 4 channels";
const missing = join("nowhere", "no-such.png");

test.each<[what: string, value: unknown, options: object, message: string]>([
  [
    "NaN",
    Float32Array.of(0, NaN, 1, NaN),
    { shape: [2, 2] },
    `${takes}; this is float32 in shape (2, 2), from 0 to 1, 2 of them NaN.`,
  ],
  [
    "floats out of range",
    Float32Array.of(-0.42, 2.82),
    { shape: [1, 2] },
    `${takes}; this is float32 in shape (1, 2), from -0.42 to 2.82.`,
  ],
  [
    "integers out of range",
    Int32Array.of(-1, 256),
    { shape: [1, 2] },
    `${takes}; this is int32 in shape (1, 2), from -1 to 256.`,
  ],
  [
    "fractions above 1",
    [[0.5, 2]],
    {},
    `${takes}; this is numbers in shape (1, 2), from 0.5 to 2, not all of them integers.`,
  ],
  [
    "infinity",
    [[0, Infinity]],
    {},
    `${takes}; this is numbers in shape (1, 2), from 0 to Infinity, not all of them integers.`,
  ],
  [
    "floats hardly above 1",
    new Float32Array([-0.00001, 1.0001]),
    { shape: [1, 2] },
    `${takes}; this is float32 in shape (1, 2), from -0.00001 to 1.0001.`,
  ],
  ["one axis", [1, 2, 3], {}, `${takes}; this is numbers in shape (3,), from 1 to 3.`],
  [
    "four axes",
    new Uint8Array(8),
    { shape: [2, 2, 2, 1] },
    `${takes}; this is uint8 in shape (2, 2, 2, 1), from 0 to 0.`,
  ],
  [
    "two channels",
    new Uint8Array(2),
    { shape: [1, 1, 2] },
    `${takes}; this is uint8 in shape (1, 1, 2), from 0 to 0.`,
  ],
  [
    "channels first",
    new Uint8Array(60),
    { shape: [3, 4, 5] },
    `${takes}; this is uint8 in shape (3, 4, 5), from 0 to 0. The channels have to come last.`,
  ],
  ["no pixels", new Uint8Array(0), { shape: [0, 3] }, `${takes}; this is uint8 in shape (0, 3).`],
  ["no rows", [], {}, `${takes}; this is numbers in shape (0,).`],
  ["a number as a tensor", tf.scalar(3), {}, `${takes}; this is float32 in shape (), from 3 to 3.`],
  [
    "another size",
    new Uint8Array(5),
    { shape: [2, 3] },
    "There are 5 numbers (uint8), but a shape of (2, 3) has 6.",
  ],
  [
    "no shape",
    new Float32Array(6),
    {},
    "These are 6 numbers (float32) in no known shape; give it, e.g. { shape: [28, 28, 3] }.",
  ],
  [
    "a shape that is none",
    new Uint8Array(6),
    { shape: [2, "x"] },
    "The shape is (2, NaN); give a list of sizes, e.g. [28, 28, 3].",
  ],
  [
    "a shape that is a number",
    new Uint8Array(6),
    { shape: 6 },
    "The shape is 6; give a list of sizes, e.g. [28, 28, 3].",
  ],
  [
    "rows of two lengths",
    [[1, 2], [3]],
    {},
    "The arrays are ragged: their first items make a shape of (2, 2), but [1] has 1 items.",
  ],
  [
    "a number beside rows",
    [[1, 2], 3],
    {},
    "The arrays are ragged: their first items make a shape of (2, 2), but [1] is 3.",
  ],
  ["text among numbers", [[1, "2"]], {}, 'Among the numbers there is "2", which is none.'],
  [
    "a disposed tensor",
    disposed,
    {},
    "This tensor in shape (1, 2) is disposed; log it before that, or take it out of tf.tidy() by tf.keep().",
  ],
  ["a tensor of text", tf.tensor(["a"]), {}, "This tensor holds string, which is no number."],
  [
    "pixels that are no whole number",
    { data: new Uint8Array(7), width: 2, height: 1 },
    {},
    "There are 7 numbers (uint8), but a shape of (1, 2, 4) has 8.",
  ],
  [
    "a canvas without 2d",
    { width: 1, height: 1, getContext: () => null },
    {},
    "This canvas has no 2d context to read its pixels by; give the bytes of a PNG of it.",
  ],
  [
    "no bytes",
    new Uint8Array(0),
    {},
    "There are no bytes; give those of a PNG, JPEG, WebP, GIF, SVG or AVIF.",
  ],
  [
    "bytes of no picture",
    Buffer.from("hello"),
    {},
    "These 5 bytes are of no kind that is known; give a PNG, JPEG, WebP, GIF, SVG or AVIF.",
  ],
  [
    "bytes of a page",
    Buffer.from("<!doctype html>"),
    {},
    "These 15 bytes are text/html; give a PNG, JPEG, WebP, GIF, SVG or AVIF.",
  ],
  [
    "an address",
    "https://example.org/a.png",
    {},
    '"https://example.org/a.png" is a https: address; give the bytes behind it, or the path of a file.',
  ],
  [
    "a URL that is no file",
    new URL("https://example.org/a.png"),
    {},
    '"https://example.org/a.png" names no file of this machine; give a path.',
  ],
  [
    "a number",
    5,
    {},
    `${takes}; or a path, the bytes of a PNG, JPEG, WebP, GIF, SVG or AVIF, ImageData, a canvas, a tensor, an ndarray or a sharp instance; this is 5.`,
  ],
  [
    "nothing",
    undefined,
    {},
    `${takes}; or a path, the bytes of a PNG, JPEG, WebP, GIF, SVG or AVIF, ImageData, a canvas, a tensor, an ndarray or a sharp instance; this is undefined.`,
  ],
  [
    "a promise",
    Promise.resolve(1),
    {},
    `${takes}; or a path, the bytes of a PNG, JPEG, WebP, GIF, SVG or AVIF, ImageData, a canvas, a tensor, an ndarray or a sharp instance; this is a promise (await it first).`,
  ],
  [
    "a Blob",
    new Blob(["x"]),
    {},
    `${takes}; or a path, the bytes of a PNG, JPEG, WebP, GIF, SVG or AVIF, ImageData, a canvas, a tensor, an ndarray or a sharp instance; this is a Blob or Response (give what its arrayBuffer() resolves to).`,
  ],
  [
    "a missing file",
    `/${missing}`,
    {},
    `There is no file "/${missing}"; check the path, and that the file is written before it is logged.`,
  ],
  ["a folder", "/tmp", {}, 'This is a folder: "/tmp"; give the path of a file in it.'],
  [
    "a path with NUL",
    "/tmp/a\0b",
    {},
    'No path may hold a NUL character, as this one does: "/tmp/a\\u0000b"; remove it.',
  ],
  [
    "an empty path",
    "",
    {},
    'This is no path of a file: ""; give the path of a file that is there.',
  ],
])(
  "%s is told once, and the rest of the call is logged",
  async (_what, value, options, message) => {
    const { folder, log, run, told } = openRun();
    const make = () => new trackio.Image(value as trackio.ImageValue, options);
    for (let i = 0; i < 2; i += 1) log({ loss: i, a: make() });
    expect(told()).toEqual([`trackio: "a" is left out: ${message}`]);
    expect(await run.finish()).toMatchObject({ droppedValues: 2, recordCount: 2, blobCount: 0 });
    expect(readRun(folder).rows).toEqual([{ loss: 0 }, { loss: 1 }]);
  },
);

test("a file that is empty, or no picture, is told with its path", () => {
  const { log, told } = openRun();
  const path = join(temporaryFolder().root, "a.png");
  writeFileSync(path, "");
  log({ a: new trackio.Image(path) });
  writeFileSync(path, "no picture");
  log({ b: new trackio.Image(path) });
  expect(told()).toEqual([
    `trackio: "a" is left out: This file is empty: "${path}"; give one that was written to its end.`,
    `trackio: "b" is left out: The file "${path}" is of no kind that is known; give a PNG, JPEG, WebP, GIF, SVG or AVIF.`,
  ]);
});

test("a wrong caption or format is told, and costs the picture nothing", async () => {
  const { folder, run, told } = openRun();
  const options = { shape: [1, 1], caption: {}, format: "tiff" } as never;
  run.log({ a: new trackio.Image(Uint8Array.of(7), options) });
  run.log({ a: new trackio.Image(Uint8Array.of(7), { shape: [1, 1], caption: 12 as never }) });
  expect(told()).toEqual([
    'trackio: the caption of "a" is an object, and no text; it is left out.',
    'trackio: the format of "a" is "tiff", which is none of png, jpeg and webp; it is made png.',
  ]);
  expect(lastMedia(folder, "a")).toMatchObject({ caption: "12", type: "image/png" });
  expect((await readPixels(folder, "a")).bytes).toEqual([7]);
});

test("what the disk refuses of many pictures is told in one line", () => {
  const { blobs, log, run, told } = openRun();
  writeFileSync(blobs.path, "no folder");
  for (const key of ["a", "b", "c"]) {
    log({ [key]: new trackio.Image(Uint8Array.of(7), { shape: [1, 1] }) });
  }
  expect(told()).toEqual([
    expect.stringMatching(/^trackio: "a" is left out: Cannot write in .* \(ENOTDIR\); set/),
  ]);
  expect(run.stats()).toMatchObject({ droppedValues: 3, recordCount: 3 });
});
