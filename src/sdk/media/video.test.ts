import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import ndarray from "ndarray";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { decodeVideo, FFMPEG, psnr, withFfmpeg } from "../../media/testing/real-ffmpeg.ts";
import * as trackio from "../index.ts";
import { lastMedia, makeFile, openRun } from "../testing/logged-media.ts";
import { readRun } from "../testing/on-disk.ts";

const GUIDE = [10, 3, 64, 64];

/** Frames of a slowly moving gradient, as videos mostly are: `frames × channels × height × width`. */
function smoothFrames([frames, channels, height, width]: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let f = 0; f < frames!; f += 1) {
    for (let c = 0; c < channels!; c += 1) {
      for (let y = 0; y < height!; y += 1) {
        for (let x = 0; x < width!; x += 1) bytes.push(60 + f * 5 + c * 30 + ((y + x) >> 1));
      }
    }
  }
  return Uint8Array.from(bytes);
}

/** A frame as it is shown: channels beside each other, grey in all three. */
function shown(frames: Uint8Array, shape: readonly number[], frame: number): Uint8Array {
  const [, channels, height, width] = shape as [number, number, number, number];
  const area = height * width;
  const bytes = new Uint8Array(area * 3);
  for (let i = 0; i < area; i += 1) {
    for (let c = 0; c < 3; c += 1) {
      const channel = channels === 1 ? 0 : c;
      bytes[i * 3 + c] = frames[(frame * channels + channel) * area + i]!;
    }
  }
  return bytes;
}

function usePath(env: NodeJS.ProcessEnv): void {
  const former = process.env.PATH;
  process.env.PATH = env.PATH;
  onTestFinished(() => {
    process.env.PATH = former;
  });
}

test.each([
  ["mp4", GUIDE, 30],
  ["mp4", [3, 1, 16, 32], 24],
  ["gif", GUIDE, 10],
] as const)(
  "frames in ≈ frames out, all of them and at their rate: %s %j at %d fps",
  async (format, shape, fps) => {
    const { folder, run, told } = openRun();
    const frames = smoothFrames(shape);
    run.log({ my_video: new trackio.Video(frames, { shape, fps, format, caption: "moving" }) });
    const [count, , height, width] = shape;
    const media = lastMedia(folder, "my_video");
    expect(media).toMatchObject({ frames: count, height, width, fps, caption: "moving" });
    expect(media.type).toBe(format === "gif" ? "image/gif" : "video/mp4");
    const decoded = decodeVideo(await makeFile(folder, media.blob));
    expect(decoded.frames).toHaveLength(count);
    expect(decoded.stream).toContain(`${fps} fps`);
    for (const [i, frame] of decoded.frames.entries()) {
      expect(psnr(frame, shown(frames, shape, i))).toBeGreaterThan(30);
    }
    expect(told()).toEqual([]);
  },
);

test("a batch is a grid of videos, as near to a square as can be", async () => {
  const { folder, run } = openRun();
  const one = smoothFrames([2, 3, 16, 16]);
  const batch = new Uint8Array(3 * one.length);
  for (let i = 0; i < 3; i += 1) batch.set(one, i * one.length);
  run.log({ v: new trackio.Video({ value: batch, shape: [3, 2, 3, 16, 16], fps: 15 }) });
  expect(lastMedia(folder, "v")).toMatchObject({ frames: 2, width: 32, height: 32, fps: 15 });
  const { frames, width, height } = decodeVideo(
    await makeFile(folder, lastMedia(folder, "v").blob),
  );
  expect([frames.length, width, height]).toEqual([2, 32, 32]);
});

const anyVideo = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.constantFrom(1, 3),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
  )
  .chain((shape) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return fc.record({
      shape: fc.constant<number[]>([...shape]),
      bytes: fc.uint8Array({ minLength: size, maxLength: size }),
    });
  });

function nest(numbers: readonly number[], shape: readonly number[]): trackio.VideoValue {
  const [length = 0, ...rest] = shape;
  if (rest.length === 0) return numbers;
  const size = numbers.length / length;
  return Array.from({ length }, (_, i) =>
    nest(numbers.slice(i * size, (i + 1) * size), rest),
  ) as trackio.VideoValue;
}

