import { expect, test } from "vitest";
import type { Run } from "../../../src/protocol/api.ts";
import { runHints } from "./run-hint.ts";

function run(id: string, config: Record<string, unknown>): Run {
  const rest = { createdAt: 0, updatedAt: 0, recordCount: 0, damagedLines: 0, summary: {} };
  return { id, name: id, number: 0, project: "p", status: "finished", config, ...rest };
}

test("a run is told from the others by the settings in which they differ", () => {
  const hints = runHints([
    run("a", { optimizer: "adam", lr: 0.1 + 0.2, epochs: 5, ema: true, seed: 1 }),
    run("b", { optimizer: "sgd", lr: 0.01, epochs: 5, ema: true, seed: 2 }),
    run("c", { optimizer: "sgd", lr: 0.01, epochs: 5, ema: true, seed: 3 }),
  ]);
  expect([...hints.values()]).toEqual(["adam, lr 0.3", "sgd, lr 0.01", "sgd, lr 0.01"]);
});

test("runs that are alike, or one alone, need no words; lists and objects give none", () => {
  expect(runHints([run("a", { lr: 1 })]).get("a")).toBe("");
  const hints = runHints([run("a", { sizes: [1] }), run("b", { sizes: [2], warmup: false })]);
  expect([...hints.values()]).toEqual(["no warmup", "no warmup"]);
});

test("what a Trackio client writes beside the settings tells nothing", () => {
  const hints = runHints([
    run("a", { _Created: "2026-11-23T08:00:00+00:00", lr: 1 }),
    run("b", { _Created: "2026-11-23T09:00:00+00:00", lr: 2 }),
  ]);
  expect([...hints.values()]).toEqual(["lr 1", "lr 2"]);
});
