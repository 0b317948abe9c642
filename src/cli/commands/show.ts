import { type Command, InvalidArgumentError } from "commander";
import type { Terminal } from "../terminal.ts";
import { dirOption } from "./options.ts";

/** `trackio show`. */
export function declareShow(program: Command, terminal: Terminal): void {
  program
    .command("show")
    .description("show the dashboard in a browser, until Ctrl-C")
    .argument("[dir]", "data folder, as --dir")
    .addOption(dirOption())
    .option("--project <name>", "project to show first")
    .option("--port <number>", "port; else 7860 or the next free one", parsePort)
    .option(
      "--host <host>",
      "address to listen at; 0.0.0.0 lets other machines read your data",
      "127.0.0.1",
    )
    .option(
      "--allow-host <name>",
      "a name besides localhost and addresses that browsers may call this server by; may be given again",
      (name: string, others: readonly string[]) => [...others, name],
      [],
    )
    .option("--read-token", "let only those read who have a token (TRACKIO_READ_TOKEN, else made)")
    .option("--no-open", "do not open a browser")
    .action(async (dir: string | undefined, options) => {
      const { showDashboard } = await import("../show/show-dashboard.ts");
      await showDashboard(terminal, { ...options, ...(dir !== undefined && { folder: dir }) });
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || text.trim() === "") {
    throw new InvalidArgumentError("Give a number from 1 to 65535, or 0 for any free port.");
  }
  return port;
}
