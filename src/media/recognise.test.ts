import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import { recogniseMedia } from "./recognise.ts";
import { FFMPEG } from "./testing/real-ffmpeg.ts";

const picture = () => sharp({ create: { width: 5, height: 3, channels: 3, background: "red" } });

test.for(["png", "jpeg", "webp", "gif", "avif"] as const)("%s by its bytes", async (format) => {
  const bytes = await picture().toFormat(format).toBuffer();
  expect(recogniseMedia(bytes)).toEqual({ kind: "image", type: `image/${format}` });
});

test.for([
  ["mp4", "video/mp4"],
  ["mov", "video/quicktime"],
  ["webm", "video/webm"],
  ["mkv", "video/x-matroska"],
  ["avi", "video/x-msvideo"],
  ["gif", "image/gif"],
] as const)("a video as .%s is %s", ([extension, type]) => {
  const path = join(temporaryFolder().root, `video.${extension}`);
  runFfmpeg("color=size=16x16:duration=0.2", path);
  expect(recogniseMedia(readFileSync(path))?.type).toBe(type);
});

test.for([
  ["wav", "audio/wav"],
  ["mp3", "audio/mpeg"],
  ["flac", "audio/flac"],
  ["ogg", "audio/ogg"],
  ["m4a", "audio/mp4"],
] as const)("a sound as .%s is %s", ([extension, type]) => {
  const path = join(temporaryFolder().root, `sound.${extension}`);
  runFfmpeg("sine=duration=0.2", path);
  expect(recogniseMedia(readFileSync(path))).toEqual({ kind: "audio", type });
});

test("an MP3 without a tag is recognised by its first frame", () => {
  const path = join(temporaryFolder().root, "sound.mp3");
  runFfmpeg("sine=duration=0.2", path, "-id3v2_version", "0", "-write_xing", "0");
  expect(recogniseMedia(readFileSync(path))?.type).toBe("audio/mpeg");
});

const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';

test.for([
  ["alone", svg],
  ["after a mark of byte order and a prolog", `\uFEFF<?xml version="1.0"?>\n${svg}`],
  ["after comments", `<!-- made by <svg> -->\n<!---->\n ${svg}`],
  [
    "after a doctype with entities",
    `<?xml version='1.0'?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd" [\n<!ENTITY a "b">\n]>${svg}`,
  ],
  ["with a prefix", '<svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>'],
])("SVG %s", ([, text]) => {
  expect(recogniseMedia(Buffer.from(text!))).toEqual({ kind: "image", type: "image/svg+xml" });
});

test.for([
  ["<!doctype html><svg>", "text/html"],
  ["<!-- a --><html lang='en'>", "text/html"],
  ["%PDF-1.7", "application/pdf"],
  ["PAR1…", "application/vnd.apache.parquet"],
])("%s is %s", ([text, type]) => {
  expect(recogniseMedia(Buffer.from(text!))?.type).toBe(type);
});

test.for([
  "",
  "BM",
  "hello",
  "<p>text",
  "{}",
  "<xml>",
  "\xff",
  "RIFF",
  "BMW is no bitmap, whatever it is",
])("%j is nothing that is known", (text) => {
  expect(recogniseMedia(Buffer.from(text, "latin1"))).toBeUndefined();
});

test("any bytes get an answer, and soon", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
      recogniseMedia(bytes);
    }),
  );
  const beganAt = performance.now();
  recogniseMedia(Buffer.from("<!--".repeat(5_000)));
  recogniseMedia(Buffer.from(`<!DOCTYPE ${"[".repeat(5_000)}`));
  expect(performance.now() - beganAt).toBeLessThan(200);
});

function runFfmpeg(source: string, path: string, ...options: readonly string[]): void {
  const made = spawnSync(FFMPEG, ["-f", "lavfi", "-i", source, ...options, path]);
  expect(made.status, made.stderr.toString()).toBe(0);
}
