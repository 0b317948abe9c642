import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { BlobHash } from "../protocol/media.ts";
import { blobBytes, type CollectOptions, collectBlobs } from "./blob-collector.ts";
import type { BlobFolder } from "./blob-folder.ts";
import { BlobMaker } from "./blob-maker.ts";
import { keepBytes, keepFile } from "./keep-blob.ts";
import { placeFailed } from "./ready-file.ts";
import { removeBlobs } from "./remove-blobs.ts";
import { temporaryBlobs } from "./testing/temporary-blobs.ts";

const HOUR_MS = 3_600_000;

const nothingNamed: CollectOptions = {
  findUnused: async (hashes) => hashes,
  now: Date.now() + 2 * HOUR_MS,
};

function keep(blobs: BlobFolder, content: string): BlobHash {
  return keepBytes(blobs, Buffer.from(content)).hash;
}

async function keepReady(blobs: BlobFolder, content: string): Promise<BlobHash> {
  const hash = keep(blobs, content);
  await new BlobMaker(blobs).make(hash);
  return hash;
}

test("what nothing names is removed in whatever state; its bytes and files are told", async () => {
  const blobs = temporaryBlobs();
  const [ready, failed] = [await keepReady(blobs, "ready"), keep(blobs, "failed")];
  placeFailed(blobs, failed, "for the test");
  const pending = keep(blobs, "pending");
  const dry = await collectBlobs(blobs, { ...nothingNamed, dryRun: true });
  expect(dry.blobCount).toBe(3);
  expect([ready, failed, pending].map((hash) => blobs.find(hash).state)).toEqual([
    "ready",
    "failed",
    "given",
  ]);
  expect(dry.files.toSorted()).toEqual(
    [
      `${ready.slice(0, 2)}/${ready}`,
      `${failed.slice(0, 2)}/${failed}.failed`,
      `pending/${pending}.given`,
    ].toSorted(),
  );
  expect(await collectBlobs(blobs, nothingNamed)).toEqual(dry);
  for (const hash of [ready, failed, pending]) expect(blobs.find(hash).state).toBe("missing");
  expect(await collectBlobs(blobs, nothingNamed)).toEqual({ blobCount: 0, bytes: 0, files: [] });
});

test("an empty file counts as one, and what is no blob's file is let be", async () => {
  const blobs = temporaryBlobs();
  mkdirSync(blobs.path, { recursive: true });
  const empty = join(blobs.path, "empty");
  writeFileSync(empty, "");
  const { hash } = keepFile(blobs, empty, { mayBeEmpty: true });
  const strange = [`${hash}.given.bak`, `${hash}.zip`].map((name) => join(blobs.pendingPath, name));
  for (const path of strange) writeFileSync(path, "of somebody");
  expect(blobBytes(blobs).perBlob).toEqual(new Map([[hash, 0]]));
  const files = [`pending/${hash}.given`];
  expect(await collectBlobs(blobs, nothingNamed)).toEqual({ blobCount: 1, bytes: 0, files });
  expect(strange.every((path) => existsSync(path))).toBe(true);
});

test("blobs that are young or named stay, whatever the mixture", async () => {
  const reasons = fc.constantFrom("young", "named", "none");
  await fc.assert(
    fc.asyncProperty(fc.array(reasons, { maxLength: 12 }), async (blobsReasons) => {
      const blobs = temporaryBlobs();
      const now = Date.now() + 2 * HOUR_MS;
      const byHash = new Map(
        blobsReasons.map((reason, number) => {
          const { hash, path } = keepBytes(blobs, Buffer.from(`${reason} ${number}`));
          if (reason === "young") utimesSync(path, now / 1000 - 3_599, now / 1000 - 3_599);
          return [hash, reason];
        }),
      );
      const report = await collectBlobs(blobs, {
        findUnused: async (hashes) => hashes.filter((hash) => byHash.get(hash) !== "named"),
        now,
      });
      for (const [hash, reason] of byHash) {
        expect(blobs.find(hash).state).toBe(reason === "none" ? "missing" : "given");
      }
      expect(report.blobCount).toBe(blobsReasons.filter((reason) => reason === "none").length);
    }),
    { numRuns: 20 },
  );
});

