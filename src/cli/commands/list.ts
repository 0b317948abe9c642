import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { addRequired, dirOption, jsonOption, projectOption, runOption } from "./options.ts";

/** `trackio list projects|runs|metrics|media|files`. */
export function declareList(program: Command, terminal: Terminal): void {
  const list = program
    .command("list")
    .helpCommand(false)
    .description("list projects, runs, metrics, media or files");
  list
    .command("projects")
    .description("list all projects")
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { listProjects } = await import("./list-projects.ts");
      await listProjects(terminal, options);
    });
  list
    .command("runs")
    .description("list the runs of a project, oldest first")
    .addOption(projectOption())
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { listRuns } = await import("./list-runs.ts");
      await listRuns(terminal, options);
    });
  addRequired(list.command("metrics"), runOption())
    .description("list the metrics of a run with their last, least, greatest and mean values")
    .addOption(projectOption())
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { listMetrics } = await import("./list-metrics.ts");
      await listMetrics(terminal, options);
    });
  list
    .command("media")
    .description("list the images, videos, audio, tables and files of a run, or of all runs")
    .addOption(projectOption())
    .addOption(runOption())
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { listMedia } = await import("./list-media.ts");
      await listMedia(terminal, options);
    });
  list
    .command("files")
    .description("list the files that save() keeps with a project")
    .addOption(projectOption())
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { listFiles } = await import("./list-files.ts");
      await listFiles(terminal, options);
    });
}
