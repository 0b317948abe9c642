import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { createFile } from "mp4box";
import { expect, test } from "vitest";
import type { BlobFolder } from "./blob-folder.ts";
import { BlobMaker, type MakerNews } from "./blob-maker.ts";
import { keepRaw } from "./keep-blob.ts";
import type { RawVideoHeader } from "./raw-file.ts";
import { recogniseMedia } from "./recognise.ts";
import {
  type DecodedVideo,
  decodeVideo,
  FFMPEG,
  psnr,
  WITHOUT_FFMPEG,
  withFfmpeg,
} from "./testing/real-ffmpeg.ts";
import { temporaryBlobs } from "./testing/temporary-blobs.ts";

interface Video {
  readonly header: RawVideoHeader;
  readonly pixels: Uint8Array;
}

type Shape = RawVideoHeader["shape"];

/** Smooth waves that move; each video of a batch and each channel has its own. */
function waves(shape: Shape, options: Partial<RawVideoHeader> = {}): Video {
  const [batch, frames, channels, height, width] = shape;
  const pixels = new Uint8Array(shape.reduce((product, size) => product * size, 1));
  let at = 0;
  for (let cell = 0; cell < batch; cell += 1) {
    for (let frame = 0; frame < frames; frame += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        for (let y = 0; y < height; y += 1) {
          for (let x = 0; x < width; x += 1) {
            const phase = (x * (channel + 1) + y + 3 * frame) / 30 + cell;
            pixels[at++] = 128 + 110 * Math.sin(phase);
          }
        }
      }
    }
  }
  return { header: { raw: "video", shape, fps: 30, format: "mp4", ...options }, pixels };
}

/** The `rgb24` of a frame as it is to be seen, by another way than the encoder's. */
function expectedFrame({ header, pixels }: Video, frame: number, width: number, height: number) {
  const [batch, frames, channels, cellHeight, cellWidth] = header.shape;
  const columns = Math.ceil(Math.sqrt(batch));
  const rows = Math.ceil(batch / columns);
  const rgb = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      // What lies beyond the edge repeats it.
      const [gridY, gridX] = [
        Math.min(y, rows * cellHeight - 1),
        Math.min(x, columns * cellWidth - 1),
      ];
      const cell = Math.floor(gridY / cellHeight) * columns + Math.floor(gridX / cellWidth);
      if (cell >= batch) continue;
      for (let colour = 0; colour < 3; colour += 1) {
        const channel = Math.min(colour, channels - 1);
        const row =
          ((cell * frames + frame) * channels + channel) * cellHeight + (gridY % cellHeight);
        rgb[(y * width + x) * 3 + colour] = pixels[row * cellWidth + (gridX % cellWidth)]!;
      }
    }
  }
  return rgb;
}

async function makeVideo(
  video: Video,
  env: NodeJS.ProcessEnv,
  options: { readonly blobs?: BlobFolder; readonly news?: MakerNews[] } = {},
): Promise<string> {
  const { blobs = temporaryBlobs(), news = [] } = options;
  const { hash } = keepRaw(blobs, video.header, [video.pixels]);
  const maker = new BlobMaker(blobs, { env, onNews: (told) => news.push(told) });
  expect(await maker.make(hash)).toBe("ready");
  return blobs.readyFile(hash);
}

function expectSame(video: Video, decoded: DecodedVideo, leastDecibels: number): void {
  expect(decoded.frames).toHaveLength(video.header.shape[1]);
  for (const [frame, pixels] of decoded.frames.entries()) {
    const expected = expectedFrame(video, frame, decoded.width, decoded.height);
    expect(psnr(pixels, expected)).toBeGreaterThan(leastDecibels);
  }
}

/** What a file says of its time and of where a player may begin. */
function readTiming(path: string) {
  const file = createFile();
  const bytes = readFileSync(path);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  file.appendBuffer(Object.assign(buffer, { fileStart: 0 }) as never);
  file.flush();
  const track = file.getInfo().videoTracks[0]!;
  const samples = file.getTrackSamplesInfo(track.id);
  return {
    fps:
      (track.nb_samples * track.timescale) /
      samples.reduce((sum, { duration }) => sum + duration, 0),
    keyFrames: samples.flatMap(({ is_sync }, frame) => (is_sync ? [frame] : [])),
    boxes: file.boxes.map(({ type }) => type),
  };
}

const encoders = [
  ["the user's ffmpeg", () => withFfmpeg()],
  ["the WASM encoder", () => WITHOUT_FFMPEG],
] as const;

