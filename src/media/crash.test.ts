import { createHash } from "node:crypto";
import { readdirSync, readFileSync, utimesSync } from "node:fs";
import { expect, test } from "vitest";
import type { BlobHash } from "../protocol/media.ts";
import { collectBlobs } from "./blob-collector.ts";
import type { BlobFolder } from "./blob-folder.ts";
import { BlobMaker } from "./blob-maker.ts";
import { keepBytes, keepRaw } from "./keep-blob.ts";
import { readNames } from "./read-names.ts";
import { putBackLostRemovals } from "./remove-blobs.ts";
import { startMediaProcess } from "./testing/media-process.ts";
import { decodeVideo, WITHOUT_FFMPEG } from "./testing/real-ffmpeg.ts";
import { temporaryBlobs } from "./testing/temporary-blobs.ts";

const HOUR_MS = 3_600_000;

/** Tells each hash as a script writes its line: after the blob was kept. */
const KEEP = `
  const { keepBytes, keepRaw } = await room("keep-blob.ts");
  const pixels = new Uint8Array(300 * 200 * 3);
  for (let count = 0; ; count += 1) {
    new DataView(pixels.buffer).setUint32(0, count + 1e6 * (process.pid % 1000));
    tell(keepRaw(blobs, { raw: "image", shape: [300, 200, 3], format: "png" }, [pixels]).hash);
    tell(keepBytes(blobs, pixels.subarray(0, 5_000)).hash);
  }`;

test("what a call returned from is there after kill -9, whole, and nothing else bears its name", async () => {
  const blobs = temporaryBlobs();
  for (let round = 0; round < 5; round += 1) {
    const script = startMediaProcess(blobs, KEEP);
    await script.told(20 + 7 * round);
    await script.kill();
    for (const hash of script.lines()) {
      expect(blobs.find(hash as BlobHash).state).toMatch(/^(given|raw)$/);
    }
  }
  for (const name of readNames(blobs.pendingPath)) expectWhole(blobs, name);
});

/** A pending file is what its name says. */
function expectWhole(blobs: BlobFolder, name: string): void {
  const content = readFileSync(`${blobs.pendingPath}/${name}`);
  expect(name).toContain(createHash("sha256").update(content).digest("hex"));
}

test("killed between blob and journal, the blob is let be for an hour and collected then", async () => {
  const blobs = temporaryBlobs();
  const script = startMediaProcess(
    blobs,
    `const { keepBytes } = await room("keep-blob.ts");
     tell(keepBytes(blobs, Buffer.from("named")).hash);
     tell(keepBytes(blobs, Buffer.from("never named")).hash);
     setInterval(() => undefined, 1_000);`,
  );
  await script.told(2);
  await script.kill();
  const [named, unnamed] = script.lines() as BlobHash[];
  const options = {
    findUnused: async (hashes: readonly BlobHash[]) => hashes.filter((hash) => hash !== named),
  };
  expect(await collectBlobs(blobs, options)).toMatchObject({ blobCount: 0 });
  const later = { ...options, now: Date.now() + HOUR_MS + 1_000 };
  expect(await collectBlobs(blobs, later)).toMatchObject({ blobCount: 1, bytes: 11 });
  expect(blobs.find(named!).state).toBe("given");
  expect(blobs.find(unnamed!).state).toBe("missing");
});

/** A video and bytes, pending; the same each time. */
function keepSome(blobs: BlobFolder): readonly BlobHash[] {
  const pixels = new Uint8Array(3 * 16 * 16).fill(77);
  const header = { raw: "video", shape: [1, 3, 1, 16, 16], fps: 25, format: "mp4" } as const;
  return [keepRaw(blobs, header, [pixels]).hash, keepBytes(blobs, pixels).hash];
}

test("a maker is killed between any two steps, and another one goes on: each blob is made", async () => {
  let step = 0;
  let isKilled = true;
  while (isKilled) {
    step += 1;
    const blobs = temporaryBlobs();
    const hashes = keepSome(blobs);
    const maker = startMediaProcess(
      blobs,
      `const { BlobMaker } = await room("blob-maker.ts");
       begin();
       await new BlobMaker(blobs, { env: {} }).makePending({ olderThanMs: 0 });`,
      step,
    );
    isKilled = await maker.isKilled();
    ageClaims(blobs);
    await new BlobMaker(blobs, { env: WITHOUT_FFMPEG }).makePending({ olderThanMs: 0 });
    expect(hashes.map((hash) => blobs.find(hash).state)).toEqual(["ready", "ready"]);
    expect(decodeVideo(blobs.readyFile(hashes[0]!)).frames).toHaveLength(3);
    expect(readdirSync(blobs.pendingPath)).toEqual([]);
    const now = Date.now() + HOUR_MS + 1_000;
    await collectBlobs(blobs, { findUnused: async () => [], now });
    expect(readdirSync(blobs.temporaryPath)).toEqual([]);
  }
  // It was killed at each of them, from the first to the last.
  expect(step).toBeGreaterThan(12);
}, 60_000);

/** As if some seconds had gone by: a claim without its text may still be being written before. */
function ageClaims(blobs: BlobFolder): void {
  const past = Date.now() / 1000 - 3;
  for (const name of readNames(blobs.pendingPath)) {
    if (name.endsWith(".making")) utimesSync(`${blobs.pendingPath}/${name}`, past, past);
  }
}

test("whoever keeps is killed between any two steps: what bears a name is whole", async () => {
  let step = 0;
  let isKilled = true;
  while (isKilled) {
    step += 1;
    const blobs = temporaryBlobs();
    const script = startMediaProcess(
      blobs,
      `const { keepBytes, keepFile } = await room("keep-blob.ts");
       begin();
       tell(keepBytes(blobs, Buffer.alloc(100_000, "a")).hash);
       tell(keepFile(blobs, process.execPath.replace(/bin.node$/, "package.json")).hash);`,
      step,
    );
    isKilled = await script.isKilled();
    for (const hash of script.lines()) expect(blobs.find(hash as BlobHash).state).toBe("given");
    for (const name of readNames(blobs.pendingPath)) expectWhole(blobs, name);
  }
  expect(step).toBeGreaterThan(6);
}, 60_000);

test("what a process took away and did not decide upon is put back by the next maker", async () => {
  const blobs = temporaryBlobs();
  const script = startMediaProcess(
    blobs,
    `const { keepBytes } = await room("keep-blob.ts");
     const { removeBlobs } = await room("remove-blobs.ts");
     const { hash } = keepBytes(blobs, Buffer.from("a picture"));
     await removeBlobs(blobs, [hash], () => { tell(hash); return new Promise(() => setInterval(() => undefined, 1_000)); });`,
  );
  await script.told(1);
  await script.kill();
  const [hash] = script.lines() as BlobHash[];
  expect(blobs.find(hash!).state).toBe("missing");
  putBackLostRemovals(blobs, Date.now());
  expect(blobs.find(hash!).state).toBe("missing");
  putBackLostRemovals(blobs, Date.now() + 61_000);
  expect(blobs.find(hash!).state).toBe("given");
});
