/** What a run tells besides numbers: alerts and traces. */

import { formatExactJson } from "../../../ingest/trackio/exact-json.ts";
import { objectOf } from "../../../ingest/trackio/exact-json-parser.ts";
import { giveBackValue } from "../../../ingest/trackio/give-back.ts";
import { memberOf, membersOf } from "../../../ingest/trackio/members-of.ts";
import {
  formatTrackioTime,
  parseTrackioTime,
  textOf,
} from "../../../ingest/trackio/trackio-names.ts";
import type { ProjectKey } from "../../../protocol/ids.ts";
import type { Json } from "../../../protocol/json.ts";
import { encodeStep, type Step } from "../../../protocol/step.ts";
import { decodeNumber } from "../../../protocol/values.ts";
import type { RunTrace, Store, TraceQuery } from "../../../store/store.ts";
import { type CallValues, findRunId, givenRunId, projectOf } from "./run-identity.ts";
import type { TrackioSource } from "./trackio-source.ts";

/** Traces are long; so many are held at once. */
const PAGE_TRACES = 200;

const ORDERS: { readonly [sort: string]: TraceQuery["order"] } = {
  request_time_desc: "-time",
  request_time_asc: "time",
  step_asc: "step",
  step_desc: "-step",
};

export async function getAlerts({ store }: TrackioSource, values: CallValues): Promise<Json> {
  const project = projectOf(values);
  const all = await store.listAlerts(project);
  let alerts = all;
  if (textOf(values.run) !== undefined || givenRunId(values) !== undefined) {
    const withSome = new Set(all.map(({ run }) => run));
    const run = await findRunId(store, values, (id) => withSome.has(id));
    alerts = all.filter((alert) => alert.run === run);
  }
  const { level, since } = values;
  const isLater = laterThan(since);
  const names = await namesOfRuns(store, project);
  return alerts
    .filter(
      (alert) =>
        (level === null || level === undefined || alert.level === level) && isLater(alert.time),
    )
    .map(({ run, title, text, level, step, time }) => ({
      timestamp: formatTrackioTime(time),
      run: names.get(run) ?? run,
      title,
      text: text ?? null,
      level,
      step: step === undefined ? null : encodeStep(step),
    }));
}

export async function* getTraces(
  { store }: TrackioSource,
  values: CallValues,
): AsyncGenerator<string, void, undefined> {
  const project = projectOf(values);
  const run = await findRunOfTraces(store, values);
  if (run === undefined) return yield "[]";
  const names = await namesOfRuns(store, project);
  const step = stepOf(values.step);
  const search = textOf(values.search)?.trim().toLowerCase();
  const query = {
    project,
    run,
    order: ORDERS[textOf(values.sort) ?? ""] ?? "-time",
    ...(step === undefined ? {} : { step }),
    ...(search === undefined || search === "" ? {} : { search }),
  } as const;
  const end = integerOf(values.limit);
  let left = end === undefined ? Number.POSITIVE_INFINITY : Math.max(0, end);
  let before = "[";
  const first = Math.max(0, integerOf(values.offset) ?? 0);
  for (let offset = Math.min(first, Number.MAX_SAFE_INTEGER); left > 0; ) {
    const limit = Math.min(left, PAGE_TRACES);
    const page = await store.listTraces({ ...query, limit, offset });
    for (const trace of page) {
      yield before + formatExactJson(describeTrace(trace, names.get(trace.run) ?? trace.run));
      before = ",";
    }
    if (page.length < limit) break;
    left -= page.length;
    offset += page.length;
  }
  yield before === "[" ? "[]" : "]";
}

export async function getTraceSteps({ store }: TrackioSource, values: CallValues): Promise<Json> {
  const run = await findRunOfTraces(store, values);
  if (run === undefined) return { total: 0, steps: [] };
  const counts = new Map<Step, number>();
  let total = 0;
  for (;;) {
    const page = await store.listTraces({
      project: projectOf(values),
      run,
      order: "step",
      limit: PAGE_TRACES,
      offset: total,
    });
    for (const { step } of page) counts.set(step, (counts.get(step) ?? 0) + 1);
    total += page.length;
    if (page.length < PAGE_TRACES) break;
  }
  return {
    total,
    steps: Array.from(counts, ([step, count]) => ({ step: encodeStep(step), count })),
  };
}

async function findRunOfTraces(store: Store, values: CallValues) {
  const project = projectOf(values);
  return await findRunId(store, values, async (run) => {
    return (await store.listTraces({ project, run, limit: 1 })).length > 0;
  });
}

/** As `get_traces` tells it. */
export function describeTrace(trace: RunTrace, runName: string): Json {
  const { id, key, index, run, step, time, body } = trace;
  return {
    id,
    key,
    index: index ?? null,
    run: runName,
    run_id: run,
    step: encodeStep(step),
    timestamp: formatTrackioTime(time),
    messages: partOf(body, "messages", []),
    metadata: numbersInTexts(partOf(body, "metadata", {})),
    spans: partOf(body, "spans", []),
  };
}

function partOf(body: Json, name: string, otherwise: Json): Json {
  const part = memberOf(body, name);
  return part === undefined ? otherwise : giveBackValue(part, () => undefined);
}

/** Texts that are the value of a key itself and say NaN or an infinity are told as numbers, as of metrics. */
function numbersInTexts(json: Json): Json {
  const members = membersOf(json);
  if (members === undefined) return json;
  const isNumber = (value: Json) =>
    value === "NaN" || value === "Infinity" || value === "-Infinity";
  return objectOf(
    members.map(([key, value]) => [key, isNumber(value) ? { $: value } : value] as const),
  );
}

async function namesOfRuns(
  store: Store,
  project: ProjectKey,
): Promise<ReadonlyMap<string, string>> {
  const runs = await store.listRuns(project);
  return new Map(runs.map(({ id, name }) => [id, name]));
}

/** Times where `since` is one, else their texts, are compared. */
function laterThan(since: Json | undefined): (time: number) => boolean {
  const text = textOf(since);
  if (text === undefined) return () => true;
  const limit = parseTrackioTime(text);
  if (limit !== undefined) return (time) => time > limit;
  return (time) => formatTrackioTime(time) > text;
}

/** The step that is asked for, exact beyond 2^53. */
function stepOf(value: Json | undefined): Step | undefined {
  if (value === null || value === undefined) return undefined;
  const isLarge = typeof value === "string" && /^\s*-?\d{16,}\s*$/.test(value);
  const step = isLarge ? BigInt(value) : decodeNumber(value);
  return typeof step === "bigint" ? step : integerOf(value);
}

/** An integer, also as text or as part of a number; undefined where it is none. */
function integerOf(value: Json | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  const number =
    typeof value === "string" && /^\s*[-+]?\d+\s*$/.test(value)
      ? Number(value)
      : decodeNumber(value);
  const integer = Math.trunc(Number(number));
  return Number.isNaN(integer) ? undefined : integer;
}
