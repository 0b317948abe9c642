/** What `npm run build` made of many files one. `npm test` has built `dist` before. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../tools/run-command.ts";

const CLI_DIR = join(ROOT, "dist", "cli");

test("a module in a bundle finds its files from where it stood", () => {
  const bundles = readdirSync(CLI_DIR).filter((name) => /^(main|chunk-.*)\.js$/.test(name));
  const texts = bundles.map((name) => readFileSync(join(CLI_DIR, name), "utf8"));
  const named = texts.flatMap((text) =>
    Array.from(text.matchAll(/new URL\("([^"]+)", import\.meta\.url\)/g), ([, path]) => path!),
  );
  expect(named).toContain("../ingest/fold-worker.js");
  expect(named.filter((path) => !existsSync(join(CLI_DIR, path)))).toEqual([]);
  expect(texts.filter((text) => / from "\.\.\//.test(text))).toEqual([]);
});