const shapes: readonly Shape[] = [
  [1, 10, 3, 64, 64],
  [1, 12, 1, 48, 80],
  [1, 7, 3, 33, 47],
  [1, 3, 3, 1, 1],
  [1, 1, 3, 32, 32],
  [4, 6, 3, 24, 40],
  [5, 4, 3, 31, 17],
  [3, 4, 1, 16, 16],
];

for (const [name, env] of encoders) {
  test.for(shapes.map((shape) => ({ shape })))(
    `frames in are frames out by ${name}: $shape`,
    async ({ shape }) => {
      const video = waves(shape);
      const path = await makeVideo(video, env());
      const decoded = decodeVideo(path);
      expect(decoded.stream).toMatch(/h264.*yuv420p/);
      expect([decoded.width % 2, decoded.height % 2]).toEqual([0, 0]);
      expectSame(video, decoded, 30);
    },
  );

  test.for([1, 24, 30, 29.97, 23.976, 0.5, 1 / 3, 12.345, 120])(
    `%d frames a second are kept exactly by ${name}`,
    async (fps) => {
      const path = await makeVideo(waves([1, 40, 1, 16, 16], { fps }), env());
      const timing = readTiming(path);
      expect(timing.fps / fps).toBeCloseTo(1, 8);
      expect(timing.boxes.indexOf("moov")).toBeLessThan(timing.boxes.indexOf("mdat"));
      expect(timing.keyFrames[0]).toBe(0);
      expect(timing.keyFrames.length).toBeLessThan(40);
    },
  );
}

test("only frames that stand alone are said to", async () => {
  const path = await makeVideo(waves([1, 70, 1, 16, 16]), WITHOUT_FFMPEG);
  expect(readTiming(path).keyFrames).toEqual([0, 30, 60]);
});

test("a GIF has every frame, its time and nearly its colours", async () => {
  const video = waves([2, 9, 3, 21, 35], { format: "gif", fps: 12 });
  const path = await makeVideo(video, WITHOUT_FFMPEG);
  const decoded = decodeVideo(path);
  expect(recogniseMedia(readFileSync(path))?.type).toBe("image/gif");
  expect([decoded.width, decoded.height]).toEqual([70, 21]);
  expectSame(video, decoded, 30);
  expect(delaysOf(readFileSync(path))).toEqual([8, 9, 8, 8, 9, 8, 8, 9, 8]);
});

test("a GIF of few colours, or of greys, has them exactly", async () => {
  const grey = waves([1, 3, 1, 20, 30], { format: "gif" });
  expectSame(grey, decodeVideo(await makeVideo(grey, WITHOUT_FFMPEG)), 1_000);
  const few = waves([1, 3, 3, 20, 30], { format: "gif" });
  for (const [at, value] of few.pixels.entries()) few.pixels[at] = value & 0xc0;
  expectSame(few, decodeVideo(await makeVideo(few, WITHOUT_FFMPEG)), 1_000);
});

test("webm is made by ffmpeg; without one it is mp4, and that is told", async () => {
  const video = waves([1, 8, 3, 40, 56], { format: "webm" });
  const path = await makeVideo(video, withFfmpeg());
  expect(recogniseMedia(readFileSync(path))?.type).toBe("video/webm");
  expectSame(video, decodeVideo(path), 30);
  const news: MakerNews[] = [];
  const other = await makeVideo(video, WITHOUT_FFMPEG, { news });
  expect(recogniseMedia(readFileSync(other))?.type).toBe("video/mp4");
  expect(news).toContainEqual(expect.objectContaining({ news: "note" }));
});

test.for([
  ["that fails", "echo 'Unknown encoder' >&2; exit 1", "Unknown encoder"],
  ["that takes no frame", "exec <&-; exit 3", "code 3"],
  ["that makes nothing", "exec cat > /dev/null", "made no video"],
] as const)(
  "after an ffmpeg %s the WASM encoder makes it, and says why",
  async ([, script, reason]) => {
    const video = waves([1, 40, 3, 64, 64]);
    const news: MakerNews[] = [];
    const path = await makeVideo(video, withFfmpeg(script), { news });
    expectSame(video, decodeVideo(path), 30);
    const notes = news.flatMap((told) => (told.news === "note" ? [told.message] : []));
    expect(notes).toEqual([expect.stringMatching(`${reason}.*trying h264 in WebAssembly`)]);
  },
);

test("an ffmpeg without VP9 makes webm with VP8", async () => {
  const video = waves([1, 8, 3, 40, 56], { format: "webm" });
  const script = `case "$*" in *vp9*) echo "Unknown encoder 'libvpx-vp9'" >&2; exit 1;; esac; exec ${FFMPEG} "$@"`;
  const decoded = decodeVideo(await makeVideo(video, withFfmpeg(script)));
  expect(decoded.stream).toMatch(/^vp8/);
  expectSame(video, decoded, 30);
});

