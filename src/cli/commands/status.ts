import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { dirOption, jsonOption } from "./options.ts";

/** `trackio status`. */
export function declareStatus(program: Command, terminal: Terminal): void {
  program
    .command("status")
    .description("tell where the data is, how large it is, and what of it belongs to which project")
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { printStatus } = await import("./print-status.ts");
      await printStatus(terminal, options);
    });
}
