import { createHash } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isBlobHash } from "../protocol/media.ts";
import type { BlobFolder } from "./blob-folder.ts";
import { readFailure } from "./failed-blob.ts";
import { keepAwaited, settleAwaited } from "./keep-awaited.ts";
import { COPY_LIMIT_BYTES, keepBytes, keepFile, keepRaw, syncKept } from "./keep-blob.ts";
import { placeFailed } from "./ready-file.ts";
import { temporaryBlobs } from "./testing/temporary-blobs.ts";

const sha256 = (...chunks: readonly Uint8Array[]) =>
  createHash("sha256").update(Buffer.concat(chunks)).digest("hex");

const text = (words: string) => new TextEncoder().encode(words);

/** A file beside the data folder's store, of this content. */
function writeGiven(blobs: BlobFolder, name: string, content: string): string {
  mkdirSync(blobs.path, { recursive: true });
  const path = join(blobs.path, "..", name);
  writeFileSync(path, content);
  return path;
}

test("bytes are kept under the hash of what was given, and once only", () => {
  const blobs = temporaryBlobs();
  const kept = keepBytes(blobs, text("a picture"));
  expect(kept).toEqual({
    hash: sha256(text("a picture")),
    sizeBytes: 9,
    path: blobs.pendingFile(kept.hash, "given"),
    isNew: true,
  });
  expect(readFileSync(kept.path, "utf8")).toBe("a picture");
  for (let again = 0; again < 1_000; again += 1) {
    expect(keepBytes(blobs, text("a picture"))).toEqual({ ...kept, isNew: false });
  }
  expect(readdirSync(blobs.pendingPath)).toHaveLength(1);
  expect(readdirSync(blobs.temporaryPath)).toEqual([]);
  expect(() => keepBytes(blobs, new Uint8Array(0))).toThrow("no bytes");
});

test("a raw file is its header as a line of JSON, then its numbers; its hash is that of all of it", () => {
  const blobs = temporaryBlobs();
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (chunks) => {
      const header = { raw: "image", shape: [1, chunks.length + 1, 1], format: "png" } as const;
      const { hash, path, sizeBytes } = keepRaw(blobs, header, chunks);
      const line = text(`${JSON.stringify(header)}\n`);
      expect(hash).toBe(sha256(line, ...chunks));
      expect(readFileSync(path)).toEqual(Buffer.concat([line, ...chunks]));
      expect(sizeBytes).toBe(statSync(path).size);
    }),
  );
});

test("a file is copied: it may change or go as soon as it is kept", () => {
  const blobs = temporaryBlobs();
  const path = writeGiven(blobs, "cat.png", "a cat");
  const kept = keepFile(blobs, path);
  appendFileSync(path, " and a dog");
  expect(kept.hash).toBe(sha256(text("a cat")));
  expect(readFileSync(kept.path, "utf8")).toBe("a cat");
  expect(keepFile(blobs, path).hash).toBe(sha256(text("a cat and a dog")));
  expect(readdirSync(blobs.temporaryPath)).toEqual([]);
});

test("the same bytes are one blob, given as bytes or as a file", () => {
  const blobs = temporaryBlobs();
  const kept = keepBytes(blobs, text("a cat"));
  const again = keepFile(blobs, writeGiven(blobs, "cat.png", "a cat"));
  expect(again).toEqual({ ...kept, isNew: false });
  expect(readdirSync(blobs.temporaryPath)).toEqual([]);
});

test("of a file above 64 MB path, size and time are kept; one of 64 MB is copied", () => {
  const blobs = temporaryBlobs();
  const path = writeGiven(blobs, "large.mp4", "");
  truncateSync(path, COPY_LIMIT_BYTES + 1);
  const kept = keepFile(blobs, path);
  expect(kept).toMatchObject({ sizeBytes: COPY_LIMIT_BYTES + 1, isNew: true });
  const descriptor = JSON.parse(readFileSync(blobs.pendingFile(kept.hash, "path"), "utf8"));
  const { size, mtimeMs } = statSync(path);
  expect(descriptor).toMatchObject({ path, size, mtimeMs });
  expect(kept.hash).toBe(sha256(readFileSync(kept.path)));
  truncateSync(path, COPY_LIMIT_BYTES);
  expect(blobs.find(keepFile(blobs, path).hash).state).toBe("given");
});

test("an empty file is refused, unless it may be empty", () => {
  const blobs = temporaryBlobs();
  const path = writeGiven(blobs, "empty", "");
  expect(() => keepFile(blobs, path)).toThrow(/This file is empty: ".*empty"; give one/);
  expect(keepFile(blobs, path, { mayBeEmpty: true })).toMatchObject({ sizeBytes: 0, isNew: true });
});

test("what has failed before is kept anew", () => {
  const blobs = temporaryBlobs();
  const { hash } = keepBytes(blobs, text("once more"));
  placeFailed(blobs, hash, "for the test");
  expect(blobs.find(hash).state).toBe("failed");
  expect(keepBytes(blobs, text("once more")).isNew).toBe(true);
  expect(blobs.find(hash).state).toBe("given");
});

test("a place is kept for what is still being rendered, and filled", () => {
  const blobs = temporaryBlobs();
  const [first, second] = [keepAwaited(blobs, "a canvas"), keepAwaited(blobs, "a canvas")];
  expect(isBlobHash(first.hash) && first.hash !== second.hash).toBe(true);
  expect(blobs.find(first.hash).state).toBe("awaited");
  settleAwaited(blobs, first.hash, text("rendered"));
  const found = blobs.find(first.hash);
  expect(found).toMatchObject({ state: "given", sizeBytes: 8 });
  settleAwaited(blobs, second.hash, { reason: "The canvas is tainted." });
  expect(readFailure(blobs, second.hash)).toBe("The canvas is tainted.");
  expect(readdirSync(blobs.pendingPath)).toEqual([`${first.hash}.given`]);
});

test("all that was kept can be brought to the disk itself, wherever it stands", () => {
  const blobs = temporaryBlobs();
  const hashes = ["a", "b", "c"].map((content) => keepBytes(blobs, text(content)).hash);
  placeFailed(blobs, hashes[1]!, "for the test");
  syncKept(blobs, [...hashes, keepAwaited(blobs, "a canvas").hash], { limitMs: 60_000 });
  expect(hashes.map((hash) => blobs.find(hash).state)).toEqual(["given", "failed", "given"]);
});

test("the disk is waited for no longer than so; the newest come first, the rest is left to makers", () => {
  const blobs = temporaryBlobs();
  const hashes = ["old", "new"].map((content) => keepBytes(blobs, text(content)).hash);
  // A folder in its place cannot be brought to the disk.
  const old = blobs.pendingFile(hashes[0]!, "given");
  rmSync(old);
  mkdirSync(old);
  expect(() => syncKept(blobs, hashes, { limitMs: 60_000 })).toThrow(/Cannot write/);
  expect(() => syncKept(blobs, hashes, { limitMs: 0 })).not.toThrow();
});
