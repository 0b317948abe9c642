/** Answers the calls of Trackio clients that read, and those of artifacts. Runs where long work may: not on the event loop. */

import { formatExactJson } from "../../../ingest/trackio/exact-json.ts";
import { TrackioError } from "../../../protocol/errors.ts";
import type { Json } from "../../../protocol/json.ts";
import type { Source } from "../../reading/answer-question.ts";
import type { AnswerBytes, TrackioQuestion } from "../../reading/question.ts";
import {
  getArtifactConsumers,
  getArtifactLineage,
  getArtifactManifest,
  getArtifacts,
  getRunArtifactCounts,
  getRunArtifacts,
  listAllArtifacts,
} from "./artifact-reads.ts";
import { checkArtifactBlobs, logArtifact, logArtifactUse } from "./artifact-writes.ts";
import { getLogs, getLogsBatch, getSystemLogs, getSystemLogsBatch } from "./log-reads.ts";
import { getAlerts, getTraceSteps, getTraces } from "./note-reads.ts";
import { getMetricValues, getSnapshot } from "./point-reads.ts";
import { findSavedFile, getProjectFiles } from "./project-files.ts";
import { getRegistries, getRegistryDetails } from "./registry-reads.ts";
import type { CallValues } from "./run-identity.ts";
import {
  getAllProjects,
  getMetricsForRun,
  getProjectSummary,
  getRunConfigs,
  getRunSummary,
  getRunsForProject,
  getSystemMetricsForRun,
} from "./run-reads.ts";
import { getTabAvailability } from "./tab-availability.ts";
import { type TrackioSource, tableTextReader } from "./trackio-source.ts";

/** A whole value, or its JSON text in pieces of any length. */
type Answer = Promise<Json> | AsyncGenerator<string, void, undefined>;

const ANSWERS: { readonly [call: string]: (source: TrackioSource, values: CallValues) => Answer } =
  {
    get_all_projects: getAllProjects,
    get_runs_for_project: getRunsForProject,
    get_run_configs: getRunConfigs,
    get_metrics_for_run: getMetricsForRun,
    get_project_summary: getProjectSummary,
    get_run_summary: getRunSummary,
    get_metric_values: getMetricValues,
    get_snapshot: getSnapshot,
    get_logs: getLogs,
    get_logs_batch: getLogsBatch,
    get_system_metrics_for_run: getSystemMetricsForRun,
    get_system_logs: getSystemLogs,
    get_system_logs_batch: getSystemLogsBatch,
    get_alerts: getAlerts,
    get_traces: getTraces,
    get_trace_steps: getTraceSteps,
    get_project_files: getProjectFiles,
    saved_file: findSavedFile,
    get_tab_availability: getTabAvailability,
    get_registries: getRegistries,
    get_registry_details: getRegistryDetails,
    get_artifacts: getArtifacts,
    list_artifacts: listAllArtifacts,
    get_artifact_manifest: getArtifactManifest,
    get_run_artifacts: getRunArtifacts,
    get_run_artifact_counts: getRunArtifactCounts,
    get_artifact_consumers: getArtifactConsumers,
    get_artifact_lineage: getArtifactLineage,
    check_artifact_blobs: checkArtifactBlobs,
    artifact_log: logArtifact,
    log_artifact_use: logArtifactUse,
  };

/** Characters of a piece that is sent. */
const PIECE_LENGTH = 512 * 1024;
/** Characters of an answer: it is held until it is complete, and one may ask for the same run many times. */
const MAX_LENGTH = 512 * 1024 * 1024;

/**
 * @param give Takes the pieces of the answer's JSON text but for the last one.
 * @param maxLength Characters that the answer may have; 512 million unless told.
 * @returns the last piece, often the only one.
 * @throws {@link TrackioError} `invalid_argument` for what clients are told with 400, any other for 500.
 */
export async function answerTrackio(
  { store, blobs, folder }: Source,
  { call, values }: TrackioQuestion,
  give: (piece: AnswerBytes) => void,
  maxLength = MAX_LENGTH,
): Promise<AnswerBytes> {
  const answer = Object.hasOwn(ANSWERS, call) ? ANSWERS[call] : undefined;
  if (answer === undefined) throw new TrackioError("not_found", `Unknown API: ${call}`);
  const source = { store, blobs, folder, readTableText: tableTextReader(blobs) };
  const given = answer(source, values);
  const encoder = new TextEncoder();
  if (given instanceof Promise) return encoder.encode(formatExactJson(await given));
  let parts: string[] = [];
  let length = 0;
  let left = maxLength;
  for await (const part of given) {
    parts.push(part);
    length += part.length;
    left -= part.length;
    if (left < 0) {
      const message = `The answer has more than ${maxLength} characters; ask for fewer runs or points at once.`;
      throw new TrackioError("conflict", message);
    }
    if (length < PIECE_LENGTH) continue;
    give(encoder.encode(parts.join("")));
    parts = [];
    length = 0;
  }
  return encoder.encode(parts.join(""));
}
