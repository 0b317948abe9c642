import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { currentWriterProcess, isWriterAlive, SILENCE_LIMIT_MS } from "./process-liveness.ts";

const LONG_AGO = 0;
const NOW = 10 * SILENCE_LIMIT_MS;

test("on the same host pid and start time decide: this process lives, however silent", () => {
  expect(isWriterAlive(currentWriterProcess(), LONG_AGO, NOW)).toBe(true);
});

test("a pid that was given again is another process", () => {
  const writer = { ...currentWriterProcess(), pidStart: "1@another boot" };
  expect(isWriterAlive(writer, NOW, NOW)).toBe(false);
});

test("a process that is gone is gone at once", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  const { host } = currentWriterProcess();
  expect(isWriterAlive({ host, pid: child.pid as number }, NOW, NOW)).toBe(false);
  expect(isWriterAlive({ host, pid: -1 }, NOW, NOW)).toBe(false);
});

test("on another host a sign within 5 minutes decides", () => {
  const writer = { ...currentWriterProcess(), host: "elsewhere" };
  expect(isWriterAlive(writer, NOW - SILENCE_LIMIT_MS, NOW)).toBe(true);
  expect(isWriterAlive(writer, NOW - SILENCE_LIMIT_MS - 1, NOW)).toBe(false);
});

test("a container has the host's name but pids of its own: there, too, a sign decides", () => {
  const { host, pidStart } = currentWriterProcess();
  if (pidStart === undefined) return;
  const writer = { host, pid: 2 ** 22 + 1, pidStart: pidStart.replace(/\d+$/, "4026532178") };
  expect(isWriterAlive(writer, NOW - SILENCE_LIMIT_MS, NOW)).toBe(true);
  expect(isWriterAlive(writer, NOW - SILENCE_LIMIT_MS - 1, NOW)).toBe(false);
  expect(isWriterAlive({ ...writer, pidStart }, NOW, NOW)).toBe(false);
});

test("where the start time cannot be told, a living pid needs a sign too", () => {
  const { host, pid } = currentWriterProcess();
  expect(isWriterAlive({ host, pid }, NOW, NOW)).toBe(true);
  expect(isWriterAlive({ host, pid }, LONG_AGO, NOW)).toBe(false);
});
