import { mkdirSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { decode } from "fast-png";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TestFolder } from "../../ingest/testing/journals.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { writeFailure } from "../../media/failed-blob.ts";
import { keepAwaited } from "../../media/keep-awaited.ts";
import { keepBytes, keepRaw } from "../../media/keep-blob.ts";
import { errorSchema } from "../../protocol/api.ts";
import type { BlobHash } from "../../protocol/media.ts";
import { type RunningServer, startServer } from "../start-server.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const NO_HASH = "ab".repeat(32) as BlobHash;

let data: TestFolder;
let blobs: BlobFolder;
let server: RunningServer;
let logged: string[];

beforeAll(async () => {
  data = new TestFolder();
  blobs = new BlobFolder(data);
  server = await startServer({ root: data.root, port: 0, log: (line) => logged.push(line) });
});

beforeEach(() => {
  logged = [];
});

afterEach(() => {
  rmSync(blobs.path, { recursive: true, force: true });
  expect(logged).toEqual([]);
});

afterAll(async () => {
  await server.close();
  data[Symbol.dispose]();
});

/** A blob that is ready, of these bytes. */
function ready(hash: string, bytes: Uint8Array | string): BlobHash {
  const path = blobs.readyFile(hash as BlobHash);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return hash as BlobHash;
}

function urlOf(hash: string): string {
  return `${server.url}/api/v1/blobs/${hash}`;
}

function get(hash: string, headers: { [name: string]: string } = {}, method = "GET") {
  return fetch(urlOf(hash), { headers, method });
}

async function errorOf(response: Response, status: number): Promise<string> {
  expect(response.status).toBe(status);
  return errorSchema.parse(await response.json()).error.message;
}

