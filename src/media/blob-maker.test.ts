import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { currentWriterProcess } from "../journal/process-liveness.ts";
import type { BlobHash } from "../protocol/media.ts";
import { encodeRawTable } from "../tables/raw-table.ts";
import type { BlobFolder } from "./blob-folder.ts";
import { BlobMaker, type MakerNews } from "./blob-maker.ts";
import { readFailure } from "./failed-blob.ts";
import { keepAwaited } from "./keep-awaited.ts";
import { COPY_LIMIT_BYTES, keepBytes, keepChunks, keepFile, keepRaw } from "./keep-blob.ts";
import type { AwaitedDescriptor, PathDescriptor } from "./pending-descriptor.ts";
import { recogniseMedia } from "./recognise.ts";
import { temporaryBlobs } from "./testing/temporary-blobs.ts";

const text = (words: string) => new TextEncoder().encode(words);

/** Process of a number that no process has. */
const GONE = { host: hostname(), pid: 2 ** 22 + 12_345 };

function listFiles(blobs: BlobFolder): string[] {
  return [blobs.pendingPath, blobs.temporaryPath].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder) : [],
  );
}

function keepPicture(blobs: BlobFolder): BlobHash {
  const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6);
  return keepRaw(blobs, { raw: "image", shape: [1, 2, 3], format: "png" }, [pixels]).hash;
}

function keepLarge(blobs: BlobFolder): { readonly hash: BlobHash; readonly path: string } {
  mkdirSync(blobs.path, { recursive: true });
  const path = join(blobs.path, "..", "large.bin");
  writeFileSync(path, "begin");
  truncateSync(path, COPY_LIMIT_BYTES + 1);
  return { hash: keepFile(blobs, path).hash, path };
}

test("bytes are ready as they are, under the same name", async () => {
  const blobs = temporaryBlobs();
  const { hash } = keepBytes(blobs, text("as it is"));
  expect(await new BlobMaker(blobs).make(hash)).toBe("ready");
  expect(readFileSync(blobs.readyFile(hash), "utf8")).toBe("as it is");
  expect(listFiles(blobs)).toEqual([]);
  expect(await new BlobMaker(blobs).make(hash)).toBe("ready");
  expect(keepBytes(blobs, text("as it is"))).toMatchObject({ isNew: false });
});

test("a blob that nobody kept is missing", async () => {
  expect(await new BlobMaker(temporaryBlobs()).make("0".repeat(64) as BlobHash)).toBe("missing");
});

test("all that is pending is made, the oldest first, and what is young is let be", async () => {
  const blobs = temporaryBlobs();
  const hashes = ["new", "older", "oldest"].map((content, age) => {
    const { hash, path } = keepBytes(blobs, text(content));
    const time = Date.now() / 1000 - 10 * age;
    utimesSync(path, time, time);
    return hash;
  });
  const made: BlobHash[] = [];
  const onNews = (told: MakerNews) => made.push(told.hash);
  expect(await new BlobMaker(blobs, { onNews }).makePending({ olderThanMs: 5_000 })).toBe(2);
  expect(made).toEqual([hashes[2], hashes[1]]);
  expect(blobs.find(hashes[0]!).state).toBe("given");
  expect(await new BlobMaker(blobs).makePending({ olderThanMs: 0 })).toBe(1);
  expect(await new BlobMaker(temporaryBlobs()).makePending({ olderThanMs: 0 })).toBe(0);
});

test("a part of a table becomes Parquet", async () => {
  const blobs = temporaryBlobs();
  const values = Float64Array.from({ length: 1_000 }, (_, row) => row / 7);
  const { header, chunks } = encodeRawTable([{ name: "loss", data: { type: "number", values } }]);
  const { hash } = keepRaw(blobs, header, chunks);
  expect(await new BlobMaker(blobs).make(hash)).toBe("ready");
  expect(recogniseMedia(readFileSync(blobs.readyFile(hash)))?.kind).toBe("table");
  expect(listFiles(blobs)).toEqual([]);
});

test("a large file is copied as it was logged", async () => {
  const blobs = temporaryBlobs();
  const { hash, path } = keepLarge(blobs);
  expect(await new BlobMaker(blobs).make(hash)).toBe("ready");
  expect(spawnSync("cmp", [path, blobs.readyFile(hash)]).status).toBe(0);
  expect(listFiles(blobs)).toEqual([]);
});