test("every form of frames is written down as they are", () => {
  const { blobs, folder, run, told } = openRun();
  fc.assert(
    fc.property(anyVideo, ({ shape, bytes }) => {
      const [frames, channels, height, width] = shape;
      const turned = ndarray(new Int32Array(bytes.length), shape.toReversed()).transpose(
        3,
        2,
        1,
        0,
      );
      for (const [i, byte] of bytes.entries()) {
        const at = [0, 1, 2, 3].map((axis) => {
          const below = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
          return Math.floor(i / below) % shape[axis]!;
        });
        turned.set(...at, byte);
      }
      const all = [
        new trackio.Video(bytes, { shape }),
        trackio.Video(Object.assign(bytes.slice(), { shape })),
        trackio.Video({ value: Int32Array.from(bytes), shape }),
        trackio.Video(nest([...bytes], shape)),
        trackio.Video(ndarray(bytes, shape)),
        trackio.Video(turned),
        trackio.Video(tf.tensor(bytes, shape, "int32")),
      ];
      run.log({ all });
      const media = readRun(folder).rows.at(-1)?.all as { fields: { blob: never } }[];
      const header = {
        raw: "video",
        shape: [1, frames, channels, height, width],
        fps: 24,
        format: "mp4",
      };
      for (const { fields } of media) {
        expect(fields).toEqual((media[0] as (typeof media)[0]).fields);
        const found = blobs.find(fields.blob) as { path: string };
        const file = readFileSync(found.path);
        const line = file.indexOf("\n");
        expect(JSON.parse(file.subarray(0, line).toString())).toEqual(header);
        expect([...file.subarray(line + 1)]).toEqual([...bytes]);
      }
    }),
    { numRuns: 40 },
  );
  expect(told()).toEqual([]);
});

test("a path, and bytes, are kept as they are", () => {
  const { folder, run, told } = openRun();
  const dir = temporaryFolder().root;
  const source = [
    "-f",
    "lavfi",
    "-i",
    "testsrc=size=32x32:rate=5:duration=1",
    "-loglevel",
    "error",
  ];
  for (const [name, type] of [
    ["a.mp4", "video/mp4"],
    ["a.mov", "video/quicktime"],
    ["a.webm", "video/webm"],
    ["a.gif", "image/gif"],
    ["a.avi", "video/x-msvideo"],
    ["a.mkv", "video/x-matroska"],
  ] as const) {
    const path = join(dir, name);
    execFileSync(FFMPEG, [...source, path]);
    const bytes = readFileSync(path);
    run.log({ v: new trackio.Video(path, { caption: name }) });
    const { blob } = lastMedia(folder, "v");
    const size = type === "image/gif" ? { width: 32, height: 32 } : {};
    const fields = { blob, type, bytes: bytes.length, caption: name, ...size };
    expect(lastMedia(folder, "v")).toEqual(fields);
    run.log({ v: new trackio.Video(bytes, { caption: name }) });
    expect(lastMedia(folder, "v").blob).toBe(blob);
  }
  expect(told()).toEqual([]);
});

test("webm needs ffmpeg: without it one warning, and mp4", async () => {
  const { folder, run, told } = openRun();
  const video = trackio.Video(smoothFrames([2, 3, 16, 16]), {
    shape: [2, 3, 16, 16],
    format: "webm",
  });
  usePath({ PATH: "" });
  run.log({ v: video });
  run.log({ v: video });
  expect(lastMedia(folder, "v").type).toBe("video/mp4");
  expect(told()).toEqual([
    'trackio: "v" is made an mp4: webm needs ffmpeg, and there is none on the PATH.',
  ]);
  usePath(withFfmpeg());
  run.log({ v: video });
  expect(lastMedia(folder, "v").type).toBe("video/webm");
  const { frames } = decodeVideo(await makeFile(folder, lastMedia(folder, "v").blob));
  expect(frames).toHaveLength(2);
});

const takes =
  "A Video takes integers from 0 to 255, in shape (frames, channels, height, width) or (batch, frames, channels, height, width) with 1 or 3 channels";

