import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { resolveDataRoot } from "./data-folder.ts";

test("the data folder is dir, else TRACKIO_DIR, else the one of Trackio for Python", () => {
  const home = homedir();
  const env = { TRACKIO_DIR: "/t", HF_HOME: "/h", XDG_CACHE_HOME: "/x" };
  expect(resolveDataRoot({ dir: "here", env })).toBe(resolve("here"));
  expect(resolveDataRoot({ env })).toBe("/t");
  expect(resolveDataRoot({ env: { ...env, TRACKIO_DIR: "" } })).toBe("/h/trackio");
  expect(resolveDataRoot({ env: { HF_HOME: "~/hf" } })).toBe(join(home, "hf/trackio"));
  expect(resolveDataRoot({ env: { XDG_CACHE_HOME: "/x" } })).toBe("/x/huggingface/trackio");
  expect(resolveDataRoot({ env: {} })).toBe(join(home, ".cache/huggingface/trackio"));
});
