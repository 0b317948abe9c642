/**
 * The calls that read, and those of artifacts. What their arguments mean is told
 * where they are answered, in a thread; here are their parameters in order, and
 * what Trackio's own command line gives in a wrong order.
 */

import { textOf } from "../../../ingest/trackio/trackio-names.ts";
import { isShallow } from "../../../ingest/trackio/translate-metrics.ts";
import type { Json } from "../../../protocol/json.ts";
import { MAX_DEPTH } from "../../../protocol/values.ts";
import type { ServerContext } from "../../server-context.ts";
import type { CallArguments, CallParameter } from "../call-arguments.ts";
import { CallError } from "../call-error.ts";
import { checkQuery } from "../query/read-only-query.ts";
import { AnswerPieces, type TrackioCall } from "../trackio-call.ts";
import { getRegistryBuckets } from "./registry-reads.ts";
import { type CallValues, projectOf } from "./run-identity.ts";
import { getSettings } from "./settings.ts";

type GivenOrder = readonly string[];

/** `name` has to be given, `name=` need not be (`null` then), `name=0` neither. */
function parameters(order: GivenOrder): CallParameter[] {
  return order.map((text) => {
    const [name, otherwise] = text.split("=");
    if (otherwise === undefined) return { name: name! };
    return { name: name!, otherwise: otherwise === "" ? null : (JSON.parse(otherwise) as Json) };
  });
}

const RUN = ["project", "run=", "run_id="];
const VERSION = ["project", "version_id"];
const AROUND = ["step=", "around_step=", "at_time=", "window="];

const READS: { readonly [call: string]: GivenOrder } = {
  get_all_projects: [],
  get_runs_for_project: ["project"],
  get_run_configs: ["project"],
  get_metrics_for_run: RUN,
  get_project_summary: ["project"],
  get_run_summary: RUN,
  get_metric_values: ["project", "run", "metric_name", ...AROUND, "run_id=", "max_points="],
  get_snapshot: [...RUN, ...AROUND],
  get_logs: [...RUN, "scalar_only=false"],
  get_logs_batch: ["project", "runs", "max_points=3000", "scalar_only=false"],
  get_system_metrics_for_run: RUN,
  get_system_logs: RUN,
  get_system_logs_batch: ["project", "runs", "max_points=3000"],
  get_alerts: [...RUN, "level=", "since="],
  get_traces: [...RUN, "search=", "sort=", "limit=", "offset=0", "step="],
  get_trace_steps: RUN,
  get_project_files: ["project"],
  get_tab_availability: ["project"],
  get_registries: ["bucket_id="],
  get_registry_details: ["registry", "bucket_id="],
  get_artifacts: ["project"],
  list_artifacts: ["project"],
  get_artifact_manifest: ["project", "name", "spec"],
  get_run_artifacts: RUN,
  get_run_artifact_counts: ["project"],
  get_artifact_consumers: VERSION,
  get_artifact_lineage: VERSION,
};

/**
 * The command line of Trackio leaves out `run_id`, which stands before these: with so many arguments by place the call can only
 * be its own.
 */
const MISPLACED: { readonly [call: string]: GivenOrder } = {
  get_alerts: ["project", "run", "level", "since"],
  get_snapshot: ["project", "run", "step", "around_step", "at_time", "window"],
};

export const READ_CALLS: readonly TrackioCall[] = [
  ...Object.entries(READS).map(([name, order]): TrackioCall => {
    return {
      name,
      parameters: parameters(order),
      access: "read",
      handle: (given, server, request) => {
        return askInThread(server, name, inPlace(name, order, given), request.signal);
      },
    };
  }),
  {
    name: "query_project",
    parameters: parameters(["project", "query"]),
    access: "read",
    handle: async ({ values }, server, request) => {
      checkDepth(values);
      const project = projectOf(values);
      const query = checkQuery(values.query);
      const asWritten = textOf(values.project) ?? project;
      await server.accepted.settle();
      return await server.reader.queryProject({ project, asWritten, query }, request.signal);
    },
  },
  {
    name: "get_settings",
    parameters: [],
    access: "read",
    handle: () => getSettings(),
  },
  {
    name: "get_registry_buckets",
    parameters: [],
    access: "read",
    handle: () => getRegistryBuckets(),
  },
  {
    name: "get_run_mutation_status",
    parameters: [],
    access: "read",
    handle: (_, server, request) => {
      const allowed = server.access.mayWrite(request);
      return { spaces: false, allowed, auth: allowed ? "local" : "none" };
    },
  },
];

/** Answers when all that this server has accepted before can be seen. @throws {@link CallError} 400 where an argument is nested too deep for a thread to be told. */
export async function askInThread(
  server: ServerContext,
  call: string,
  values: CallValues,
  signal: AbortSignal,
): Promise<AnswerPieces> {
  checkDepth(values);
  await server.accepted.settle();
  return new AnswerPieces(await server.reader.askTrackio({ ask: "trackio", call, values }, signal));
}

function checkDepth(values: CallValues): void {
  for (const [name, value] of Object.entries(values)) {
    if (isShallow(value, MAX_DEPTH)) continue;
    throw new CallError(400, `${name} is nested more than ${MAX_DEPTH} levels deep.`);
  }
}

function inPlace(
  call: string,
  order: GivenOrder,
  { values, positionalCount }: CallArguments,
): CallValues {
  const misplaced = MISPLACED[call];
  if (misplaced === undefined || positionalCount !== misplaced.length) return values;
  const names = order.map((text) => text.split("=")[0]!);
  const given = Object.fromEntries(names.map((name) => [name, null as Json]));
  for (const [place, name] of misplaced.entries()) given[name] = values[names[place]!]!;
  return given;
}
