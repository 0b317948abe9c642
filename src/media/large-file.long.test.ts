import {
  closeSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import { BlobFolder } from "./blob-folder.ts";
import { BlobMaker, type MakerNews } from "./blob-maker.ts";
import { keepFile, keepRaw } from "./keep-blob.ts";
import { MakerWorker } from "./maker-worker.ts";
import { OpenRawFile } from "./open-raw-file.ts";

const GB = 1024 ** 3;
const SIZE = 4 * GB + 12_345;

/** Mostly holes; marks at the begin, around 2^32 and at the end. */
const MARKS = [0, GB, 4 * GB - 3, SIZE - 5] as const;

function writeLarge(path: string): void {
  writeFileSync(path, "");
  truncateSync(path, SIZE);
  const fd = openSync(path, "r+");
  for (const at of MARKS) writeSync(fd, Buffer.from("mark!"), 0, 5, at);
  closeSync(fd);
}

function readMarks(path: string): string[] {
  const fd = openSync(path, "r");
  const marks = MARKS.map((at) => {
    const mark = Buffer.alloc(5);
    readSync(fd, mark, 0, 5, at);
    return mark.toString();
  });
  closeSync(fd);
  return marks;
}

test("a file of 4 GB costs the caller nothing, and is copied whole by a maker", async () => {
  const folder = temporaryFolder();
  const blobs = new BlobFolder(folder);
  const path = join(folder.root, "weights.bin");
  writeLarge(path);
  const beganAt = performance.now();
  const { hash, sizeBytes } = keepFile(blobs, path);
  expect(performance.now() - beganAt).toBeLessThan(100);
  expect(sizeBytes).toBe(SIZE);
  const news: MakerNews[] = [];
  const worker = MakerWorker.start(folder.root, { onNews: (told) => news.push(told) });
  try {
    expect(await worker.make(hash)).toBe("ready");
  } finally {
    await worker.close();
  }
  expect(statSync(blobs.readyFile(hash)).size).toBe(SIZE);
  expect(readMarks(blobs.readyFile(hash))).toEqual(["mark!", "mark!", "mark!", "mark!"]);
  const done = news.flatMap((told) => (told.news === "progress" ? [told.done] : []));
  expect(done).toEqual(done.toSorted((a, b) => a - b));
});

test("a file of 4 GB that changes while it is copied is told", async () => {
  const folder = temporaryFolder();
  const blobs = new BlobFolder(folder);
  const path = join(folder.root, "weights.bin");
  writeLarge(path);
  const { hash } = keepFile(blobs, path);
  const maker = new BlobMaker(blobs, {
    onNews: (told) => {
      if (told.news === "progress") truncateSync(path, GB);
    },
  });
  const outcome = await maker.make(hash);
  // A file system that clones is too fast to be disturbed.
  expect(["failed", "ready"]).toContain(outcome);
  if (outcome === "ready") expect(statSync(blobs.readyFile(hash)).size).toBe(SIZE);
  else expect(blobs.find(hash).state).toBe("failed");
});

test("numbers of more than 2 GB are kept whole", () => {
  const blobs = new BlobFolder(temporaryFolder());
  const shape = [1, 2_100, 1, 1_024, 1_024] as const;
  const frames = new Uint8Array(2_100 * 1_024 * 1_024);
  frames.set(Buffer.from("mark!"), frames.length - 5);
  const header = { raw: "video", shape, fps: 30, format: "mp4" } as const;
  const { path, sizeBytes } = keepRaw(blobs, header, [frames]);
  expect(statSync(path).size).toBe(sizeBytes);
  const raw = OpenRawFile.open(path);
  const end = Buffer.alloc(5);
  raw.read(end, frames.length - 5);
  raw.close();
  expect(end.toString()).toBe("mark!");
});
