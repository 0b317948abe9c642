/**
 * The commands and their flags. Names and flags are those of Trackio for
 * Python where it has the command. What a command needs to run is loaded when
 * it runs, so that `--help` and the quick commands stay quick.
 */

import { Command } from "commander";
import { declareDelete } from "./commands/delete.ts";
import { declareExport } from "./commands/export.ts";
import { declareGc } from "./commands/gc.ts";
import { declareGet } from "./commands/get.ts";
import { declareImport } from "./commands/import.ts";
import { declareList } from "./commands/list.ts";
import { declareShow } from "./commands/show.ts";
import { declareStatus } from "./commands/status.ts";
import { declareSync } from "./commands/sync.ts";
import type { Terminal } from "./terminal.ts";
import { readVersion } from "./version.ts";

/** The command `trackio`. Throws commander's own error instead of ending the process. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command("trackio")
    .description("Experiment tracking, local first.")
    .version(`trackio ${readVersion()}`, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .showHelpAfterError("Add --help to see the command's flags.")
    .exitOverride()
    .configureOutput({
      // A help text fits any buffer: nothing to wait for.
      writeOut: (text) => void terminal.print(text),
      writeErr: (text) => terminal.note(text),
      outputError: (text, write) => write(text.replace(/^error: (.)/, (_, c) => c.toUpperCase())),
      getOutHelpWidth: () => terminal.width ?? 80,
    });
  declareShow(program, terminal);
  declareList(program, terminal);
  declareGet(program, terminal);
  declareExport(program, terminal);
  declareImport(program, terminal);
  declareDelete(program, terminal);
  declareGc(program, terminal);
  declareStatus(program, terminal);
  declareSync(program, terminal);
  return program;
}
