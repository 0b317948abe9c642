/** What is known of a run and of its metrics, as programs get it: one shape for all commands. */

import { runStatus } from "../ingest/run-status.ts";
import type { Json } from "../protocol/json.ts";
import type { RunStatus } from "../protocol/run.ts";
import type { MetricSummary, RunInfo } from "../store/store.ts";
import { isoTime } from "./format.ts";
import { toPlainJson } from "./json-text.ts";
import type { OpenData } from "./open-data.ts";

/** A run with its status at `nowMs`. */
export interface RunWithStatus {
  readonly run: RunInfo;
  readonly status: RunStatus;
}

/** Adds to each run whether it still runs. */
export function withStatus(
  { folder }: OpenData,
  runs: readonly RunInfo[],
  nowMs: number,
): RunWithStatus[] {
  return runs.map((run) => ({ run, status: runStatus(run, nowMs, folder) }));
}

/** A run without its config: id, name, number, status and times. Absent facts are left out. */
export function runRecord({ run, status }: RunWithStatus): { [key: string]: Json } {
  return {
    id: run.id,
    name: run.name,
    number: run.number,
    status,
    ...(run.end?.reason !== undefined && { reason: run.end.reason }),
    ...(run.group !== undefined && { group: run.group }),
    ...(run.tags !== undefined && { tags: run.tags }),
    ...(run.notes !== undefined && { notes: run.notes }),
    created_at: isoTime(run.createdAt),
    updated_at: isoTime(run.updatedAt),
    ...(run.endedAt !== undefined && { ended_at: isoTime(run.endedAt) }),
    num_logs: run.recordCount,
    last_step: run.lastStep ?? null,
  };
}

/** A metric's summary; counts of NaN and ±Infinity where there are any. */
export function metricRecord(metric: MetricSummary): { [key: string]: Json } {
  return {
    metric: metric.key,
    count: metric.count,
    last: toPlainJson(metric.last),
    last_step: toPlainJson(metric.lastStep),
    min: toPlainJson(metric.min),
    max: toPlainJson(metric.max),
    mean: toPlainJson(metric.mean),
    ...(metric.nanCount > 0 && { nan_count: metric.nanCount }),
    ...(metric.posInfCount > 0 && { infinity_count: metric.posInfCount }),
    ...(metric.negInfCount > 0 && { negative_infinity_count: metric.negInfCount }),
  };
}

/** Metrics by name, as every list of them is ordered. */
export function byKey(metrics: readonly MetricSummary[]): MetricSummary[] {
  return metrics.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
