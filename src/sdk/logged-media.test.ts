import { cpSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import { BlobFolder } from "../media/blob-folder.ts";
import { BlobMaker } from "../media/blob-maker.ts";
import type { BlobHash, ImageFields } from "../protocol/media.ts";
import { MediaRef, mediaIn } from "../protocol/media.ts";
import * as trackio from "./index.ts";
import { lastMedia, makeFile, openRun, readPixels } from "./testing/logged-media.ts";
import { readRun } from "./testing/on-disk.ts";
import { runScript, SDK, startScript } from "./testing/run-script.ts";

const picture = (shade: number) => new trackio.Image(Uint8Array.of(shade), { shape: [1, 1] });
const bad = () => new trackio.Image("/nowhere.png");

test("pictures are kept wherever they stand in a value", async () => {
  const { folder, run, told } = openRun();
  run.log({
    loss: 1,
    one: picture(1),
    val: { sample: picture(2) },
    list: [picture(3), picture(4)],
    rows: [{ step: 1, deep: { a: picture(5) } }],
    map: new Map([["a", picture(6)]]) as never,
  });
  const [row] = readRun(folder).rows;
  expect(Object.keys(row ?? {})).toEqual(["loss", "one", "val/sample", "list", "rows", "map"]);
  const shades = [];
  for (const { fields } of Object.values(row ?? {}).flatMap(mediaIn)) {
    const path = await makeFile(folder, (fields as ImageFields).blob);
    const { default: sharp } = await import("sharp");
    shades.push((await sharp(path).raw().toBuffer())[0]);
  }
  expect(shades).toEqual([1, 2, 3, 4, 5, 6]);
  expect(run.stats()).toMatchObject({ blobCount: 6, droppedValues: 0 });
  expect(told()).toEqual([]);
});

test("one of a list that cannot be kept leaves the others their places, and is told once", async () => {
  const { folder, run, told } = openRun();
  run.log({ loss: 1, list: [picture(1), bad(), { a: bad() }, picture(2)] });
  const list = readRun(folder).rows[0]?.list;
  expect(list).toEqual([expect.any(MediaRef), null, { a: null }, expect.any(MediaRef)]);
  expect(told()).toEqual([
    expect.stringMatching(
      /^trackio: "list\/1" is left out: There is no file "\/nowhere.png"; check/,
    ),
  ]);
  expect(run.stats()).toMatchObject({ droppedValues: 2, recordCount: 1 });
});

test("config and summary take no pictures, and say where they belong", () => {
  const told = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  onTestFinished(() => told.mockRestore());
  const folder = temporaryFolder();
  const config = { lr: 1, sample: picture(1) as never };
  const run = trackio.init({ project: "p", dir: folder.root, config });
  run.summary.set({ best: 1, worst: [picture(1)] as never });
  expect(told.mock.calls.flat()).toEqual([
    'trackio: "sample" is left out: config.sample is a trackio.Image, which has no place there; give it to log().',
    'trackio: "worst" is left out: summary.worst.0 is a trackio.Image, which has no place there; give it to log().',
  ]);
  expect({ ...run.config, ...run.summary }).toEqual({ lr: 1, best: 1 });
});

test("a picture or table without a key is told, and not logged by its members", () => {
  const { folder, run, told } = openRun();
  run.log(picture(1) as never);
  run.log(new trackio.Table([{ a: 1 }]) as never);
  expect(told()).toEqual([
    "trackio: log() was given a trackio.Image; give it an object, e.g. { loss: 0.5 }. The call is not kept.",
  ]);
  expect(readRun(folder).rows).toEqual([]);
  expect(run.stats()).toMatchObject({ refusedCalls: 2, recordCount: 0 });
});

test("the same picture logged 1,000 times is kept once", async () => {
  const { blobs, folder, run } = openRun();
  for (let i = 0; i < 1_000; i += 1) run.log({ a: picture(7) });
  expect(readdirSync(blobs.pendingPath)).toHaveLength(1);
  expect(readdirSync(blobs.temporaryPath)).toEqual([]);
  expect(await run.finish()).toMatchObject({ blobCount: 1, recordCount: 1_000 });
  const hashes = readRun(folder).rows.map((row) => (row.a as MediaRef<"image">).fields.blob);
  expect(new Set(hashes).size).toBe(1);
});

test("a blob that is deleted just before the journal names it is written once more", async () => {
  const { blobs, folder, run, told } = openRun();
  run.log({
    a: picture(7),
    file: new trackio.Image(Buffer.from("<svg/>")),
    get b() {
      // Whoever deletes a run comes just now: nothing names the blobs yet.
      rmSync(blobs.path, { recursive: true });
      return 1;
    },
  });
  expect((await readPixels(folder, "a")).bytes).toEqual([7]);
  expect(blobs.find(lastMedia(folder, "file").blob).state).toBe("given");
  expect(told()).toEqual([]);
});

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
});

