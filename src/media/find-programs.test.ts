import { chmodSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import { findFfmpeg } from "./find-ffmpeg.ts";
import { findSharp, loadSharp } from "./find-sharp.ts";

test("the first ffmpeg on PATH that can be run is found", () => {
  const { root } = temporaryFolder();
  const [folder, text, program] = ["folder", "text", "program"].map((name) => join(root, name));
  mkdirSync(join(folder!, "ffmpeg"), { recursive: true });
  for (const [place, mode] of [
    [text!, 0o644],
    [program!, 0o755],
  ] as const) {
    mkdirSync(place);
    writeFileSync(join(place, "ffmpeg"), "");
    chmodSync(join(place, "ffmpeg"), mode);
  }
  const path = [join(root, "gone"), "", folder, text, program].join(delimiter);
  expect(findFfmpeg({ PATH: path })).toBe(join(program!, "ffmpeg"));
  expect(findFfmpeg({ PATH: text! })).toBeUndefined();
  expect(findFfmpeg({ PATH: "" })).toBeUndefined();
  expect(findFfmpeg({})).toBeUndefined();
});

test("sharp is found as the script sees it", () => {
  const { root } = temporaryFolder();
  const script = join(root, "project", "train.mjs");
  const sharp = join(root, "project", "node_modules", "sharp");
  mkdirSync(sharp, { recursive: true });
  writeFileSync(join(sharp, "index.js"), "module.exports = 'the project’s own';");
  expect(findSharp(script)).toBe(join(sharp, "index.js"));
  expect(loadSharp(join(sharp, "index.js"))).toBe("the project’s own");
  const ours = createRequire(import.meta.url).resolve("sharp");
  expect(findSharp(join(root, "elsewhere.mjs"))).toBe(ours);
});

test("sharp is found where the working folder is gone", () => {
  const { root } = temporaryFolder();
  const gone = join(root, "gone");
  mkdirSync(gone);
  const former = process.cwd();
  onTestFinished(() => process.chdir(former));
  process.chdir(gone);
  rmdirSync(gone);
  const ours = createRequire(import.meta.url).resolve("sharp");
  expect(findSharp(join(root, "train.mjs"))).toBe(ours);
});
