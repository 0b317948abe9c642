/** Documents rot where they name what is gone. Here every path that they name is looked for. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./run-command.ts";

/** First parts of a path that make a word in backticks a path of this repository. */
const TOP_FOLDERS = [
  "src",
  "dashboard",
  "bench",
  "docs",
  "examples",
  "test",
  "tools",
  "bin",
  "interop",
  ".ci",
];

const documents = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
].filter((name) => name.endsWith(".md"));

test.each(documents)("%s names no path that is gone", (document) => {
  const text = readFileSync(join(ROOT, document), "utf8");
  const missing = [...namedPaths(text), ...linkedPaths(text, document)].filter(
    (path) => !existsSync(join(ROOT, path)),
  );
  expect(missing).toEqual([]);
});

/** Paths in backticks from the repository's root: `src/store/store.ts`, `test/laws/`. Patterns are left out. */
function namedPaths(text: string): string[] {
  return Array.from(text.matchAll(/`([\w.-]+\/[\w./-]*)`/g), (match) => match[1] ?? "").filter(
    (path) => TOP_FOLDERS.includes(path.split("/")[0] ?? ""),
  );
}

/** Targets of links to files, from the document's own folder. */
function linkedPaths(text: string, document: string): string[] {
  return Array.from(text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g), (match) => match[1] ?? "")
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => join(dirname(document), target));
}