test.for([
  ["was changed", (path: string) => appendFileSync(path, "more"), /large\.bin" was changed before/],
  ["is gone", (path: string) => rmSync(path), /large\.bin" was gone before it was copied/],
  [
    "is a folder now",
    (path: string) => {
      rmSync(path);
      mkdirSync(path);
    },
    /large\.bin" was changed before/,
  ],
] as const)(
  "of a large file that %s before it was copied, the point says so",
  async ([, change, reason]) => {
    const blobs = temporaryBlobs();
    const { hash, path } = keepLarge(blobs);
    change(path);
    const news: MakerNews[] = [];
    const maker = new BlobMaker(blobs, { onNews: (told) => news.push(told) });
    expect(await maker.make(hash)).toBe("failed");
    expect(readFailure(blobs, hash)).toMatch(reason);
    expect(news).toEqual([{ news: "failed", hash, reason: expect.stringMatching(reason) }]);
    expect(listFiles(blobs)).toEqual([]);
    expect(await maker.make(hash)).toBe("failed");
  },
);

test("a path of another machine waits a day for a maker there", async () => {
  const blobs = temporaryBlobs();
  const descriptor: PathDescriptor = { path: "/no/such", size: 1, mtimeMs: 1, host: "elsewhere" };
  const { hash, path } = keepChunks(blobs, "path", [text(JSON.stringify(descriptor))]);
  expect(await new BlobMaker(blobs).make(hash)).toBe("pending");
  const yesterday = Date.now() / 1000 - 25 * 3_600;
  utimesSync(path, yesterday, yesterday);
  expect(await new BlobMaker(blobs).make(hash)).toBe("failed");
});

test("a picture is awaited as long as its process lives", async () => {
  const blobs = temporaryBlobs();
  const living = keepAwaited(blobs, "a canvas");
  const dead: AwaitedDescriptor = { what: "a canvas", process: GONE, nonce: "1" };
  const { hash } = keepChunks(blobs, "awaited", [text(JSON.stringify(dead))]);
  expect(await new BlobMaker(blobs).makePending({ olderThanMs: 0 })).toBe(1);
  expect(blobs.find(living.hash).state).toBe("awaited");
  expect(readFailure(blobs, hash)).toMatch(/rendered a canvas ended before it was done; wait for/);
});

test.for([
  ["has no header", "no header"],
  ["is torn in its header", '{"raw":"image","shape":[1,'],
  ["is torn in its numbers", '{"raw":"image","shape":[1,2,3],"format":"png"}\n12345'],
  ["has too many numbers", '{"raw":"image","shape":[1,2,3],"format":"png"}\n1234567'],
  ["is of a shape that is none", '{"raw":"image","shape":[1,-2,3],"format":"png"}\n123456'],
  ["is of a kind that is none", '{"raw":"smell","shape":[1]}\n1'],
  ["has frames at no rate", '{"raw":"video","shape":[1,1,1,1,1],"fps":0,"format":"gif"}\n1'],
])("a raw file that %s fails, and says that it is damaged", async ([, content]) => {
  const blobs = temporaryBlobs();
  const { hash } = keepChunks(blobs, "raw", [text(content!)]);
  expect(await new BlobMaker(blobs).make(hash)).toBe("failed");
  expect(readFailure(blobs, hash)).toMatch(/the raw file is damaged/);
  expect(listFiles(blobs)).toEqual([]);
});

test("a maker that was stopped after its last rename leaves nothing to do but clearing up", async () => {
  const blobs = temporaryBlobs();
  const hash = keepPicture(blobs);
  await new BlobMaker(blobs).make(hash);
  // As if it had been killed before it removed what the picture was made from.
  expect(keepPicture(blobs)).toBe(hash);
  const { path } = keepBytes(blobs, text("other"));
  writeFileSync(blobs.pendingFile(hash, "raw"), readFileSync(path));
  writeFileSync(join(blobs.pendingPath, `${hash}.making`), JSON.stringify({ process: GONE }));
  await new BlobMaker(blobs).makePending({ olderThanMs: 0 });
  await new BlobMaker(blobs).makePending({ olderThanMs: 0 });
  expect(listFiles(blobs)).toEqual([]);
});

test("another maker's claim is respected while it lives, and taken over when it is gone", async () => {
  const blobs = temporaryBlobs();
  const hash = keepPicture(blobs);
  const claim = join(blobs.pendingPath, `${hash}.making`);
  writeFileSync(claim, JSON.stringify({ process: currentWriterProcess(), lostMakers: 0 }));
  expect(await new BlobMaker(blobs).make(hash)).toBe("pending");
  const silent = Date.now() / 1000 - 3 * 60;
  utimesSync(claim, silent, silent);
  expect(await new BlobMaker(blobs).make(hash)).toBe("ready");
  const second = keepRaw(blobs, { raw: "image", shape: [1, 1, 1], format: "png" }, [text("a")]);
  const secondClaim = join(blobs.pendingPath, `${second.hash}.making`);
  writeFileSync(secondClaim, JSON.stringify({ process: GONE, lostMakers: 3 }));
  expect(await new BlobMaker(blobs).make(second.hash)).toBe("ready");
  expect(listFiles(blobs)).toEqual([]);
});

test("what has ended many makers is given up", async () => {
  const blobs = temporaryBlobs();
  const hash = keepPicture(blobs);
  const claim = { process: GONE, lostMakers: 20 };
  writeFileSync(join(blobs.pendingPath, `${hash}.making`), JSON.stringify(claim));
  expect(await new BlobMaker(blobs).make(hash)).toBe("failed");
  expect(readFailure(blobs, hash)).toMatch(/^21 processes ended while they made this/);
});

test("two makers at once make each blob, whoever is first", async () => {
  const blobs = temporaryBlobs();
  const hashes = Array.from({ length: 30 }, (_, number) => {
    const header = { raw: "image", shape: [1, 1, 1], format: "png" } as const;
    return number % 2 === 0
      ? keepRaw(blobs, header, [Uint8Array.of(number)]).hash
      : keepBytes(blobs, Uint8Array.of(number)).hash;
  });
  const makers = [new BlobMaker(blobs), new BlobMaker(blobs), new BlobMaker(blobs)];
  const news = makers.map((maker) => maker.makePending({ olderThanMs: 0 }));
  await Promise.all(news);
  expect(hashes.every((hash) => blobs.find(hash).state === "ready")).toBe(true);
  expect(listFiles(blobs)).toEqual([]);
});

test("what is asked for does not wait for the backlog", async () => {
  const blobs = temporaryBlobs();
  const shape = [1, 400, 1, 128, 128] as const;
  const pixels = new Uint8Array(400 * 128 * 128).map((_, at) => at >> 8);
  const video = keepRaw(blobs, { raw: "video", shape, fps: 30, format: "mp4" }, [pixels]);
  const made: BlobHash[] = [];
  const begun = Promise.withResolvers<void>();
  const maker = new BlobMaker(blobs, {
    env: {},
    onNews: ({ news, hash }) => {
      begun.resolve();
      if (news === "made") made.push(hash);
    },
  });
  const backlog = maker.makePending({ olderThanMs: 0 });
  await begun.promise;
  const picture = keepPicture(blobs);
  expect(await Promise.all([maker.make(picture), maker.make(video.hash)])).toEqual([
    "ready",
    "ready",
  ]);
  await backlog;
  expect(made).toEqual([picture, video.hash]);
});

test("a maker that is to end leaves the rest pending", async () => {
  const blobs = temporaryBlobs();
  const hash = keepPicture(blobs);
  const signal = AbortSignal.abort();
  const maker = new BlobMaker(blobs);
  await expect(maker.make(hash, { signal })).rejects.toThrow(/abort/);
  await expect(maker.makePending({ olderThanMs: 0, signal })).rejects.toThrow(/abort/);
  expect(listFiles(blobs)).toEqual([`${hash}.raw`]);
});

test("the progress of long work is told", async () => {
  const blobs = temporaryBlobs();
  const shape = [1, 300, 3, 128, 128] as const;
  const pixels = new Uint8Array(300 * 3 * 128 * 128).map((_, at) => at >> 8);
  const { hash } = keepRaw(blobs, { raw: "video", shape, fps: 30, format: "mp4" }, [pixels]);
  const news: MakerNews[] = [];
  await new BlobMaker(blobs, { env: {}, onNews: (told) => news.push(told) }).make(hash);
  const progress = news.flatMap((told) => (told.news === "progress" ? [told.done] : []));
  expect(progress.length).toBeGreaterThan(0);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
});
