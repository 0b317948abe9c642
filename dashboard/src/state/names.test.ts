import { expect, test } from "vitest";
import { searchNames } from "./name-search.ts";
import { groupMetrics, splitMetric } from "./sections.ts";

test("a search is a regular expression, upper and lower case being one", () => {
  const search = searchNames("^train/(loss|ACC)");
  expect(["train/loss", "train/accuracy", "eval/loss"].filter(search.matches)).toEqual([
    "train/loss",
    "train/accuracy",
  ]);
  expect(searchNames("  ").matches("anything")).toBe(true);
});

test("a bad expression is told in a sentence, and what was found last stays", () => {
  const good = searchNames("adam");
  const bad = searchNames("adam(w", good);
  expect(bad.problem).toMatch(/^This is not a regular expression: .+\. Correct it/);
  expect(bad.matches("adam-3")).toBe(true);
  expect(bad.matches("sgd")).toBe(false);
  expect(searchNames("adam(w").matches("sgd")).toBe(true);
});

test("metrics stand in sections by the part before the first slash", () => {
  expect(groupMetrics(["train/loss", "lr", "eval/a/b", "train/acc", "/odd", "odd/"])).toEqual([
    { name: "charts", keys: ["lr", "/odd", "odd/"] },
    { name: "train", keys: ["train/loss", "train/acc"] },
    { name: "eval", keys: ["eval/a/b"] },
  ]);
  expect(splitMetric("eval/a/b")).toEqual({ prefix: "eval", leaf: "a/b" });
});
