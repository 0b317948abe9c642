import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { TrackioError } from "../protocol/errors.ts";
import { isBlobHash } from "../protocol/media.ts";
import type { BlobFolder } from "./blob-folder.ts";
import { keepFile } from "./keep-blob.ts";
import { temporaryBlobs } from "./testing/temporary-blobs.ts";

/** What is said about the path; nothing of it may be left. */
function refusalOf(blobs: BlobFolder, path: string): string {
  try {
    keepFile(blobs, path);
  } catch (error) {
    expect(error).toBeInstanceOf(TrackioError);
    for (const folder of [blobs.pendingPath, blobs.temporaryPath]) {
      expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
    }
    return (error as TrackioError).message;
  }
  throw new Error(`${path} was kept.`);
}

test.for([
  ["that is not there", "no/such/file.png", /^There is no file ".*file\.png"; check the path/],
  ["below a file", "file.txt/inner.png", /^There is no file/],
  ["of 300 characters", "x".repeat(300), /^No file system has a path as long as this one.*shorten/],
  ["of 5,000 characters", `${"y/".repeat(2_500)}z`, /^No file system has a path as long as this/],
  ["with a NUL", "a\0b.png", /^No path may hold a NUL character, as this one does: "a\\u0000b/],
  ["that leads out of the folder", "../../x", /^There is no file ".*x"/],
  ["of a folder", ".", /^This is a folder: ".*"; give the path of a file in it/],
  ["without a letter", "", /^This is no path of a file: ""/],
  ["with a line break", "a\nb", /^There is no file ".*a\\nb"/],
] as const)("a path %s gets a clear sentence", ([, path, sentence]) => {
  const blobs = temporaryBlobs();
  mkdirSync(dirname(blobs.path), { recursive: true });
  writeFileSync(join(dirname(blobs.path), "file.txt"), "text");
  const isWhole = path === "" || path.includes("\0");
  const message = refusalOf(blobs, isWhole ? path : join(dirname(blobs.path), path));
  expect(message).toMatch(sentence);
  expect(message.length).toBeLessThan(400);
});

test("a pipe is no file, and nobody waits for it", () => {
  const blobs = temporaryBlobs();
  mkdirSync(dirname(blobs.path), { recursive: true });
  const pipe = join(dirname(blobs.path), "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(refusalOf(blobs, pipe)).toMatch(/^This is no regular file: ".*pipe"; give the bytes/);
});

test("a file that may not be read is told", () => {
  const blobs = temporaryBlobs();
  mkdirSync(dirname(blobs.path), { recursive: true });
  const path = join(dirname(blobs.path), "secret.png");
  writeFileSync(path, "secret");
  chmodSync(path, 0o000);
  // The system refuses nothing to root: a process of its own gives that up.
  const script = `
    import { examineFile } from ${JSON.stringify(new URL("./given-file.ts", import.meta.url).href)};
    if (process.getuid?.() === 0) process.seteuid(65_534);
    try { examineFile(${JSON.stringify(path)}); } catch (error) { console.log(error.message); }`;
  chmodSync(dirname(dirname(dirname(blobs.path))), 0o755);
  const { stdout } = spawnSync(
    process.execPath,
    ["--no-warnings", "--input-type=module", "--eval", script],
    { encoding: "utf8" },
  );
  expect(stdout).toMatch(/^This file may not be read: ".*secret\.png"; give this process read/);
});

test("no hash from outside leads out of the folder", () => {
  const names = ["../../x", "a".repeat(63), "A".repeat(64), `${"a".repeat(64)}\n`, "\0".repeat(64)];
  for (const name of names) expect(isBlobHash(name), name).toBe(false);
});
