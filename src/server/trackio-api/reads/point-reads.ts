/** Values of metrics at a step, around one, around a time, or all: `get_metric_values` and `get_snapshot`. */

import { parseTrackioTime, textOf } from "../../../ingest/trackio/trackio-names.ts";
import { TrackioError } from "../../../protocol/errors.ts";
import type { Json } from "../../../protocol/json.ts";
import { decodeNumber } from "../../../protocol/values.ts";
import type { RecordsQuery, StoredRecord } from "../../../store/store.ts";
import { RecordText } from "./record-text.ts";
import { type CallValues, findRunOfLane, projectOf } from "./run-identity.ts";
import { spreadRows } from "./sample-rows.ts";
import type { TrackioSource } from "./trackio-source.ts";

export async function* getMetricValues(
  source: TrackioSource,
  values: CallValues,
): AsyncGenerator<string, void, undefined> {
  const metric = textOf(values.metric_name);
  const query = await queryOf(source, values);
  if (query === undefined || metric === undefined) return yield "[]";
  const text = new RecordText(source.readTableText);
  const limit = readLimit(values.max_points);
  const ofMetric = { ...query, keys: [metric] };
  const wanted = limit === undefined ? undefined : await placesOf(source, ofMetric, limit);
  let before = "[";
  let place = 0;
  for await (const page of pagesOf(source, ofMetric)) {
    const points: string[] = [];
    for (const record of page) {
      if (wanted !== undefined && !wanted.has(place++)) continue;
      points.push(text.point(record, text.value(record, metric) ?? null));
    }
    if (points.length === 0) continue;
    yield before + points.join(",");
    before = ",";
  }
  yield before === "[" ? "[]" : "]";
}

/** Which of the records stand for all of them. */
async function placesOf(
  source: TrackioSource,
  query: PointsQuery,
  limit: number,
): Promise<ReadonlySet<number>> {
  let count = 0;
  for await (const page of pagesOf(source, query)) count += page.length;
  return new Set(spreadRows(count, limit));
}

export async function* getSnapshot(
  source: TrackioSource,
  values: CallValues,
): AsyncGenerator<string, void, undefined> {
  const query = await queryOf(source, values);
  if (query === undefined) return yield "{}";
  const text = new RecordText(source.readTableText);
  const points = new Map<string, string[]>();
  for await (const page of pagesOf(source, query)) {
    for (const record of page) {
      for (const [key, value] of text.members(record)) {
        const ofKey = points.get(key);
        const point = text.point(record, value);
        if (ofKey === undefined) points.set(key, [point]);
        else ofKey.push(point);
      }
    }
  }
  let before = "{";
  for (const [key, ofKey] of points) {
    yield `${before}${JSON.stringify(key)}:[${ofKey.join(",")}]`;
    before = ",";
  }
  yield before === "{" ? "{}" : "}";
}

/** What of the run is asked for; undefined where there is none of it. */
async function queryOf(
  { store }: TrackioSource,
  values: CallValues,
): Promise<PointsQuery | undefined> {
  const project = projectOf(values);
  const run = await findRunOfLane(store, values);
  const range = rangeOf(values);
  return run === undefined || range === undefined ? undefined : { project, run, ...range };
}

/** What is asked for; steps that one number stands for are told apart by `exact`. */
interface PointsQuery extends RecordsQuery {
  readonly exact?: { readonly from: bigint; readonly to: bigint };
}

/** `step`, else `around_step` and `window`, else `at_time` and `window` in seconds, else all. */
function rangeOf(
  values: CallValues,
): Pick<PointsQuery, "order" | "from" | "to" | "exact"> | undefined {
  const { step, around_step: around, at_time: at, window } = values;
  if (isGiven(step)) return stepsAround(step!, 0);
  if (!isGiven(window)) return { order: "time" };
  const half = Math.trunc(numberOf(window!) ?? Number.NaN);
  if (Number.isNaN(half)) {
    throw new TrackioError(
      "conflict",
      `window is ${JSON.stringify(window)}; it has to be a number.`,
    );
  }
  if (isGiven(around)) return stepsAround(around!, half);
  if (!isGiven(at)) return { order: "time" };
  const middle = parseTrackioTime(at);
  if (middle === undefined) return undefined;
  return { order: "time", from: middle - half * 1000, to: middle + half * 1000 };
}

/** The steps that are not farther from `given` than `half`, an integer or infinite; undefined where it is no number. */
function stepsAround(
  given: Json,
  half: number,
): Pick<PointsQuery, "order" | "from" | "to" | "exact"> | undefined {
  const middle = numberOf(given);
  if (middle === undefined) return undefined;
  const [from, to] = [middle - half, middle + half];
  const exact = bigintOf(given);
  if (exact === undefined || !Number.isFinite(half)) return { order: "step", from, to };
  // All whose nearest number is one of these, or the next to it.
  const near = Math.max(Math.abs(from), Math.abs(to)) * 2 * Number.EPSILON;
  const reach = BigInt(half);
  return {
    order: "step",
    from: from - near,
    to: to + near,
    exact: { from: exact - reach, to: exact + reach },
  };
}

/** By time, however they are found. */
async function* pagesOf(
  { store }: TrackioSource,
  query: PointsQuery,
): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  const { exact, ...asked } = query;
  if (asked.order === "time") return yield* store.readRecords(asked);
  const found: StoredRecord[] = [];
  for await (const page of store.readRecords(asked)) {
    for (const record of page) {
      // JavaScript compares an integer of any size with a fraction as what both are.
      const isWithin =
        exact === undefined || (record.step >= exact.from && record.step <= exact.to);
      if (isWithin) found.push(record);
    }
  }
  yield found.sort((a, b) => a.time - b.time);
}

function isGiven(value: Json | undefined): boolean {
  return value !== null && value !== undefined;
}

/** A number, also as text; of an integer beyond 2^53 the nearest one. */
function numberOf(value: Json): number | undefined {
  if (typeof value === "boolean") return Number(value);
  const number =
    typeof value === "string" && value.trim() !== "" ? Number(value) : decodeNumber(value);
  return number === undefined || Number.isNaN(Number(number)) ? undefined : Number(number);
}

/** An integer beyond 2^53. */
function bigintOf(value: Json): bigint | undefined {
  const isText = typeof value === "string" && /^\s*-?\d{16,}\s*$/.test(value);
  const integer = isText ? BigInt(value) : decodeNumber(value);
  return typeof integer === "bigint" ? integer : undefined;
}

/** Undefined: all. */
function readLimit(given: Json | undefined): number | undefined {
  if (given === null || given === undefined) return undefined;
  const limit = typeof given === "boolean" ? Number(given) : given;
  if (typeof limit !== "number" || !Number.isInteger(limit)) {
    throw new TrackioError(
      "conflict",
      `max_points is ${JSON.stringify(given)}; it has to be an integer.`,
    );
  }
  return limit < 1 ? undefined : limit;
}
