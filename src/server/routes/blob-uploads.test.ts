import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import type { DataFolder } from "../../journal/data-folder.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { readFailure, writeFailure } from "../../media/failed-blob.ts";
import type { BlobHash } from "../../protocol/media.ts";
import { type Ask, type Body, writeApp } from "../testing/write-app.ts";

const BYTES = Buffer.from("what somebody logged");
const HASH = hashOf(BYTES);
const OTHER = "ab".repeat(32) as BlobHash;

let folder: DataFolder;
let blobs: BlobFolder;
let ask: Ask;

beforeEach(() => {
  folder = temporaryFolder();
  blobs = new BlobFolder(folder);
  ask = writeApp(folder);
});

function hashOf(bytes: Uint8Array): BlobHash {
  return createHash("sha256").update(bytes).digest("hex") as BlobHash;
}

function put(hash: string, state: string, body: Body) {
  return ask("PUT", `/api/v1/blobs/${hash}?state=${state}`, body);
}

function temporaryFiles(): string[] {
  return existsSync(blobs.temporaryPath) ? readdirSync(blobs.temporaryPath) : [];
}

test("bytes as they were given are ready when the answer comes", async () => {
  expect(await put(HASH, "given", BYTES)).toEqual({ status: 200, body: { size: BYTES.length } });
  expect(blobs.find(HASH)).toMatchObject({ state: "ready", sizeBytes: BYTES.length });
  expect(readFileSync(blobs.readyFile(HASH)).equals(BYTES)).toBe(true);
  expect(temporaryFiles()).toEqual([]);
});

test("numbers wait for a maker", async () => {
  expect((await put(HASH, "raw", BYTES)).status).toBe(200);
  expect(blobs.find(HASH)).toMatchObject({ state: "raw", sizeBytes: BYTES.length });
});

test.each(["given", "raw"])("%s bytes that do not have the hash leave nothing", async (state) => {
  const { status, body } = await put(OTHER, state, BYTES);
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: { code: "invalid_argument" } });
  expect(blobs.find(OTHER).state).toBe("missing");
  expect(temporaryFiles()).toEqual([]);
});

test("what was made of a blob elsewhere has its name", async () => {
  expect((await put(OTHER, "ready", BYTES)).status).toBe(200);
  expect(readFileSync(blobs.readyFile(OTHER)).equals(BYTES)).toBe(true);
});

test("one that is here already stays as it is", async () => {
  await put(HASH, "given", BYTES);
  const { status, body } = await put(HASH, "ready", Buffer.from("something else"));
  expect({ status, body }).toEqual({ status: 200, body: { size: 14 } });
  expect(readFileSync(blobs.readyFile(HASH)).equals(BYTES)).toBe(true);
});

test("why there is none is kept, until it comes after all", async () => {
  await put(HASH, "failed", JSON.stringify({ reason: "ffmpeg refused it." }));
  expect(readFailure(blobs, HASH)).toBe("ffmpeg refused it.");
  await put(HASH, "given", BYTES);
  expect([blobs.find(HASH).state, readFailure(blobs, HASH)]).toEqual(["ready", undefined]);
  const { status } = await put(OTHER, "failed", "[]");
  expect([status, blobs.find(OTHER).state]).toEqual([400, "missing"]);
});

test("a body that is cut off leaves nothing", async () => {
  const cut = new ReadableStream({
    start(controller) {
      controller.enqueue(BYTES);
      controller.error(new TypeError("cut off"));
    },
  });
  await put(OTHER, "ready", cut).catch(() => undefined);
  expect(blobs.find(OTHER).state).toBe("missing");
  expect(temporaryFiles()).toEqual([]);
});

test("which are missing is told; what failed here may come again", async () => {
  await put(HASH, "raw", BYTES);
  mkdirSync(blobs.temporaryPath, { recursive: true });
  const failed = "cd".repeat(32) as BlobHash;
  writeFailure(blobs, failed, "It was damaged.");
  const question = JSON.stringify({ hashes: [HASH, OTHER, failed] });
  expect(await ask("POST", "/api/v1/blobs/missing", question)).toEqual({
    status: 200,
    body: { missing: [OTHER, failed] },
  });
});

test.each(["path", "awaited", "making", "", "../x"])("the state %j is refused", async (state) => {
  expect((await put(HASH, encodeURIComponent(state), BYTES)).status).toBe(400);
  expect(existsSync(blobs.path)).toBe(false);
});

test.each(["..%2f..%2fx", "AB".repeat(32), "ab".repeat(31), `${"ab".repeat(32)}.failed`])(
  "the name %j is refused, and nothing is written",
  async (hash) => {
    expect((await put(hash, "ready", BYTES)).status).toBe(400);
    const question = JSON.stringify({ hashes: [hash] });
    expect((await ask("POST", "/api/v1/blobs/missing", question)).status).toBe(400);
    expect(existsSync(blobs.path)).toBe(false);
  },
);

test("who has not the write token sends nothing", async () => {
  const refused = { status: 403, body: { error: { code: "forbidden" } } };
  const path = `/api/v1/blobs/${HASH}?state=given`;
  expect(await ask("PUT", path, BYTES, {})).toMatchObject(refused);
  const question = JSON.stringify({ hashes: [HASH] });
  expect(await ask("POST", "/api/v1/blobs/missing", question, {})).toMatchObject(refused);
  expect(existsSync(blobs.path)).toBe(false);
});
