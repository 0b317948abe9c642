import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import {
  addRequired,
  dirOption,
  jsonOption,
  parseNumber,
  parseTime,
  projectOption,
  runOption,
} from "./options.ts";

/** `trackio get run|metric|config|media|table|file`. */
export function declareGet(program: Command, terminal: Terminal): void {
  const get = program
    .command("get")
    .helpCommand(false)
    .description("print a run, a metric's values or a config; write media, tables and files");
  addRequired(get.command("run"), runOption())
    .description("print what is known of a run: status, config, summary, metrics")
    .addOption(projectOption())
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { getRunFacts } = await import("./get-run.ts");
      await getRunFacts(terminal, options);
    });
  addRequired(get.command("metric"), runOption())
    .description("print the values of a metric, in the order of its steps")
    .addOption(projectOption())
    .requiredOption("--metric <name>", "metric, e.g. train/loss")
    .option("--step <step>", "only values at exactly this step", parseNumber)
    .option("--around <step>", "only values around this step, see --window", parseNumber)
    .option("--at-time <time>", "only values around this time, see --window", parseTime)
    .option("--window <size>", "± steps for --around, ± seconds for --at-time", parseNumber, 10)
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { getMetricValues } = await import("./get-metric.ts");
      await getMetricValues(terminal, options);
    });
  addRequired(get.command("config"), runOption())
    .description("print the config of a run")
    .addOption(projectOption())
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { getConfig } = await import("./get-config.ts");
      await getConfig(terminal, options);
    });
  addRequired(get.command("media"), runOption())
    .description("list the images, videos, audio and files under a key, or write them as files")
    .addOption(projectOption())
    .requiredOption("--key <key>", "key, e.g. samples")
    .option("--step <step>", "only those at exactly this step", parseNumber)
    .option("-o, --output <folder>", "folder to write them to, as <step>.png and the like")
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { getMediaItems } = await import("./get-media.ts");
      await getMediaItems(terminal, options);
    });
  addRequired(get.command("table"), runOption())
    .description("write all rows of a table as CSV")
    .addOption(projectOption())
    .requiredOption("--key <key>", "key, e.g. predictions")
    .option("--step <step>", "as it stood at this step; else the newest", parseNumber)
    .option("-o, --output <file>", "file to write; else standard output")
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { getTable } = await import("./get-table.ts");
      await getTable(terminal, options);
    });
  get
    .command("file <path>")
    .description("write a file that save() kept")
    .addOption(projectOption())
    .option("-o, --output <file>", "file or folder to write it to; else standard output")
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (path, options) => {
      const { getSavedFile } = await import("./get-file.ts");
      await getSavedFile(terminal, path, options);
    });
}
