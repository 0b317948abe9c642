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

/** `trackio get run|metric|config`. */
export function declareGet(program: Command, terminal: Terminal): void {
  const get = program
    .command("get")
    .description("print a run, a metric's values or a run's config");
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
}
