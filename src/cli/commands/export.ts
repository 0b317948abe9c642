import { type Command, Option } from "commander";
import type { Terminal } from "../terminal.ts";
import { dirOption, projectOption } from "./options.ts";

/** `trackio export`. */
export function declareExport(program: Command, terminal: Terminal): void {
  program
    .command("export")
    .description("write every row of a project's runs as CSV or JSON Lines, as it was logged")
    .addOption(projectOption())
    .option(
      "--run <name>",
      "only this run, by name or id; may be given several times",
      (name: string, former: readonly string[] = []) => [...former, name],
    )
    .addOption(
      new Option(
        "--format <format>",
        "csv or jsonl; else what the output file's name says, else csv",
      ).choices(["csv", "jsonl"]),
    )
    .option("-o, --output <file>", "file to write; else standard output")
    .addOption(dirOption())
    .action(async (options) => {
      const { exportRows } = await import("../export/export-rows.ts");
      await exportRows(terminal, options);
    });
}
