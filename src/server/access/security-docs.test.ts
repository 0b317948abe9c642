import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ROOT = new URL("../../../", import.meta.url);
const DOCUMENT = readFileSync(new URL("docs/security.md", ROOT), "utf8");

/** File and words of each test that the document names: `` `access/x.test.ts`: these words ``. */
const NAMED = Array.from(
  DOCUMENT.matchAll(/`([\w./-]+\.test\.ts)`(?:: ([^;|`]+?))?\s*(?=[;|])/g),
  ([, path, words]) => [path!, words ?? ""] as const,
);

test("docs/security.md names a test for each of its promises", () => {
  expect(NAMED.length).toBeGreaterThan(15);
});

test.each(NAMED)("%s has the test that docs/security.md names: %s", (path, words) => {
  const places = path.startsWith("test/")
    ? [path]
    : [`src/server/${path}`, `src/server/access/${path}`];
  const place = places.map((one) => new URL(one, ROOT)).find((one) => existsSync(one));
  expect(place, path).toBeDefined();
  expect(readFileSync(place!, "utf8")).toContain(words);
});
