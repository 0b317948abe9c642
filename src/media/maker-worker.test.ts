import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { BlobHash } from "../protocol/media.ts";
import type { BlobFolder } from "./blob-folder.ts";
import type { MakerNews } from "./blob-maker.ts";
import { readFailure } from "./failed-blob.ts";
import { keepBytes, keepChunks, keepRaw } from "./keep-blob.ts";
import { MakerWorker, type MakerWorkerOptions } from "./maker-worker.ts";
import { temporaryBlobs } from "./testing/temporary-blobs.ts";

const rootOf = (blobs: BlobFolder) => dirname(dirname(blobs.path));

function startWorker(blobs: BlobFolder, options: MakerWorkerOptions = {}): MakerWorker {
  const worker = MakerWorker.start(rootOf(blobs), options);
  onTestFinished(() => worker.close());
  return worker;
}

function keepVideo(blobs: BlobFolder, frames: number): BlobHash {
  const pixels = new Uint8Array(frames * 128 * 128).map((_, at) => at >> 7);
  const header = { raw: "video", shape: [1, frames, 1, 128, 128], fps: 30, format: "mp4" } as const;
  return keepRaw(blobs, header, [pixels]).hash;
}

test("what it is asked for is made in its thread, and told", async () => {
  const blobs = temporaryBlobs();
  const news: MakerNews[] = [];
  const worker = startWorker(blobs, { onNews: (told) => news.push(told) });
  const [video, damaged] = [keepVideo(blobs, 5), keepChunks(blobs, "raw", [Buffer.from("none")])];
  expect(await worker.make(video)).toBe("ready");
  expect(await worker.make(damaged.hash)).toBe("failed");
  expect(await worker.make("0".repeat(64) as BlobHash)).toBe("missing");
  const reason = readFailure(blobs, damaged.hash);
  expect(news).toEqual([
    { news: "made", hash: video },
    { news: "failed", hash: damaged.hash, reason },
  ]);
});

test("it looks for what is pending by itself", async () => {
  const blobs = temporaryBlobs();
  startWorker(blobs, { lookEveryMs: 20 });
  const { hash } = keepBytes(blobs, Buffer.from("a picture"));
  await expect.poll(() => blobs.find(hash).state).toBe("ready");
});

test("closing ends it in the middle of a video, and leaves that to another one", async () => {
  const blobs = temporaryBlobs();
  const hash = keepVideo(blobs, 3_000);
  const news: MakerNews[] = [];
  const worker = startWorker(blobs, { onNews: (told) => news.push(told) });
  const made = worker.make(hash);
  await expect.poll(() => news.some((told) => told.news === "progress")).toBe(true);
  await worker.close();
  expect(await made).toBe("pending");
  expect(blobs.find(hash).state).toBe("raw");
  expect(readdirSync(blobs.pendingPath)).toEqual([`${hash}.raw`]);
  expect(readdirSync(blobs.temporaryPath)).toEqual([]);
  expect(await worker.make(hash)).toBe("pending");
});

test("it keeps no process alive, prints nothing and throws nothing into it", () => {
  const blobs = temporaryBlobs();
  keepVideo(blobs, 3_000);
  const source = new URL("./maker-worker.ts", import.meta.url).href;
  const script = `
    import { MakerWorker } from ${JSON.stringify(source)};
    MakerWorker.start(${JSON.stringify(rootOf(blobs))}, { lookEveryMs: 1 });
    setTimeout(() => process.stdout.write("over"), 300);`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--no-warnings", "--input-type=module", "--eval", script],
    { encoding: "utf8", timeout: 20_000 },
  );
  expect({ stdout, stderr, status }).toEqual({ stdout: "over", stderr: "", status: 0 });
});

test("where nothing can be read it is quiet, and goes on when it can", async () => {
  const blobs = temporaryBlobs();
  mkdirSync(dirname(blobs.path), { recursive: true });
  writeFileSync(blobs.path, "a file where the folder should be");
  startWorker(blobs, { lookEveryMs: 10 });
  rmSync(blobs.path);
  const { hash } = keepBytes(blobs, Buffer.from("a picture"));
  await expect.poll(() => blobs.find(hash).state).toBe("ready");
  expect(existsSync(blobs.readyFile(hash))).toBe(true);
});
