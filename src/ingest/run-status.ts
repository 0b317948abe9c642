/** Whether a run that never said it ended still runs. */

import { statSync } from "node:fs";
import type { DataFolder } from "../journal/data-folder.ts";
import { isWriterAlive, SILENCE_LIMIT_MS } from "../journal/process-liveness.ts";
import { readHead } from "../journal/run-head.ts";
import type { RunStatus } from "../protocol/run.ts";
import type { RunInfo } from "../store/store.ts";

/** What a status is told from. */
export type RunSigns = Pick<
  RunInfo,
  "projectKey" | "id" | "state" | "client" | "updatedAt" | "writers"
>;

/**
 * The truth about a run: what it said of its end, be it to the store or, where
 * its last lines are not folded yet, to its head; without an end, `lost` once
 * none of its writers lives. A writer of this machine lives while its process
 * does, one of another machine gave a sign within the last 5 minutes. A Trackio
 * client says no end and is seen only by what it logs, of any lane: `idle` once
 * nothing came for 5 minutes.
 */
export function runStatus(run: RunSigns, nowMs: number, folder: DataFolder): RunStatus {
  if (run.state !== "running") return run.state;
  if (run.client === "trackio") return isSilent(run, nowMs, folder) ? "idle" : "running";
  const isAlive = run.writers.some((writer) =>
    isWriterAlive(writer, Math.max(touchedMs(writer.source, folder), writer.seenAt), nowMs),
  );
  if (isAlive) return "running";
  const state = readHead(folder, run.projectKey, run.id)?.state ?? "running";
  return state === "running" ? "lost" : state;
}

/** Whether nothing of the run came for long, folded or not. Its writers are the server, whose life says nothing of the client's. */
function isSilent(run: RunSigns, nowMs: number, folder: DataFolder): boolean {
  if (nowMs - run.updatedAt <= SILENCE_LIMIT_MS) return false;
  return run.writers.every(({ source }) => nowMs - touchedMs(source, folder) > SILENCE_LIMIT_MS);
}

/** When the journal was written to, or its writer gave a sign; 0 where it is gone. */
function touchedMs(source: string, folder: DataFolder): number {
  return statSync(folder.pathOf(source), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
