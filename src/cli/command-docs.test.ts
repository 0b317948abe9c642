import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "./program.ts";
import { RecordingTerminal } from "./testing/recording-terminal.ts";

/** Every command that does something, with its whole name. */
function leafCommands(command: Command, prefix = ""): { name: string; command: Command }[] {
  const name = `${prefix}${command.name()}`;
  if (command.commands.length === 0) return [{ name, command }];
  return command.commands.flatMap((child) => leafCommands(child, `${name} `));
}

const text = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
const program = createProgram(new RecordingTerminal());

test.each(leafCommands(program))("docs/cli.md tells of $name and of each of its flags", (leaf) => {
  const usage = text.split("\n").find((line) => line.startsWith(`    ${leaf.name}`));
  expect(usage).toBeDefined();
  for (const { long } of leaf.command.options) {
    const isCommon = long === "--dir";
    expect(isCommon || usage?.includes(`${long}`), long ?? "").toBe(true);
  }
});