test.each<[what: string, value: unknown, options: object, message: string]>([
  [
    "floats",
    Float32Array.of(0, 0.5, 1),
    { shape: [1, 3, 1, 1] },
    `${takes}; this is float32 in shape (1, 3, 1, 1), from 0 to 1.`,
  ],
  [
    "integers out of range",
    Int16Array.of(0, -1, 300),
    { shape: [1, 3, 1, 1] },
    `${takes}; this is int16 in shape (1, 3, 1, 1), from -1 to 300.`,
  ],
  [
    "channels last",
    new Uint8Array(96),
    { shape: [2, 4, 4, 3] },
    `${takes}; this is uint8 in shape (2, 4, 4, 3), from 0 to 0. The channels have to come before height and width.`,
  ],
  [
    "four channels",
    new Uint8Array(32),
    { shape: [2, 4, 2, 2] },
    `${takes}; this is uint8 in shape (2, 4, 2, 2), from 0 to 0.`,
  ],
  [
    "a picture",
    new Uint8Array(12),
    { shape: [2, 2, 3] },
    `${takes}; this is uint8 in shape (2, 2, 3), from 0 to 0.`,
  ],
  [
    "no frames",
    new Uint8Array(0),
    { shape: [0, 3, 2, 2] },
    `${takes}; this is uint8 in shape (0, 3, 2, 2).`,
  ],
  [
    "another size",
    new Uint8Array(5),
    { shape: [1, 3, 2, 2] },
    "There are 5 numbers (uint8), but a shape of (1, 3, 2, 2) has 12.",
  ],
  [
    "bytes of no video",
    Buffer.from("hello"),
    {},
    "These 5 bytes are of no kind that is known; give an MP4, WebM, GIF, MOV or another video.",
  ],
  [
    "an object",
    {},
    {},
    `${takes}; or a path, the bytes of an MP4, WebM, GIF, MOV or another video, a tensor or an ndarray; this is an object.`,
  ],
])(
  "%s is told once, and the rest of the call is logged",
  async (_what, value, options, message) => {
    const { folder, log, run, told } = openRun();
    for (let i = 0; i < 2; i += 1) log({ loss: i, v: new trackio.Video(value as never, options) });
    expect(told()).toEqual([`trackio: "v" is left out: ${message}`]);
    expect(await run.finish()).toMatchObject({ droppedValues: 2, recordCount: 2 });
    expect(readRun(folder).rows).toEqual([{ loss: 0 }, { loss: 1 }]);
  },
);

test("a rate that is none is told, and the usual one taken", () => {
  const { folder, run, told } = openRun();
  for (const fps of [0, -1, Number.NaN, Infinity, "30"]) {
    run.log({
      v: new trackio.Video(new Uint8Array(3), { shape: [1, 3, 1, 1], fps: fps as number }),
    });
    expect(lastMedia(folder, "v").fps).toBe(24);
  }
  run.log({ v: new trackio.Video(new Uint8Array(3), { shape: [1, 3, 1, 1], fps: 29.97 }) });
  expect(lastMedia(folder, "v").fps).toBe(29.97);
  expect(told()).toEqual(['trackio: fps of "v" is 0, and no number above 0; 24 is taken instead.']);
});

test("sounds are kept as they are, known by their content", () => {
  const { folder, run, told } = openRun();
  const dir = temporaryFolder().root;
  const source = ["-f", "lavfi", "-i", "sine=duration=0.2", "-loglevel", "error"];
  for (const [name, type] of [
    ["a.wav", "audio/wav"],
    ["a.mp3", "audio/mpeg"],
    ["a.ogg", "audio/ogg"],
    ["a.flac", "audio/flac"],
    ["a.m4a", "audio/mp4"],
    ["a.webm", "audio/webm"],
  ] as const) {
    const path = join(dir, name);
    execFileSync(FFMPEG, [...source, path]);
    run.log({ a: new trackio.Audio(path, { caption: name }) });
    expect(lastMedia(folder, "a")).toMatchObject({ type, caption: name });
    run.log({ a: trackio.Audio({ value: readFileSync(path) }) });
    expect(lastMedia(folder, "a").type).toBe(type);
  }
  expect(told()).toEqual([]);
  writeFileSync(join(dir, "b.wav"), "no sound");
  run.log({ a: trackio.Audio(join(dir, "b.wav")), b: trackio.Audio(5 as never) });
  expect(told()).toEqual([
    `trackio: "a" is left out: The file "${join(dir, "b.wav")}" is of no kind that is known; give a WAV, MP3, OGG, FLAC or another sound.`,
    'trackio: "b" is left out: An Audio takes a path, or the bytes of a WAV, MP3, OGG, FLAC or another sound; this is 5.',
  ]);
});
