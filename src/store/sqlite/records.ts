/** Records of one key set, column by column, on their way between a fold, the tails and the segments. */

import type { Json } from "../../protocol/json.ts";
import { decodeNumber, decodeValue } from "../../protocol/values.ts";
import type { PointOrder } from "../../series/bucket-accumulator.ts";
import { compareOrder } from "../../series/bucket-accumulator.ts";
import type { Column } from "../store.ts";

export interface Records {
  readonly count: number;
  readonly steps: Column;
  readonly times: Float64Array;
  /** Number of each record in its writer's journal. */
  readonly records: Float64Array;
  /** Number of each record's writer in the run. */
  readonly writers: Float64Array;
  /** One for each key of the key set. */
  readonly columns: readonly Column[];
}

/** An order in which segments are read; another thing than the lanes of a run. */
export type SegmentLane = "step" | "time";

/** The numbers of a column, NaN where a value is no number. */
export function columnNumbers(column: Column): Float64Array {
  if (column.kind === "numbers") return column.values;
  return Float64Array.from(column.values, (json) => Number(decodeNumber(json) ?? Number.NaN));
}

/** Which values of a column are no numbers; undefined where all are. */
export function nonNumbers(column: Column): Uint8Array | undefined {
  if (column.kind === "numbers") return undefined;
  const marks = Uint8Array.from(column.values, (json) =>
    decodeNumber(json) === undefined ? 1 : 0,
  );
  return marks.includes(1) ? marks : undefined;
}

/** The step of one record, exactly. */
export function stepAt(steps: Column, row: number): number | bigint {
  return steps.kind === "numbers"
    ? (steps.values[row] as number)
    : (decodeValue(steps.values[row] as Json) as number | bigint);
}

export function orderAt(records: Records, row: number): PointOrder {
  return {
    step: stepAt(records.steps, row),
    writer: records.writers[row]!,
    record: records.records[row]!,
  };
}

/** Records `from` (inclusive) to `to` (exclusive). */
export function sliceRecords(records: Records, from: number, to: number): Records {
  if (from === 0 && to === records.count) return records;
  return mapArrays(
    records,
    to - from,
    (values) => values.subarray(from, to),
    (values) => values.slice(from, to),
  );
}

/** The records in the order of `rows`. */
export function pickRecords(records: Records, rows: Uint32Array): Records {
  const pick = (values: Float64Array) => {
    const picked = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i]!]!;
    return picked;
  };
  return mapArrays(records, rows.length, pick, (values) =>
    Array.from(rows, (row) => values[row] as Json),
  );
}

/** The records of all parts, one after the other. */
export function joinRecords(parts: readonly Records[]): Records {
  const [first, ...others] = parts;
  if (first === undefined) throw new RangeError("No records to join.");
  if (others.length === 0) return first;
  return {
    count: parts.reduce((sum, part) => sum + part.count, 0),
    steps: joinColumns(parts.map((part) => part.steps)),
    times: joinNumbers(parts.map((part) => part.times)),
    records: joinNumbers(parts.map((part) => part.records)),
    writers: joinNumbers(parts.map((part) => part.writers)),
    columns: first.columns.map((_, i) => joinColumns(parts.map((part) => part.columns[i]!))),
  };
}

export function joinColumns(parts: readonly Column[]): Column {
  const numbers = parts.map((part) => (part.kind === "numbers" ? part.values : undefined));
  if (numbers.every((values) => values !== undefined)) {
    return { kind: "numbers", values: joinNumbers(numbers) };
  }
  return { kind: "values", values: parts.flatMap(columnValues) };
}

/** The values of a column in the form of `encodeValue`. */
export function columnValues(column: Column): readonly Json[] {
  if (column.kind === "values") return column.values;
  return Array.from(column.values, (value) =>
    Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $: value === 0 ? "-0" : String(value) },
  );
}

/** Compares two rows in the order of a lane: by step or by time first, then by order of records. */
export function comparison(records: Records, lane: SegmentLane): (a: number, b: number) => number {
  const { times, writers, records: numbers, steps } = records;
  if (steps.kind === "values") {
    const orders = Array.from(times, (_, row) => orderAt(records, row));
    return (a, b) =>
      (lane === "time" ? times[a]! - times[b]! : 0) || compareOrder(orders[a]!, orders[b]!);
  }
  const xs = steps.values;
  const byRecord = (a: number, b: number) =>
    xs[a]! - xs[b]! || writers[a]! - writers[b]! || numbers[a]! - numbers[b]!;
  return lane === "step" ? byRecord : (a, b) => times[a]! - times[b]! || byRecord(a, b);
}

/** Rows of `records` in the order of a lane. */
export function sortedRows(records: Records, lane: SegmentLane): Uint32Array {
  return Uint32Array.from(records.times, (_, row) => row).sort(comparison(records, lane));
}

/** Where each stretch of records begins that is in order by step and by time alike. */
export function sortedStretches(records: Records): number[] {
  const starts = records.count > 0 ? [0] : [];
  const { times, writers, records: numbers, steps } = records;
  for (let row = 1; row < records.count; row++) {
    const before = row - 1;
    let inOrder = times[row]! >= times[before]!;
    if (inOrder && steps.kind === "numbers") {
      const delta = steps.values[row]! - steps.values[before]!;
      inOrder =
        delta > 0 ||
        (delta === 0 && (writers[row]! - writers[before]! || numbers[row]! - numbers[before]!) > 0);
    } else if (inOrder) {
      inOrder = compareOrder(orderAt(records, before), orderAt(records, row)) < 0;
    }
    if (!inOrder) starts.push(row);
  }
  return starts;
}

function mapArrays(
  records: Records,
  count: number,
  ofNumbers: (values: Float64Array) => Float64Array,
  ofValues: (values: readonly Json[]) => readonly Json[],
): Records {
  const ofColumn = (column: Column): Column =>
    column.kind === "numbers"
      ? { kind: "numbers", values: ofNumbers(column.values) }
      : { kind: "values", values: ofValues(column.values) };
  return {
    count,
    steps: ofColumn(records.steps),
    times: ofNumbers(records.times),
    records: ofNumbers(records.records),
    writers: ofNumbers(records.writers),
    columns: records.columns.map(ofColumn),
  };
}

function joinNumbers(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