test("what was left while being written goes after an hour", async () => {
  const blobs = temporaryBlobs();
  mkdirSync(blobs.temporaryPath, { recursive: true });
  writeFileSync(join(blobs.temporaryPath, "123-abc"), "half");
  const young = { ...nothingNamed, now: Date.now() };
  expect(await collectBlobs(blobs, young)).toMatchObject({ bytes: 0 });
  const files = ["temporary/123-abc"];
  expect(await collectBlobs(blobs, nothingNamed)).toEqual({ blobCount: 0, bytes: 4, files });
  expect(readdirSync(blobs.temporaryPath)).toEqual([]);
});

test("a blob that comes to be named while it is taken away is put back", async () => {
  const blobs = temporaryBlobs();
  const hash = await keepReady(blobs, "a picture");
  const other = keep(blobs, "another");
  const freed = await removeBlobs(blobs, [hash, other], async (asked) => {
    expect(asked).toEqual([hash, other]);
    expect(asked.map((each) => blobs.find(each).state)).toEqual(["missing", "missing"]);
    return [other];
  });
  expect(freed).toEqual(new Map([[other, 7]]));
  expect([hash, other].map((each) => blobs.find(each).state)).toEqual(["ready", "missing"]);
  await expect(
    removeBlobs(blobs, [hash], () => Promise.reject(new Error("no answer"))),
  ).rejects.toThrow();
  expect(blobs.find(hash).state).toBe("ready");
  expect(await removeBlobs(blobs, [hash], nothingNamed.findUnused)).toEqual(new Map([[hash, 9]]));
  expect(await removeBlobs(blobs, [hash], nothingNamed.findUnused)).toEqual(new Map());
  expect(readdirSync(blobs.temporaryPath)).toEqual([]);
});

test("a line that is folded while the collector asks is seen by the journals or by the store", async () => {
  const blobs = temporaryBlobs();
  const hash = keep(blobs, "a picture");
  // Written after the store was asked, and folded before the journals are.
  let asked = 0;
  const report = await collectBlobs(blobs, {
    ...nothingNamed,
    findUnused: async (hashes) => (asked++ === 0 ? hashes : []),
  });
  expect(report.blobCount).toBe(0);
  expect(blobs.find(hash).state).toBe("given");
});

test("a script that logs the blob again while it is taken away finds it, or writes it again", async () => {
  const blobs = temporaryBlobs();
  const hash = await keepReady(blobs, "a picture");
  await removeBlobs(blobs, [hash], async (asked) => {
    // It looks once more after its line is written, as every script does.
    expect(keep(blobs, "a picture")).toBe(hash);
    return asked;
  });
  expect(blobs.find(hash).state).toBe("given");
});

test("two that remove the same blob do not take it from each other", async () => {
  const blobs = temporaryBlobs();
  const hash = keep(blobs, "a picture");
  await removeBlobs(blobs, [hash], async (asked) => {
    keep(blobs, "a picture");
    await removeBlobs(blobs, [hash], async () => []);
    return asked;
  });
  expect(blobs.find(hash).state).toBe("given");
});

test("the bytes of all blobs are told, ready and pending", async () => {
  const blobs = temporaryBlobs();
  expect(blobBytes(blobs)).toEqual({ readyBytes: 0, pendingBytes: 0, perBlob: new Map() });
  const perBlob = new Map([
    [await keepReady(blobs, "ready"), 5],
    [keep(blobs, "pending"), 7],
  ]);
  expect(blobBytes(blobs)).toEqual({ readyBytes: 5, pendingBytes: 7, perBlob });
  expect(existsSync(blobs.path)).toBe(true);
});
