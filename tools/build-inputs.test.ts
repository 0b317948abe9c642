import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fingerprintInputs, forgetBuild, isBuilt, noteBuild } from "./build-inputs.ts";

let root: string;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeEach(() => {
  root = `${mkdtempSync(join(tmpdir(), "trackio-build-"))}/`;
  write("src/sdk/index.ts", "one");
  for (const output of ["cli/main.js", "sdk/index.js", "dashboard/index.html"]) {
    write(`dist/${output}`, "built");
  }
});

afterEach(() => rmSync(root, { recursive: true }));

test("a build is taken for one only after it was noted", () => {
  expect(isBuilt(root)).toBe(false);
  noteBuild(root, fingerprintInputs(root));
  expect(isBuilt(root)).toBe(true);
  forgetBuild(root);
  expect(isBuilt(root)).toBe(false);
});

test("a changed, new or removed input asks for a build; a changed test does not", () => {
  noteBuild(root, fingerprintInputs(root));
  write("src/sdk/index.test.ts", "a test");
  expect(isBuilt(root)).toBe(true);
  write("src/sdk/index.ts", "two");
  expect(isBuilt(root)).toBe(false);
  write("src/sdk/index.ts", "one");
  expect(isBuilt(root)).toBe(true);
  write("dashboard/src/main.tsx", "new");
  expect(isBuilt(root)).toBe(false);
});

test("a missing output asks for a build", () => {
  noteBuild(root, fingerprintInputs(root));
  rmSync(join(root, "dist/dashboard"), { recursive: true });
  expect(isBuilt(root)).toBe(false);
});
