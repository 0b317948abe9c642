import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

test("the README's first example is examples/digits.ts, which the demo runs", () => {
  const [, example] = /```ts\n([\s\S]*?)\n```/.exec(read("README.md")) ?? [];
  expect(example).toBe(read("examples/digits.ts").trimEnd());
});
