import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import { runOnSmallDisk } from "./testing/small-disk.ts";
import { temporaryBlobs } from "./testing/temporary-blobs.ts";

/** Lists all files below the blobs' folder, sorted. */
const LIST = `
  const { readdirSync } = await import("node:fs");
  const list = () => readdirSync(blobs.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => entry.name).sort();`;

const NOISE = `
  const noise = (size) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 1) bytes[at] = Math.random() * 256;
    return bytes;
  };`;

test("on a full disk keeping says so, leaves nothing half-written, and goes on when there is space", () => {
  const given = join(temporaryFolder().root, "given");
  writeFileSync(given, Buffer.alloc(2_000_000));
  const told = runOnSmallDisk(
    temporaryBlobs(),
    `${LIST} ${NOISE}
    const { keepBytes, keepRaw, keepFile } = await room("keep-blob.ts");
    const small = keepBytes(blobs, noise(1000));
    const attempt = (keep) => {
      try { keep(); tell("kept"); } catch (error) { tell({ name: error.name, code: error.code, message: error.message }); }
      tell(list().length);
    };
    attempt(() => keepBytes(blobs, noise(2_000_000)));
    attempt(() => keepRaw(blobs, { raw: "image", shape: [1000, 2000, 1], format: "png" }, [noise(2_000_000)]));
    attempt(() => keepFile(blobs, ${JSON.stringify(given)}));
    attempt(() => keepBytes(blobs, noise(500_000)));
    tell(list().includes(small.hash + ".given"));`,
  );
  const trouble = { name: "TrackioError", message: expect.stringMatching(/TRACKIO_DIR/) };
  expect(told).toMatchObject([trouble, 1, trouble, 1, trouble, 1, "kept", 2, true]);
});

test("what a maker cannot write on a full disk stays pending, and is made when there is space", () => {
  const told = runOnSmallDisk(
    temporaryBlobs(),
    `${LIST} ${NOISE}
    const { keepRaw } = await room("keep-blob.ts");
    const { BlobMaker } = await room("blob-maker.ts");
    // Noise only grows as a GIF.
    const shape = [1, 3, 1, 500, 600];
    const video = keepRaw(blobs, { raw: "video", shape, fps: 30, format: "gif" }, [noise(900_000)]);
    const news = [];
    const onNews = (told) => news.push(told.news);
    tell(await new BlobMaker(blobs, { onNews }).make(video.hash));
    tell(list());
    tell(news);
    enlarge();
    tell(await new BlobMaker(blobs).make(video.hash));
    tell(list());
    tell(video.hash);`,
  );
  const hash = told.at(-1);
  expect(told.slice(0, -1)).toEqual(["pending", [`${hash}.raw`], ["trouble"], "ready", [hash]]);
});
