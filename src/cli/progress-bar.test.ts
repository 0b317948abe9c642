import { expect, test } from "vitest";
import { ProgressBar } from "./progress-bar.ts";
import { RecordingTerminal } from "./testing/recording-terminal.ts";

test("short work draws nothing", () => {
  const terminal = new RecordingTerminal({ canDraw: true });
  const bar = new ProgressBar(terminal, "Folding");
  terminal.time += 299;
  bar.update(5, 10);
  bar.end();
  expect(terminal.notes).toBe("");
});

test("longer work shows how far it is, and leaves no trace", () => {
  const terminal = new RecordingTerminal({ canDraw: true });
  const bar = new ProgressBar(terminal, "Folding");
  terminal.time += 300;
  bar.update(5_000, 10_000);
  expect(terminal.notes).toBe(
    `\r\u001b[KFolding ${"█".repeat(12)}${"░".repeat(12)}  50 %  5.0 kB of 10 kB`,
  );
  bar.end();
  expect(terminal.notes.endsWith("\r\u001b[K")).toBe(true);
});

test("where standard error is no terminal nothing is drawn", () => {
  const terminal = new RecordingTerminal();
  const bar = new ProgressBar(terminal, "Folding");
  terminal.time += 5_000;
  bar.update(5, 10);
  bar.end();
  expect(terminal.notes).toBe("");
});
