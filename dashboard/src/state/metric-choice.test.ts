import { expect, test } from "vitest";
import {
  chooseKeys,
  closestKeys,
  metricsPattern,
  readMetrics,
  searchOfAddress,
} from "./metric-choice.ts";

test("a list of names is one; any odd sign makes it a regular expression", () => {
  expect(readMetrics("")).toBeUndefined();
  expect(readMetrics("loss,text")).toEqual({ names: ["loss", "text"] });
  expect(readMetrics("train/loss, val-acc.1")).toEqual({ names: ["train/loss", "val-acc.1"] });
  expect(readMetrics("loss|acc")).toEqual({ pattern: "loss|acc" });
  expect(metricsPattern(readMetrics("a.b,c"))).toBe("^a\\.b$|^c$");
});

test("a name is met by its key, else by the one key that can be meant", () => {
  const keys = ["train/loss", "val/loss", "Acc", "texts", "loss_scale"];
  expect(chooseKeys(["acc", "text"], keys)).toEqual({ keys: ["Acc", "texts"], missing: [] });
  expect(chooseKeys(["texts", "loss", "none"], keys)).toEqual({
    keys: ["texts", "loss_scale"],
    missing: ["none"],
  });
  expect(chooseKeys(["loss"], ["train/loss", "b"])).toEqual({ keys: ["train/loss"], missing: [] });
  expect(chooseKeys(["loss"], ["train/loss", "val/loss"])).toEqual({ keys: [], missing: ["loss"] });
});

test("what nothing matches has a nearest", () => {
  expect(closestKeys("los", ["train/loss", "val/loss", "acc"])).toEqual(["train/loss", "val/loss"]);
  expect(closestKeys("zebra", ["loss"])).toEqual([]);
});

test("a regular expression of an address that is none is a part of the name", () => {
  expect(searchOfAddress("LOSS").matches("train/loss")).toBe(true);
  const search = searchOfAddress("loss(");
  expect(search.matches("my Loss(1)")).toBe(true);
  expect(search.matches("loss")).toBe(false);
  expect(search.problem).toBeDefined();
});
