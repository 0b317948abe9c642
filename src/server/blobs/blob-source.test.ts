import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestFolder } from "../../ingest/testing/journals.ts";
import { BlobFolder, type PendingKind } from "../../media/blob-folder.ts";
import { writeFailure } from "../../media/failed-blob.ts";
import type { BlobHash } from "../../protocol/media.ts";
import { BlobSource, type SoonMaker } from "./blob-source.ts";

const HASH = "0123456789abcdef".repeat(4) as BlobHash;

let data: TestFolder;
let blobs: BlobFolder;
let asked: BlobHash[];

beforeEach(() => {
  data = new TestFolder();
  blobs = new BlobFolder(data);
  mkdirSync(blobs.pendingPath, { recursive: true });
  mkdirSync(dirname(blobs.readyFile(HASH)), { recursive: true });
  asked = [];
});

afterEach(() => data[Symbol.dispose]());

/** Somebody else makes what is asked for, or nobody does. */
function makerThat(make: () => void = () => undefined): SoonMaker {
  return {
    makeSoon: async (hash) => {
      asked.push(hash);
      make();
    },
  };
}

function pending(kind: PendingKind): void {
  writeFileSync(blobs.pendingFile(HASH, kind), "{}");
}

function makeReady(): void {
  writeFileSync(blobs.readyFile(HASH), "made");
}

const never = new AbortController().signal;

test("what is still being made is asked for at once, waited for and opened", async () => {
  pending("raw");
  const source = new BlobSource(blobs, makerThat(makeReady));
  const blob = await source.open(HASH, never);
  expect([blob.sizeBytes, blob.isReady, asked]).toEqual([4, true, [HASH]]);
  await blob.close();
});

test("what others make is found, too, without a word from our own maker", async () => {
  pending("awaited");
  const source = new BlobSource(blobs, { makeSoon: () => new Promise(() => undefined) });
  const opening = source.open(HASH, never);
  renameSync(blobs.pendingFile(HASH, "awaited"), blobs.pendingFile(HASH, "given"));
  const blob = await opening;
  expect([blob.sizeBytes, blob.isReady]).toEqual([2, false]);
  await blob.close();
});

test.each([
  ["raw", /still being made/],
  ["path", /still being copied/],
  ["awaited", /still being rendered/],
] as const)("what stays %s is unavailable after a while, in a sentence", async (kind, sentence) => {
  pending(kind);
  const source = new BlobSource(blobs, makerThat(), { waitMs: 10 });
  const opening = source.open(HASH, never);
  await expect(opening).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(sentence),
  });
});

test("what fails while it is waited for says why", async () => {
  pending("raw");
  const maker = makerThat(() => {
    writeFailure(blobs, HASH, "ffmpeg refused it.");
    rmSync(blobs.pendingFile(HASH, "raw"));
  });
  await expect(new BlobSource(blobs, maker).open(HASH, never)).rejects.toMatchObject({
    code: "not_found",
    message: "ffmpeg refused it.",
  });
});

test("who goes away waits no longer", async () => {
  pending("raw");
  const leaving = new AbortController();
  const opening = new BlobSource(blobs, makerThat()).open(HASH, leaving.signal);
  leaving.abort();
  await expect(opening).rejects.toMatchObject({ name: "AbortError" });
});

test("only so many wait at once; one more is told to ask again, and has its turn later", async () => {
  pending("raw");
  const source = new BlobSource(blobs, makerThat(), { maxWaiting: 3 });
  const waiting = [1, 2, 3].map(() => source.open(HASH, never));
  // Whether the blob is there is asked of the disk first, which answers in any order.
  await expect.poll(() => asked.length).toBe(3);
  await expect(source.open(HASH, never)).rejects.toMatchObject({ code: "busy" });
  makeReady();
  for (const blob of await Promise.all(waiting)) await blob.close();
  await (await source.open(HASH, never)).close();
});