/** Looks again and again, for 10 s at most. */
async function until(look: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!look()) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${look}`);
    await delay(10);
  }
}

/** Files of the data folder's blobs that this process has open (Linux). */
function openBlobCount(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(blobs.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      throw error;
    }
  }).length;
}

describe("a blob that is ready", () => {
  test("comes as what its bytes are, to be kept for ever", async () => {
    const response = await get(ready(NO_HASH, PNG));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PNG);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/png",
      "content-length": String(PNG.length),
      "cache-control": "public, max-age=31536000, immutable",
      etag: `"${NO_HASH}"`,
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
    });
  });

  test("of no known type is bytes and nothing else", async () => {
    const response = await get(ready(NO_HASH, "alert('hello')"));
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("that the client has is not sent again", async () => {
    ready(NO_HASH, PNG);
    for (const etag of [`"${NO_HASH}"`, `W/"${NO_HASH}"`, `"x", "${NO_HASH}"`, "*"]) {
      const response = await get(NO_HASH, { "if-none-match": etag });
      expect([response.status, await response.text()]).toEqual([304, ""]);
    }
    const other = await get(NO_HASH, { "if-none-match": '"other"' });
    expect([other.status, (await other.arrayBuffer()).byteLength]).toEqual([200, PNG.length]);
  });

  test("HEAD says all of it and sends nothing", async () => {
    const response = await get(ready(NO_HASH, PNG), { range: "bytes=0-1" }, "HEAD");
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(response.headers.get("content-length")).toBe(String(PNG.length));
  });

  test("of many megabytes comes whole, in whatever ranges it is asked for", async () => {
    const bytes = Buffer.alloc(3_000_001, 0).map((_, i) => i % 251);
    ready(NO_HASH, bytes);
    const whole = Buffer.from(await (await get(NO_HASH)).arrayBuffer());
    expect(whole.equals(bytes)).toBe(true);
    const parts: Buffer[] = [];
    for (let from = 0; from < bytes.length; from += 700_000) {
      const response = await get(NO_HASH, { range: `bytes=${from}-${from + 699_999}` });
      expect(response.status).toBe(206);
      parts.push(Buffer.from(await response.arrayBuffer()));
    }
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  test("with a name it is a download, whatever the name", async () => {
    ready(NO_HASH, PNG);
    const name = encodeURIComponent('../a"b\r\nx: y/größe.png');
    const response = await fetch(`${urlOf(NO_HASH)}?name=${name}`);
    expect(response.headers.get("content-disposition")).toBe(
      "attachment; filename=\"gr__e.png\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.png",
    );
    expect(response.headers.get("x")).toBeNull();
    expect((await get(NO_HASH)).headers.get("content-disposition")).toBeNull();
  });
});

describe("ranges", () => {
  const SIZE = 1_000;

  test.each([
    ["bytes=0-99", 206, 100, "bytes 0-99/1000"],
    ["bytes=-1", 206, 1, "bytes 999-999/1000"],
    ["bytes=0-99999999999", 206, SIZE, "bytes 0-999/1000"],
    ["bytes=5-2", 200, SIZE, null],
    ["bytes=0-1,3-4", 200, SIZE, null],
    [`bytes=${Array.from({ length: 20 }, (_, i) => `${i}-`).join()}`, 200, SIZE, null],
    ["nonsense", 200, SIZE, null],
  ])("%s → %i with %i bytes", async (range, status, length, contentRange) => {
    const response = await get(ready(NO_HASH, Buffer.alloc(SIZE, "x")), { range });
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([status, length]);
    expect(response.headers.get("content-range")).toBe(contentRange);
  });

  test.each(["bytes=-0", "bytes=1000-", "bytes=99999999999-"])("%s → 416", async (range) => {
    const response = await get(ready(NO_HASH, Buffer.alloc(SIZE, "x")), { range });
    expect(response.headers.get("content-range")).toBe("bytes */1000");
    expect(await errorOf(response, 416)).toContain("1000 bytes");
  });

  test("a range is only given where the client means this very blob", async () => {
    ready(NO_HASH, Buffer.alloc(SIZE, "x"));
    const range = "bytes=0-9";
    const statusWith = async (ifRange: string) =>
      (await get(NO_HASH, { range, "if-range": ifRange })).status;
    expect(await statusWith(`"${NO_HASH}"`)).toBe(206);
    expect(await statusWith(`W/"${NO_HASH}"`)).toBe(200);
    expect(await statusWith('"other"')).toBe(200);
    expect(await statusWith(new Date().toUTCString())).toBe(200);
  });

  test("an empty blob is sent, and has no ranges", async () => {
    ready(NO_HASH, "");
    expect((await get(NO_HASH)).status).toBe(200);
    expect((await get(NO_HASH, { range: "bytes=0-" })).status).toBe(416);
  });
});

describe("a blob that is not ready", () => {
  test("but kept as it was given is sent, and not yet to be kept", async () => {
    const { hash } = keepBytes(blobs, PNG);
    const response = await get(hash);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(["no-store", "public, max-age=31536000, immutable"]).toContain(
      response.headers.get("cache-control"),
    );
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PNG);
  });

  test("but numbers is made at once, and waited for", async () => {
    const { hash } = keepRaw(blobs, { raw: "image", shape: [2, 3, 1], format: "png" }, [
      Uint8Array.of(0, 50, 100, 150, 200, 250),
    ]);
    const response = await get(hash);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("image/png");
    const { data, width, height } = decode(await response.bytes());
    expect([width, height, ...data]).toEqual([3, 2, 0, 50, 100, 150, 200, 250]);
  });

  test("and is never made is 503, with when to ask again", async () => {
    const { hash } = keepAwaited(blobs, "a canvas");
    const beganAt = performance.now();
    const response = await get(hash);
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await errorOf(response, 503)).toContain("still being rendered");
    expect(performance.now() - beganAt).toBeLessThan(8_000);
  });

  test("that failed says why", async () => {
    writeFailure(blobs, NO_HASH, "The file '/data/cat.png' was changed before it was copied.");
    const response = await get(NO_HASH);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await errorOf(response, 404)).toBe(
      "The file '/data/cat.png' was changed before it was copied.",
    );
  });

  test("that is nowhere is 404 with its name", async () => {
    expect(await errorOf(await get(NO_HASH), 404)).toContain(NO_HASH);
  });
});

describe("every byte from outside may be hostile", () => {
  test.each([
    "..%2f..%2fstore.db",
    "%2e%2e%2fstore.db",
    "..",
    "x",
    NO_HASH.toUpperCase(),
    `${NO_HASH}0`,
    `${NO_HASH}.failed`,
    `${NO_HASH}%00`,
    `${NO_HASH}%0a`,
    "%ff%fe",
    "a".repeat(10_000),
  ])("the name %j is no blob's, and never reaches the disk", async (name) => {
    const response = await get(name);
    expect(response.status).toBe(404);
    expect((await response.text()).length).toBeLessThan(300);
  });

  test("who has no token may only read: every other method is refused", async () => {
    ready(NO_HASH, PNG);
    for (const method of ["POST", "DELETE", "PATCH", "OPTIONS"]) {
      const response = await get(NO_HASH, {}, method);
      expect(await errorOf(response, 404)).toContain(method);
    }
    expect((await get(NO_HASH, {}, "PUT")).status).toBe(403);
  });

  test.each([
    ["an SVG", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ["a page", "<!doctype html><script>fetch('/api/v1/projects')</script>"],
  ])("%s has no script, no origin and nothing from elsewhere", async (_, text) => {
    const { headers } = await get(ready(NO_HASH, text));
    expect(headers.get("content-type")).toMatch(/^(image\/svg\+xml|text\/html)$/);
    const policy = headers.get("content-security-policy")!.split("; ");
    expect(policy).toContain("sandbox");
    expect(policy).toContain("default-src 'none'");
    expect(policy.filter((rule) => rule.startsWith("script-src"))).toEqual([]);
  });

  test("what can only be played needs no sandbox, and still loads nothing", async () => {
    const { headers } = await get(ready(NO_HASH, "OggS<script>alert(1)</script>"));
    expect(headers.get("content-type")).toBe("audio/ogg");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none';/);
  });

  test("a foreign host name gets no blob", async () => {
    ready(NO_HASH, PNG);
    const answer = await raw(
      `GET /api/v1/blobs/${NO_HASH} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 421 /);
    expect(answer).not.toContain("PNG");
  });
});

