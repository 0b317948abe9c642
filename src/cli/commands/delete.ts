import { type Command, Option } from "commander";
import type { Terminal } from "../terminal.ts";
import { addRequired, dirOption, jsonOption, projectOption, runOption } from "./options.ts";

/** `trackio delete run|project`. */
export function declareDelete(program: Command, terminal: Terminal): void {
  const remove = program
    .command("delete")
    .helpCommand(false)
    .description("delete a run or a whole project for good");
  addRequired(remove.command("run"), runOption())
    .description("delete a run with all that it logged")
    .addOption(projectOption())
    .addOption(yesOption())
    .option("--force", "also where the run is still running")
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { deleteOneRun } = await import("./delete-run.ts");
      await deleteOneRun(terminal, options);
    });
  remove
    .command("project")
    .description("delete a project with all of its runs")
    .requiredOption("--project <name>", "project")
    .addOption(yesOption())
    .option("--force", "also where one of its runs is still running")
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { deleteWholeProject } = await import("./delete-project.ts");
      await deleteWholeProject(terminal, options);
    });
}

function yesOption(): Option {
  return new Option("-y, --yes", "do not ask");
}