test("the WASM encoder leaves nothing hanging on the process", async () => {
  const count = () =>
    ["uncaughtException", "unhandledRejection", "exit"].map((event) =>
      process.listenerCount(event),
    );
  const before = count();
  await makeVideo(waves([1, 2, 1, 16, 16]), WITHOUT_FFMPEG);
  expect(count()).toEqual(before);
});

test("tall and wide videos of a large screen keep their colours: BT.709", async () => {
  const video = waves([1, 2, 3, 720, 200]);
  const ours = decodeVideo(await makeVideo(video, withFfmpeg()));
  expectSame(video, ours, 30);
});

test("the same frames make the same file", async () => {
  const video = waves([1, 5, 3, 32, 32]);
  const files = [temporaryBlobs(), temporaryBlobs()].map(async (blobs) =>
    readFileSync(await makeVideo(video, WITHOUT_FFMPEG, { blobs })),
  );
  const [a, b] = await Promise.all(files);
  expect(a!.equals(b!)).toBe(true);
});

/** Has two videos made, one after the other, where `ffmpeg` is this shell script. */
async function makeTwo(script: string, silenceLimitMs: number) {
  const blobs = temporaryBlobs();
  const notes: string[] = [];
  const maker = new BlobMaker(blobs, {
    env: withFfmpeg(script),
    silenceLimitMs,
    onNews: (told) => told.news === "note" && notes.push(told.message),
  });
  for (const frames of [4, 5]) {
    const video = waves([1, frames, 3, 32, 32]);
    const { hash } = keepRaw(blobs, video.header, [video.pixels]);
    expect(await maker.make(hash)).toBe("ready");
    expectSame(video, decodeVideo(blobs.readyFile(hash)), 30);
  }
  return notes;
}

test("an ffmpeg that hangs is ended, asked no more, and the WASM encoder makes the videos", async () => {
  expect(await makeTwo("exec sleep 600", 100)).toEqual([
    expect.stringMatching(/was ended by SIGKILL/),
    expect.stringMatching(/hung before/),
  ]);
});

test("an ffmpeg that says it is done, but made no video, is not believed", async () => {
  const script = 'cat > /dev/null; for out; do :; done; echo hello > "$out"';
  expect(await makeTwo(script, 20_000)).toEqual(
    Array(2).fill(expect.stringMatching(/made no video/)),
  );
});

test("frames in are frames out, whatever size and number they have", async () => {
  const size = fc.integer({ min: 1, max: 50 });
  const shapes = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(1, 3), size, size);
  await fc.assert(
    fc.asyncProperty(shapes, async ([frames, channels, height, width]) => {
      const video = waves([1, frames, channels as 1 | 3, height, width]);
      expectSame(video, decodeVideo(await makeVideo(video, WITHOUT_FFMPEG)), 30);
    }),
    { numRuns: 25 },
  );
});

test("a maker that is to end takes ffmpeg with it, and leaves the video to another one", async () => {
  const blobs = temporaryBlobs();
  const video = waves([1, 40, 3, 64, 64]);
  const { hash } = keepRaw(blobs, video.header, [video.pixels]);
  const note = join(blobs.path, "pid");
  const closing = new AbortController();
  const env = withFfmpeg(`echo $$ > ${note}; exec sleep 600`);
  const making = new BlobMaker(blobs, { env }).make(hash, { signal: closing.signal });
  const readPid = () => Number(existsSync(note) && readFileSync(note, "utf8"));
  await expect.poll(readPid).toBeGreaterThan(0);
  const pid = readPid();
  closing.abort();
  await expect(making).rejects.toThrow(/abort/);
  await expect.poll(() => isThere(pid)).toBe(false);
  expect(readdirSync(blobs.pendingPath)).toEqual([`${hash}.raw`]);
  expect(readdirSync(blobs.temporaryPath)).toEqual([]);
  expectSame(video, decodeVideo(await makeVideo(video, WITHOUT_FFMPEG, { blobs })), 30);
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The delays of a GIF's frames, in hundredths of a second. */
function delaysOf(file: Buffer): number[] {
  const delays: number[] = [];
  const mark = Buffer.from([0x21, 0xf9, 0x04]);
  for (let at = file.indexOf(mark); at >= 0; at = file.indexOf(mark, at + 1)) {
    delays.push(file.readUInt16LE(at + 4));
  }
  return delays;
}
