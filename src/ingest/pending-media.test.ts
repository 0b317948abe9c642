import { mkdirSync, readFileSync, renameSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BlobFolder } from "../media/blob-folder.ts";
import { keepBytes, keepRaw } from "../media/keep-blob.ts";
import { recogniseMedia } from "../media/recognise.ts";
import type { BlobHash } from "../protocol/media.ts";
import { PendingMedia } from "./pending-media.ts";
import { TestFolder } from "./testing/journals.ts";

let data: TestFolder;
let blobs: BlobFolder;
let troubles: string[];
let pending: PendingMedia;

beforeEach(() => {
  data = new TestFolder();
  blobs = new BlobFolder(data);
  troubles = [];
  pending = new PendingMedia(data, (trouble) => troubles.push(trouble));
});

afterEach(async () => {
  await pending.close();
  data[Symbol.dispose]();
});

/** Waits until the blob is ready, for 20 s at most. */
async function untilReady(hash: BlobHash): Promise<string> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = blobs.find(hash);
    if (found.state === "ready") return found.path;
    if (Date.now() > deadline) throw new Error(`${found.state}: ${troubles.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function makeOld(path: string): void {
  const longAgo = Date.now() / 1000 - 10;
  utimesSync(path, longAgo, longAgo);
}

test("what a script kept and did not make is made, and what is young is left to the script", async () => {
  await pending.look();
  const header = { raw: "image", shape: [2, 2, 3], format: "png" } as const;
  const numbers = keepRaw(blobs, header, [Uint8Array.from({ length: 12 }, (_, i) => 20 * i)]);
  const given = keepBytes(blobs, Buffer.from("as it is"));
  const young = keepBytes(blobs, Buffer.from("young"));
  for (const { path } of [numbers, given]) makeOld(path);
  await pending.look();
  expect(readFileSync(await untilReady(given.hash), "utf8")).toBe("as it is");
  expect(recogniseMedia(readFileSync(await untilReady(numbers.hash)))?.type).toBe("image/png");
  expect(blobs.find(young.hash).state).toBe("given");
  expect(troubles).toEqual([]);
}, 30_000);

test("what a deletion that was killed had taken away is put back", async () => {
  const { hash, path } = keepBytes(blobs, Buffer.from("named"));
  renameSync(path, join(blobs.temporaryPath, `${hash}.given.removed`));
  await pending.look();
  expect(blobs.find(hash).state).toBe("missing");
  await pending.look(Date.now() + 61_000);
  expect(blobs.find(hash).state).not.toBe("missing");
});

test("a folder that cannot be read is told once, and stops nobody", async () => {
  mkdirSync(blobs.path, { recursive: true });
  symlinkSync(blobs.pendingPath, blobs.pendingPath);
  await pending.look();
  await pending.look();
  expect(troubles).toEqual([expect.stringContaining("ELOOP")]);
});
