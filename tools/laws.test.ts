import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Lower case, without marks of code. */
const plain = (text: string) => text.toLowerCase().replaceAll("`", "");

test("every law of docs/architecture.md has a test that says the same words", () => {
  const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const laws = [...page.matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] as string).slice(0, 10);
  expect(laws).toHaveLength(10);
  const files = globSync("{src,test,dashboard/src}/**/*.test.ts", { cwd: root });
  const names = files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return [...text.matchAll(/\btest\(\s*["'`](.+)/g)].map((match) => plain(match[1] as string));
  });
  for (const law of laws) {
    const words = plain(law).split(/[,:;]/)[0] as string;
    expect(
      names.some((name) => name.includes(words)),
      `no test says "${words}"`,
    ).toBe(true);
  }
});
