import { expect, test } from "vitest";
import type { Run } from "../../../src/protocol/api.ts";
import { runColumns } from "./run-columns.ts";

function durationOf(times: { createdAt: number; updatedAt: number; endedAt?: number }): unknown {
  const run: Run = {
    id: "r",
    project: "p",
    name: "r",
    number: 0,
    status: "idle",
    recordCount: 1,
    lastStep: 0,
    damagedLines: 0,
    config: {},
    summary: {},
    ...times,
  };
  const columns = runColumns([run], [], () => {
    throw new Error("no metric is asked for");
  });
  return columns.find(({ id }) => id === "duration")?.value(run);
}

test("a run lasts until its end, or its last sign", () => {
  expect(durationOf({ createdAt: 1000, updatedAt: 4250 })).toBe(3.25);
  expect(durationOf({ createdAt: 1000, updatedAt: 4250, endedAt: 6000 })).toBe(5);
});

test("no run lasts less than nothing, and a moment is no row of digits", () => {
  expect(durationOf({ createdAt: 1000.493, updatedAt: 1000 })).toBe(0);
  expect(durationOf({ createdAt: 1000, updatedAt: 1003.6 })).toBe(0);
});
