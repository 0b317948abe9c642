/** Flags that several commands have, declared once so that they read and mean the same everywhere. */

import { type Command, InvalidArgumentError, Option } from "commander";

/** What a command is given that reads one project. */
export interface ProjectOptions {
  readonly dir?: string;
  readonly json?: boolean;
  /** May be left out where there is only one. */
  readonly project?: string;
}

/** What a command is given that reads one run. */
export interface RunOptions extends ProjectOptions {
  /** Name or id. */
  readonly run: string;
}

export function dirOption(): Option {
  return new Option(
    "--dir <dir>",
    "data folder (else TRACKIO_DIR, else $HF_HOME/trackio, else ~/.cache/huggingface/trackio)",
  );
}

export function jsonOption(): Option {
  return new Option("--json", "print JSON, for programs");
}

/** Adds `--project`, which may be left out where there is only one. */
export function projectOption(): Option {
  return new Option("--project <name>", "project; may be left out where there is only one");
}

export function runOption(): Option {
  return new Option("--run <name>", "run: its name (the newest of that name) or its id");
}

/** Adds a required option, which commander asks for in a sentence. */
export function addRequired(command: Command, option: Option): Command {
  return command.addOption(option.makeOptionMandatory());
}

/** A parser for an option that takes a number. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) {
    throw new InvalidArgumentError("Give a number.");
  }
  return value;
}

/** A parser for an option that takes a point in time; epoch milliseconds. */
export function parseTime(text: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) {
    throw new InvalidArgumentError("Give a time such as 2026-11-23T10:00:00.");
  }
  return value;
}