test("after init the SDK never throws into the training script, whatever pictures and files are made of", async () => {
  const { folder, log, run } = openRun();
  const former = process.cwd();
  // A text may be a glob.
  process.chdir(folder.root);
  onTestFinished(() => process.chdir(former));
  const classes = [trackio.Image, trackio.Video, trackio.Audio, trackio.Table] as const;
  await fc.assert(
    fc.property(fc.nat({ max: 4 }), anything, anything, (which, first, second) => {
      const Class = classes[which] as ((...given: unknown[]) => object) | undefined;
      if (Class === undefined) run.save(first as string);
      else log({ a: Class(first, second), list: [Class({ value: first, ...Object(second) })] });
    }),
    { numRuns: 500 },
  );
  const { refusedCalls, failedWrites, recordCount } = await run.finish();
  expect([refusedCalls, failedWrites]).toEqual([0, 0]);
  expect(readRun(folder).rows).toHaveLength(recordCount);
});

test("in mode disabled media cost nothing and touch nothing", async () => {
  const folder = temporaryFolder();
  const touched = new Proxy({}, { get: explode, ownKeys: explode, has: explode });
  const run = trackio.init({ project: "p", dir: folder.root, mode: "disabled" });
  run.log({ a: new trackio.Image(touched as never), b: trackio.Video("/nowhere.mp4") });
  expect(run.save("/nowhere")).toEqual([]);
  expect(await run.finish()).toMatchObject({ recordCount: 0, warnings: [], blobCount: 0 });
  expect(readdirSync(folder.root)).toEqual([]);
});

function explode(): never {
  throw new Error("touched");
}

test("what log() returned from survives kill -9 of the process: pictures and videos are there and can be made", async () => {
  for (let kill = 0; kill < 5; kill += 1) {
    const folder = temporaryFolder();
    const script = startScript(
      folder,
      `trackio.init({ project: "p" });
       const pixels = new Uint8Array(48 * 48 * 3);
       const frames = new Uint8Array(4 * 3 * 16 * 16);
       for (let call = 0; ; call++) {
         pixels.fill(call); frames.fill(call);
         trackio.log({
           call,
           image: new trackio.Image(pixels, { shape: [48, 48, 3] }),
           video: new trackio.Video(frames, { shape: [4, 3, 16, 16] }),
           svg: new trackio.Image(Buffer.from("<svg>" + call + "</svg>")),
         });
         tell(String(call));
       }`,
    );
    await script.told("3\n");
    script.process.kill("SIGKILL");
    const { output } = await script.ended();
    const returned = output.slice(0, output.lastIndexOf("\n")).split("\n").length;
    const { rows, damagedLines } = readRun(folder);
    expect(damagedLines).toBe(0);
    expect([returned, returned + 1]).toContain(rows.length);
    for (const row of rows.slice(-3)) {
      for (const { fields } of Object.values(row).flatMap(mediaIn)) {
        await makeFile(folder, (fields as ImageFields).blob);
      }
    }
  }
});

test("a process killed between blob and journal leaves a whole journal, and a blob that nothing names", async () => {
  const folder = temporaryFolder();
  const { signal } = await runScript(
    folder,
    `trackio.init({ project: "p" });
     trackio.log({ loss: 1 });
     trackio.log({
       a: new trackio.Image([[1]]),
       get b() { process.kill(process.pid, "SIGKILL"); },
     });`,
  );
  expect(signal).toBe("SIGKILL");
  const { rows, damagedLines } = readRun(folder);
  expect([rows, damagedLines]).toEqual([[{ loss: 1 }], 0]);
  expect(readdirSync(new BlobFolder(folder).pendingPath)).toHaveLength(1);
});

