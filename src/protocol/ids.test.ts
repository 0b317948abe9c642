import { expect, test } from "vitest";
import { checkName, createRunId, parseProjectKey, parseRunId } from "./ids.ts";

test("a project's key keeps letters, digits, - and _, as Trackio for Python does", () => {
  expect(parseProjectKey("my.proj")).toBe("myproj");
  expect(parseProjectKey("My proj_1-a")).toBe("Myproj_1-a");
  expect(parseProjectKey("日本語 ラン")).toBe("日本語ラン");
  expect(parseProjectKey("../../etc")).toBe("etc");
  expect(parseProjectKey("!!!")).toBe("default");
});

test("a name that is no name is refused with value, place and remedy", () => {
  for (const name of ["", "  ", undefined, 5, null]) {
    expect(() => parseProjectKey(name)).toThrow(/^project is .*; give it a name/);
  }
  expect(() => checkName("x".repeat(513), "name")).toThrow(
    "name has 513 characters; the longest that is kept has 512.",
  );
});

test("run ids are random, 32 hexadecimal digits; a person's own may be any printable text", () => {
  expect(createRunId()).toMatch(/^[0-9a-f]{32}$/);
  expect(createRunId()).not.toBe(createRunId());
  expect(parseRunId("baseline/7 é")).toBe("baseline/7 é");
  expect(() => parseRunId("a\nb")).toThrow(
    'id is "a\\nb"; a run id has 1 to 128 printable characters.',
  );
  expect(() => parseRunId("")).toThrow("run id");
});
