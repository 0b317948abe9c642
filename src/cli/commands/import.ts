import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { dirOption, jsonOption } from "./options.ts";

/** `trackio import`. */
export function declareImport(program: Command, terminal: Terminal): void {
  program
    .command("import")
    .description("copy what Trackio for Python wrote, or a CSV file, into the data folder for good")
    .argument("<source>", "folder of Trackio for Python, one of its .db files, or a .csv file")
    .option(
      "--project <name>",
      "of a folder: only this project; of a CSV file: the project it goes to",
    )
    .option("--name <name>", "name of the run that a CSV file becomes; else the file's")
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (source: string, options) => {
      const { importSource } = await import("../import/import-source.ts");
      await importSource(terminal, source, options);
    });
}
