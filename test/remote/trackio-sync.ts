import { expect } from "vitest";
import { runCommandLine } from "../../src/cli/main.ts";
import { RecordingTerminal } from "../../src/cli/testing/recording-terminal.ts";
import type { DataFolder } from "../../src/journal/data-folder.ts";

/** Runs `trackio sync` on a data folder, with these flags; it has to end with the exit code. */
export async function trackioSync(
  folder: DataFolder,
  env: NodeJS.ProcessEnv,
  {
    flags = [],
    exitCode = 0,
  }: { readonly flags?: readonly string[]; readonly exitCode?: number } = {},
): Promise<{ readonly printed: string; readonly notes: string }> {
  const terminal = new RecordingTerminal({
    env: { TRACKIO_DIR: folder.root, ...env },
    time: Date.now(),
  });
  expect(await runCommandLine(["sync", ...flags], terminal), terminal.notes).toBe(exitCode);
  return terminal;
}
