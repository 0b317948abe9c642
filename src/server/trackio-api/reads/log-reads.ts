/** Rows of runs: `get_logs`, `get_system_logs` and both for many runs at once. */

import { formatExactJson } from "../../../ingest/trackio/exact-json.ts";
import { TrackioError } from "../../../protocol/errors.ts";
import type { Json } from "../../../protocol/json.ts";
import { fieldsOf } from "../call-arguments.ts";
import { pickRecords } from "./pick-rows.ts";
import { RecordText } from "./record-text.ts";
import { type CallValues, findRunOfLane, projectOf } from "./run-identity.ts";
import type { TrackioSource } from "./trackio-source.ts";

const MAX_RUNS = 64;
const USUAL_ROWS = 3_000;
const MAX_ROWS = 10_000;

interface RowOptions {
  readonly lane?: "system";
  readonly limit: number;
  readonly scalarsOnly: boolean;
}

export async function* getLogs(
  source: TrackioSource,
  values: CallValues,
): AsyncGenerator<string, void, undefined> {
  const scalarsOnly = readBoolean(values.scalar_only, "scalar_only");
  yield* rowsOf(source, values, { limit: USUAL_ROWS, scalarsOnly });
}

export async function* getSystemLogs(
  source: TrackioSource,
  values: CallValues,
): AsyncGenerator<string, void, undefined> {
  yield* rowsOf(source, values, { lane: "system", limit: USUAL_ROWS, scalarsOnly: false });
}

export async function* getLogsBatch(
  source: TrackioSource,
  values: CallValues,
): AsyncGenerator<string, void, undefined> {
  const runs = readRuns(values.runs);
  const limit = readLimit(values.max_points);
  const scalarsOnly = readBoolean(values.scalar_only, "scalar_only");
  yield* batchOf(source, values, runs, { limit, scalarsOnly });
}

export async function* getSystemLogsBatch(
  source: TrackioSource,
  values: CallValues,
): AsyncGenerator<string, void, undefined> {
  const runs = readRuns(values.runs);
  const limit = readLimit(values.max_points);
  yield* batchOf(source, values, runs, { lane: "system", limit, scalarsOnly: false });
}

async function* batchOf(
  source: TrackioSource,
  { project }: CallValues,
  runs: readonly NamedRun[],
  options: RowOptions,
): AsyncGenerator<string, void, undefined> {
  let before = "[";
  for (const { run, run_id } of runs) {
    yield `${before}{"run":${formatExactJson(run)},"run_id":${formatExactJson(run_id)},"logs":`;
    yield* rowsOf(source, { project: project!, run, run_id }, options);
    yield "}";
    before = ",";
  }
  yield runs.length === 0 ? "[]" : "]";
}

async function* rowsOf(
  source: TrackioSource,
  values: CallValues,
  { lane, limit, scalarsOnly }: RowOptions,
): AsyncGenerator<string, void, undefined> {
  const project = projectOf(values);
  const run = await findRunOfLane(source.store, values, lane);
  if (run === undefined) return yield "[]";
  const text = new RecordText(source.readTableText);
  const wanted = { project, run, limit, scalarsOnly, ...(lane === undefined ? {} : { lane }) };
  let before = "[";
  for await (const page of pickRecords(source.store, wanted)) {
    if (page.length === 0) continue;
    const rows = page.map((record) =>
      text.row(record, { scalarsOnly, withStep: lane === undefined }),
    );
    yield before + rows.join(",");
    before = ",";
  }
  yield before === "[" ? "[]" : "]";
}

interface NamedRun {
  readonly run: Json;
  readonly run_id: Json;
}

function readRuns(given: Json | undefined): NamedRun[] {
  if (!Array.isArray(given)) throw invalid("runs must be a list");
  if (given.length > MAX_RUNS) throw invalid(`runs cannot contain more than ${MAX_RUNS} entries`);
  return (given as Json[]).map((entry, place) => {
    const fields = fieldsOf(entry);
    if (fields === undefined) throw invalid(`runs[${place}] must be an object`);
    return { run: fields.run ?? null, run_id: fields.run_id ?? null };
  });
}

function readLimit(given: Json | undefined): number {
  if (given === null || given === undefined) return USUAL_ROWS;
  if (typeof given === "boolean") throw invalid("max_points must be a number or null");
  if (typeof given !== "number") throw invalid("max_points must be an integer or null");
  if (!Number.isInteger(given)) throw invalid("max_points must be a whole number");
  return given < 1 ? USUAL_ROWS : Math.min(given, MAX_ROWS);
}

/** A boolean, or what a form or an address has in its place. */
function readBoolean(given: Json | undefined, name: string): boolean {
  if (given === null || given === undefined) return false;
  if (typeof given === "boolean") return given;
  const text = typeof given === "string" ? given.trim().toLowerCase() : undefined;
  if (text !== undefined && ["true", "1", "yes", "on"].includes(text)) return true;
  if (text !== undefined && ["false", "0", "no", "off", ""].includes(text)) return false;
  throw invalid(`${name} must be a boolean`);
}

function invalid(message: string): TrackioError {
  return new TrackioError("invalid_argument", message);
}
