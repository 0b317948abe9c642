/** Whether a run that never said it ended still runs. */

import { statSync } from "node:fs";
import type { DataFolder } from "../journal/data-folder.ts";
import { isWriterAlive } from "../journal/process-liveness.ts";
import { readHead } from "../journal/run-head.ts";
import type { RunStatus } from "../protocol/run.ts";
import type { RunInfo } from "../store/store.ts";

/**
 * The truth about a run: what it said of its end, be it to the store or, where
 * its last lines are not folded yet, to its head; without an end, `lost` once
 * none of its writers lives. A writer of this machine lives while its process
 * does, one of another machine gave a sign within the last 5 minutes.
 */
export function runStatus(
  run: Pick<RunInfo, "projectKey" | "id" | "state" | "updatedAt" | "writers">,
  nowMs: number,
  folder: DataFolder,
): RunStatus {
  if (run.state !== "running") return run.state;
  const isAlive = run.writers.some((writer) => {
    const touchedMs = statSync(folder.pathOf(writer.source), { throwIfNoEntry: false })?.mtimeMs;
    return isWriterAlive(writer, Math.max(touchedMs ?? 0, writer.seenAt), nowMs);
  });
  if (isAlive) return "running";
  const state = readHead(folder, run.projectKey, run.id)?.state ?? "running";
  return state === "running" ? "lost" : state;
}