/** What the server answers to these bytes, until it or the answer ends. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(server.port, "127.0.0.1");
  socket.end(bytes);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe("while a blob is sent", () => {
  const LARGE = 64 * 1024 * 1024;

  /** Asks, takes the first bytes of the answer, and then nothing more. */
  async function askAndPause(): Promise<Socket> {
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`GET /api/v1/blobs/${NO_HASH} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await new Promise((resolve) => socket.once("data", resolve));
    socket.pause();
    return socket;
  }

  test.runIf(process.platform === "linux")(
    "a client that goes away in the middle leaves no file open",
    async () => {
      ready(NO_HASH, Buffer.alloc(LARGE));
      const sockets = await Promise.all(Array.from({ length: 20 }, askAndPause));
      expect(openBlobCount()).toBe(20);
      for (const socket of sockets) socket.destroy();
      await until(() => openBlobCount() === 0);
      await (await get(NO_HASH, {}, "HEAD")).text();
      await (await get(NO_HASH, { "if-none-match": "*" })).text();
      await (await get(NO_HASH, { range: `bytes=${LARGE}-` })).text();
      await (await get(NO_HASH)).arrayBuffer();
      await until(() => openBlobCount() === 0);
    },
  );

  test("clients that read slowly cost no memory", async () => {
    ready(NO_HASH, Buffer.alloc(LARGE));
    const before = process.memoryUsage();
    const sockets = await Promise.all(Array.from({ length: 20 }, askAndPause));
    await delay(200);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(40 * 1024 * 1024);
    for (const socket of sockets) socket.destroy();
  });

  test("it may be deleted: who reads it gets all of it, who comes later is told", async () => {
    ready(NO_HASH, Buffer.alloc(LARGE, "x"));
    const socket = await askAndPause();
    rmSync(blobs.readyFile(NO_HASH));
    let received = 0;
    const enough = new Promise<void>((resolve) => {
      socket.on("data", (chunk) => {
        received += chunk.length;
        if (received >= LARGE - 1024 * 1024) resolve();
      });
    });
    socket.resume();
    await enough;
    socket.destroy();
    expect((await get(NO_HASH)).status).toBe(404);
  });

  test("a file that becomes shorter ends the connection, and the next request is answered", async () => {
    ready(NO_HASH, Buffer.alloc(LARGE));
    const socket = await askAndPause();
    truncateSync(blobs.readyFile(NO_HASH), 1024);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
    socket.resume();
    await closed;
    expect(logged.splice(0).join()).toMatch(/was broken off: Blob \w+ ended at byte \d+ of/);
    expect((await get(NO_HASH)).status).toBe(200);
  });
});

test("sixty pictures at once, again and again, are all answered", async () => {
  const hashes = Array.from({ length: 60 }, (_, i) =>
    ready(i.toString(16).padStart(64, "0"), Buffer.concat([PNG, Buffer.alloc(10_000, i)])),
  );
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all(
      hashes.map(async (hash) => (await (await get(hash)).bytes()).at(-1)),
    );
    expect(answers).toEqual(hashes.map((_, i) => i));
  }
});
