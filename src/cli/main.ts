/**
 * The command line's outer edge: arguments in, exit code out. Trouble becomes
 * one sentence on standard error; 0 is done, 1 is trouble, 2 is bad usage.
 */

import { CommanderError } from "commander";
import { ERROR_OUTCOMES, TrackioError } from "../protocol/errors.ts";
import { createProgram } from "./program.ts";
import { answerPythonHabit } from "./python-habits.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** Runs one command line and sets the exit code of this process. */
export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await runCommandLine(args, openTerminal());
}

/** Runs one command line, e.g. `["list", "projects"]`, to its end; resolves to its exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const given = args.length === 0 ? ["--help"] : args;
  const habit = answerPythonHabit(given);
  if (habit !== undefined) {
    terminal.note(`${habit}\n`);
    return 2;
  }
  try {
    await createProgram(terminal).parseAsync(given, { from: "user" });
    return 0;
  } catch (error) {
    return explain(error, terminal);
  }
}

/** A fault of the program itself: its words, and how to see where it stands. */
function describeFault(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return `trackio failed: ${words} (TRACKIO_DEBUG=1 shows where).`;
}

function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof TrackioError) {
    terminal.note(`${error.message}\n`);
    return ERROR_OUTCOMES[error.code].exitCode;
  }
  if (terminal.env.TRACKIO_DEBUG) throw error;
  terminal.note(`${describeSystemError(error) ?? describeFault(error)}\n`);
  return 1;
}

/** What the file system or the network refused, in a sentence; undefined for a fault of the program itself. */
function describeSystemError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  const place = path === undefined ? "" : ` '${path}'`;
  switch (code) {
    case "EACCES":
    case "EPERM":
      return `Not allowed to use${place}; give yourself the right to, or name another place.`;
    case "ENOSPC":
      return `The disk is full${path === undefined ? "" : ` at${place}`}; make room and try again.`;
    case "EROFS":
      return `${place.trim() || "The place"} is on a read-only disk; name another place.`;
    case "ENOENT":
      return `There is no${place || " such file"}; check the path.`;
    case "EEXIST":
      return `${place.trim()} is there already and is no folder; name another place.`;
    case "EISDIR":
      return `${place.trim()} is a folder; name a file.`;
    case "ENOTDIR":
      return `A part of${place} is no folder; check the path.`;
    default:
      return undefined;
  }
}
