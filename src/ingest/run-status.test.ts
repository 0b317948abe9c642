import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { currentWriterProcess } from "../journal/process-liveness.ts";
import { updateHead } from "../journal/run-head.ts";
import { parseProjectKey, parseRunId } from "../protocol/ids.ts";
import type { Writer } from "../protocol/run.ts";
import { runStatus } from "./run-status.ts";
import { TestFolder } from "./testing/journals.ts";

let data: TestFolder;

beforeEach(() => {
  data = new TestFolder();
});

afterEach(() => {
  data[Symbol.dispose]();
});

const NOW = 1_800_000_000_000;

function statusOf(writers: readonly Writer[], seenAt = 0, source = "none/runs/none/w.jsonl") {
  const run = {
    projectKey: parseProjectKey("none"),
    id: parseRunId("none"),
    state: "running" as const,
    updatedAt: seenAt,
    writers: writers.map((writer) => ({ ...writer, source, seenAt })),
  };
  return runStatus(run, NOW, data);
}

test("a run that said its end is what it said", () => {
  for (const state of ["finished", "failed"] as const) {
    const said = { projectKey: parseProjectKey("none"), id: parseRunId("none"), state };
    expect(runStatus({ ...said, updatedAt: 0, writers: [] }, NOW, data)).toBe(state);
  }
});

test("a run that ended is not lost in the moment before its last lines are folded", () => {
  const { projectKey, id } = data.run("vision");
  const dead = { id: "a", host: hostname(), pid: 999_999_999, source: "none", seenAt: 0 };
  const run = { projectKey, id, state: "running" as const, updatedAt: 0, writers: [dead] };
  expect(runStatus(run, NOW, data)).toBe("lost");
  updateHead(data, projectKey, id, (head) => ({ ...head, state: "failed" }));
  expect(runStatus(run, NOW, data)).toBe("failed");
});

test("on this host its process decides, however long it is silent", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  const writer = { id: "w", host: hostname(), pid: child.pid!, ...startOf(child.pid!) };
  expect(statusOf([writer])).toBe("running");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(statusOf([writer], NOW)).toBe("lost");
});

test("a pid that was given again is another process", () => {
  const mine = { id: "w", ...currentWriterProcess() };
  expect(statusOf([mine])).toBe("running");
  if (mine.pidStart === undefined) return;
  expect(statusOf([{ ...mine, pidStart: "1@other-boot" }], NOW)).toBe("lost");
});

test("on another host five minutes without a sign decide", () => {
  const writer = { id: "w", host: "elsewhere", pid: 1 };
  expect(statusOf([writer], NOW - 299_000)).toBe("running");
  expect(statusOf([writer], NOW - 301_000)).toBe("lost");
});

test("a touched journal is a sign", () => {
  const journal = data.journal(data.run("vision"));
  const source = data.sourceOf(journal.path);
  const writer = { id: "w", host: "elsewhere", pid: 1 };
  utimesSync(journal.path, (NOW - 10_000) / 1000, (NOW - 10_000) / 1000);
  expect(statusOf([writer], 0, source)).toBe("running");
});

test("one living writer of several is enough", () => {
  const dead = { id: "a", host: hostname(), pid: 999_999_999 };
  expect(statusOf([dead, { id: "b", ...currentWriterProcess() }])).toBe("running");
  expect(statusOf([dead])).toBe("lost");
  expect(statusOf([])).toBe("lost");
});

function startOf(pid: number): { pidStart?: string } {
  const mine = currentWriterProcess().pidStart;
  if (mine === undefined) return {};
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return { pidStart: `${ticks}@${mine.split("@")[1]}` };
}
