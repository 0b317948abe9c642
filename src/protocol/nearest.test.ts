import { expect, test } from "vitest";
import { describeMissing, nearestName } from "./nearest.ts";

test("two swapped letters are one slip", () => {
  expect(nearestName("mnits", ["cifar", "mnist"])).toBe("mnist");
});

test("a letter more, less or other is one slip; case is none", () => {
  expect(nearestName("mnistt", ["mnist"])).toBe("mnist");
  expect(nearestName("mnst", ["mnist"])).toBe("mnist");
  expect(nearestName("MNIST", ["cifar", "mnist"])).toBe("mnist");
  expect(nearestName("train/los", ["train/acc", "train/loss"])).toBe("train/loss");
});

test("a name that is far from all is near to none", () => {
  expect(nearestName("a", ["bcd", "efgh"])).toBeUndefined();
  expect(nearestName("mnist", [])).toBeUndefined();
  expect(nearestName("imagenet", ["mnist"])).toBeUndefined();
});

test("what is missing is named, with the nearest name or the remedy", () => {
  expect(describeMissing("project", "mnits", ["mnist"], "Log a run first.")).toBe(
    "No project 'mnits'. Did you mean 'mnist'?",
  );
  expect(describeMissing("project", "x", ["mnist"], "There is 'mnist'.")).toBe(
    "No project 'x'. There is 'mnist'.",
  );
});
