import { statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeFolder } from "../../journal/make-folder.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { recallToken, rememberToken } from "./server-tokens.ts";

test("a token is kept for its server alone, in a file that its owner alone can read", () => {
  const folder = temporaryFolder();
  expect(recallToken(folder, "http://a")).toBeUndefined();
  rememberToken(folder, "http://a", "one");
  rememberToken(folder, "http://b", "two");
  rememberToken(folder, "http://a", "three");
  expect([recallToken(folder, "http://a"), recallToken(folder, "http://b")]).toEqual([
    "three",
    "two",
  ]);
  expect(recallToken(folder, "toString")).toBeUndefined();
  expect(statSync(folder.serverTokensFile).mode & 0o777).toBe(0o600);
});

test.each(["", "{", "[]", "null", '{"http://a":1}'])("a file that holds %j is as none", (text) => {
  const folder = temporaryFolder();
  makeFolder(folder.storePath);
  writeFileSync(folder.serverTokensFile, text, { mode: 0o644 });
  expect(recallToken(folder, "http://a")).toBeUndefined();
  rememberToken(folder, "http://a", "one");
  expect(recallToken(folder, "http://a")).toBe("one");
  expect(statSync(folder.serverTokensFile).mode & 0o777).toBe(0o600);
});
