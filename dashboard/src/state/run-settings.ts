import type { Run } from "../../../src/protocol/api.ts";

/** What a Trackio client writes into the configuration beside what its script gave. */
const NOT_SETTINGS: readonly string[] = ["_Username", "_Created", "_Group"];

/** Names of the settings that any of `runs` was given, in the order in which they come. */
export function settingNames(runs: readonly Run[]): string[] {
  const names = new Set(runs.flatMap((run) => Object.keys(run.config)));
  return [...names].filter((name) => !NOT_SETTINGS.includes(name));
}
