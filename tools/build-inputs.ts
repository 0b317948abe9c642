/**
 * Whether `dist` is what a build of the present sources would give.
 *
 * A build leaves the fingerprint of its inputs in `.cache`; as long as the
 * inputs hash to the same, there is nothing to build. Contents are hashed, not
 * times, so that a clone or a change of branch neither hides nor invents work
 * (some 300 small files: about 20 ms).
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const INPUTS = [
  "src",
  "dashboard",
  "package-lock.json",
  "tsconfig.base.json",
  "tsconfig.build.json",
  "tools/build.ts",
  "tools/bundle-entries.ts",
];
const OUTPUTS = ["dist/cli/main.js", "dist/sdk/index.js", "dist/dashboard/index.html"];
const NOTE = ".cache/build-inputs";

/** SHA-256 over the paths and contents of all that a build reads. */
export function fingerprintInputs(root: string): string {
  const hash = createHash("sha256");
  for (const path of INPUTS.flatMap((input) => listFiles(root, input))) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** True where every output is there and was built from the present inputs. */
export function isBuilt(root: string): boolean {
  const note = join(root, NOTE);
  if (!existsSync(note) || !OUTPUTS.every((path) => existsSync(join(root, path)))) return false;
  return readFileSync(note, "utf8") === fingerprintInputs(root);
}

/** Remembers that `dist` was built from inputs of this fingerprint. */
export function noteBuild(root: string, fingerprint: string): void {
  mkdirSync(dirname(join(root, NOTE)), { recursive: true });
  writeFileSync(join(root, NOTE), fingerprint);
}

/** Forgets the former build, so that one stopped halfway is not taken for a whole one. */
export function forgetBuild(root: string): void {
  rmSync(join(root, NOTE), { force: true });
}

function listFiles(root: string, input: string): string[] {
  if (!existsSync(join(root, input))) return [];
  if (input.includes(".")) return [input];
  return readdirSync(join(root, input), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll("\\", "/"))
    .sort();
}
