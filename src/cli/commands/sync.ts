import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { dirOption, jsonOption } from "./options.ts";

/** `trackio sync`. */
export function declareSync(program: Command, terminal: Terminal): void {
  program
    .command("sync")
    .description("send to their servers what scripts could not send there")
    .option(
      "--server-url <url>",
      "send all of it to this server, e.g. when its address has changed; also with ?write_token=…",
    )
    .option(
      "--again",
      "also what was sent before and still lies here, e.g. since the server has lost it",
    )
    .addOption(jsonOption())
    .addOption(dirOption())
    .action(async (options) => {
      const { syncUnsent } = await import("../sync/sync-unsent.ts");
      await syncUnsent(terminal, options);
    });
}
