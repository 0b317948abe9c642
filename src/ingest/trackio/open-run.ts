/**
 * A run that Trackio clients log to, as this process knows it: its identity as
 * its head has it, and whether it has settings. The head is made when the run is
 * first heard of.
 */

import type { DataFolder } from "../../journal/data-folder.ts";
import { createRun, isMarkedDeleted, readHead, updateHead } from "../../journal/run-head.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { Config, RunIdentity } from "../../protocol/run.ts";

/** What a client says of the run in each entry. */
export interface NamedRun {
  readonly projectKey: ProjectKey;
  /** As the client wrote it. */
  readonly project: string;
  readonly id: RunId;
  readonly name: string;
}

export interface OpenRun {
  identity: RunIdentity;
  /** The configuration that this process gave it. */
  config?: Config;
  /** Whether its configuration has more than what clients add by themselves. */
  hasSettings: boolean;
  /** The time given last, in microseconds: the next one is later. */
  lastMicros: number;
}

/** @returns undefined where the run was deleted. */
export function openRun(
  folder: DataFolder,
  named: NamedRun,
  config: Config | undefined,
  nowMs: number,
): OpenRun | undefined {
  const { projectKey, project, id, name } = named;
  for (let isSecond = false; ; isSecond = true) {
    if (isMarkedDeleted(folder, projectKey, id)) return undefined;
    const head = readHead(folder, projectKey, id);
    if (head !== undefined) {
      return { identity: head.run, hasSettings: hasSettings(head.config), lastMicros: 0 };
    }
    try {
      const group = groupIn(config);
      const made = createRun(
        folder,
        { id, projectKey, project, name, config: config ?? {}, client: "trackio", group },
        nowMs,
      );
      return {
        identity: made.run,
        hasSettings: hasSettings(made.config),
        lastMicros: 0,
        ...(config !== undefined && { config }),
      };
    } catch (error) {
      if (!(error instanceof TrackioError)) throw error;
      if (error.code === "deleted") return undefined;
      // Somebody else has just made it.
      if (error.code !== "conflict" || isSecond) throw error;
    }
  }
}

/**
 * What becomes of a configuration that came: it replaces the former one. But one that has nothing but what clients add by
 * themselves, as that of a run that is resumed without any, is left aside where there are settings.
 * @returns Whether it counts.
 */
export function takeConfig(folder: DataFolder, run: OpenRun, config: Config): boolean {
  // Its head was made with it.
  if (run.config === config) return true;
  const isOfSettings = hasSettings(config);
  if (run.hasSettings && !isOfSettings) return false;
  run.hasSettings = isOfSettings;
  run.config = config;
  const { projectKey, id } = run.identity;
  const group = run.identity.group ?? groupIn(config);
  const head = updateHead(folder, projectKey, id, (before) => ({
    ...before,
    config,
    run: group === undefined ? before.run : { ...before.run, group },
  }));
  if (head !== undefined) run.identity = head.run;
  return true;
}

/** A time for what has none of its own: now, and later than all before. @returns Epoch milliseconds with microseconds as their fraction. */
export function nextTime(run: OpenRun, nowMs: number): number {
  run.lastMicros = Math.max(Math.round(nowMs * 1000), run.lastMicros + 1);
  return run.lastMicros / 1000;
}

/** Whether it has a key that the client did not add by itself, as `_Username`. */
function hasSettings(config: Config): boolean {
  return Object.keys(config).some((key) => !key.startsWith("_"));
}

function groupIn(config: Config | undefined): string | undefined {
  const group = config?._Group;
  return typeof group === "string" && group !== "" ? group : undefined;
}
