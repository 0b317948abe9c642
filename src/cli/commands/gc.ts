import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { dirOption, jsonOption } from "./options.ts";

/** `trackio gc`. */
export function declareGc(program: Command, terminal: Terminal): void {
  program
    .command("gc")
    .description("remove pictures, videos, tables and files that nothing refers to any more")
    .option("--dry-run", "only tell what would go")
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { collectGarbage } = await import("./collect-garbage.ts");
      await collectGarbage(terminal, options);
    });
}