test("a full disk costs only the picture: it is told, nothing of it is left, and the rest is logged", async () => {
  const folder = temporaryFolder();
  const { code, output, errors } = await runScript(
    folder,
    `import { execFileSync } from "node:child_process";
    const run = trackio.init({ project: "p" });
    const pixels = new Uint8Array(64 * 64 * 3);
    const log = (call) => run.log({ call, a: new trackio.Image(pixels.fill(call), { shape: [64, 64, 3] }) });
    log(0);
    log(1);
    execFileSync("prlimit", ["--pid", String(process.pid), "--fsize=unlimited"]);
    log(2);
    tell(JSON.stringify(await run.finish()));`,
    { command: ["bash", "-c", `trap "" XFSZ; ulimit -S -f 8; exec "$0" "$@"`, process.execPath] },
  );
  expect(code).toBe(0);
  expect(errors).toMatch(/^trackio: "a" is left out: Cannot write in .*EFBIG.*\n$/);
  expect(JSON.parse(output)).toMatchObject({ recordCount: 3, droppedValues: 2, blobCount: 1 });
  const { rows } = readRun(folder);
  expect(rows.map((row) => row.call)).toEqual([0, 1, 2]);
  expect(rows.map((row) => mediaIn(row.a).length)).toEqual([0, 0, 1]);
  const blobs = new BlobFolder(folder);
  expect(readdirSync(blobs.temporaryPath)).toEqual([]);
  expect(readdirSync(blobs.pendingPath)).toHaveLength(1);
});

test("a script that dies while a picture is rendered leaves a point that says so", async () => {
  const folder = temporaryFolder();
  const script = startScript(
    folder,
    `trackio.init({ project: "p" });
     const never = { clone: () => never, metadata: () => 1, toFormat: () => never, toBuffer: () => new Promise(() => {}) };
     trackio.log({ a: new trackio.Image(never) });
     tell("logged");
     setInterval(() => undefined, 1_000);`,
  );
  await script.told("logged");
  const hash = lastMediaHash(folder);
  const maker = new BlobMaker(new BlobFolder(folder));
  expect(await maker.make(hash)).toBe("pending");
  script.process.kill("SIGKILL");
  await script.ended();
  expect(await maker.make(hash)).toBe("failed");
});

function lastMediaHash(folder: ReturnType<typeof temporaryFolder>): BlobHash {
  const [first] = readRun(folder).rows.flatMap((row) => mediaIn(row.a));
  return (first as MediaRef<"image">).fields.blob;
}

test("finish() waits for a rendering within a bound, and tells what it did not wait for", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { run } = openRun();
  const never = {
    clone: () => never,
    metadata: () => 1,
    toFormat: () => never,
    toBuffer: () => new Promise(() => undefined),
  };
  run.log({ a: new trackio.Image(never) });
  const finished = run.finish();
  await vi.advanceTimersByTimeAsync(10_000);
  const { warnings } = await finished;
  expect(warnings).toEqual([
    "1 picture was still being rendered after 10 s; what is done while this process goes on is kept.",
  ]);
});

test("a file above 64 MB is named, and copied later; one that changed before that is told", async () => {
  const { blobs, folder, run, told } = openRun();
  const path = join(temporaryFolder().root, "long.mp4");
  writeFileSync(path, Buffer.from("\0\0\0\x18ftypisom", "latin1"));
  truncateSync(path, 65 * 1024 ** 2);
  run.log({ v: new trackio.Video(path) });
  const { blob, type, bytes } = lastMedia(folder, "v");
  expect([type, bytes, blobs.find(blob).state]).toEqual(["video/mp4", 65 * 1024 ** 2, "path"]);
  truncateSync(path, 66 * 1024 ** 2);
  expect(await new BlobMaker(blobs).make(blob)).toBe("failed");
  run.log({ v: new trackio.Video(path) });
  await makeFile(folder, lastMedia(folder, "v").blob);
  expect(told()).toEqual([]);
});

test("where the part that keeps media is missing, that is told once, and numbers are logged", async () => {
  const folder = temporaryFolder();
  const copy = join(folder.root, "copy");
  const source = dirname(dirname(fileURLToPath(SDK)));
  for (const room of ["protocol", "journal", "sdk"]) {
    cpSync(join(source, room), join(copy, room), { recursive: true });
  }
  symlinkSync(join(dirname(source), "package.json"), join(copy, "package.json"));
  rmSync(join(copy, "sdk/media-encoding.ts"));
  const { code, errors } = await runScript(
    folder,
    `import * as copied from ${JSON.stringify(pathToFileURL(join(copy, "sdk/index.ts")).href)};
     copied.init({ project: "p" });
     copied.log({ loss: 1, a: copied.Image([[1]]) });
     copied.save("a.txt");
     await copied.finish();`,
  );
  expect(code).toBe(0);
  const reason =
    /does not load \(Cannot find module .*\); where a bundler .* mark "trackio" as external\./;
  expect(errors.trim().split("\n")).toEqual([
    expect.stringMatching(new RegExp(`^trackio: "a" is left out: .*${reason.source}$`)),
  ]);
  expect(readRun(folder).rows).toEqual([{ loss: 1 }]);
});
