import { expect, test } from "vitest";
import { trackioProjectKey } from "./trackio-names.ts";

test.for([
  ["my.proj", "myproj"],
  ["  ", "default"],
  ["../x", "x"],
  ["\u00e9t\u00e9", "\u00e9t\u00e9"],
  // In two parts the accent is no letter, and so in the names of Python's files.
  ["e\u0301te\u0301", "ete"],
  ["\u0301", "default"],
] as const)("a project called %j is %j, as Python calls its file", ([name, key]) => {
  expect(trackioProjectKey(name)).toBe(key);
});

test("what is no name of a project is none", () => {
  for (const name of [undefined, null, 5, "x".repeat(513), "e\u0301".repeat(300)]) {
    expect(trackioProjectKey(name)).toBeUndefined();
  }
});
