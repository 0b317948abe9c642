/**
 * What is known of a whole series, beside its key: sixteen 64-bit floats in one
 * blob, so that NaN, ±Infinity and -0 come back as they are. It moves with
 * every fold, in the same transaction.
 */

import { decodeNumber } from "../../protocol/values.ts";
import { compareOrder } from "../../series/bucket-accumulator.ts";
import type { Column } from "../store.ts";
import { DamagedData } from "./damage.ts";
import type { Database } from "./database.ts";
import { orderAt, type Records } from "./records.ts";

const FIELDS = [
  "count",
  "sum",
  "min",
  "max",
  "last",
  "lastStep",
  "lastWriter",
  "lastRecord",
  "nan",
  "posInf",
  "negInf",
  "minStep",
  "minTime",
  "maxTime",
] as const;

/** Numbers of a series; `min` and `max` are ±Infinity the wrong way round while there is no finite value. */
export type SeriesStats = { [Field in (typeof FIELDS)[number]]: number } & {
  /** The last step exactly, where it is beyond 2^53. */
  lastExact?: bigint;
};

export function emptyStats(): SeriesStats {
  const stats = Object.fromEntries(FIELDS.map((field) => [field, 0])) as unknown as SeriesStats;
  stats.min = Number.POSITIVE_INFINITY;
  stats.max = Number.NEGATIVE_INFINITY;
  stats.minStep = Number.POSITIVE_INFINITY;
  stats.lastStep = Number.NEGATIVE_INFINITY;
  stats.minTime = Number.POSITIVE_INFINITY;
  stats.maxTime = Number.NEGATIVE_INFINITY;
  return stats;
}

export function encodeStats(stats: SeriesStats): Uint8Array {
  return new Uint8Array(Float64Array.from(FIELDS, (field) => stats[field]).buffer);
}

export function decodeStats(blob: Uint8Array, lastExact: string | null): SeriesStats {
  if (blob.byteLength < FIELDS.length * 8) {
    throw new DamagedData("stats of a series", `${blob.byteLength} bytes are too few.`);
  }
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const stats = Object.fromEntries(
    FIELDS.map((field, i) => [field, view.getFloat64(i * 8, true)]),
  ) as unknown as SeriesStats;
  if (lastExact !== null) stats.lastExact = BigInt(lastExact);
  return stats;
}

export function readStats(db: Database, series: number): SeriesStats {
  const row = db.get("SELECT stats, last_step FROM series WHERE id = ?", series);
  if (row === undefined) throw new DamagedData(`row ${series} of series`, "It is missing.");
  return decodeStats(row.stats as Uint8Array, row.last_step as string | null);
}

export function writeStats(db: Database, series: number, stats: SeriesStats): void {
  db.run(
    "UPDATE series SET stats = ?, last_step = ? WHERE id = ?",
    encodeStats(stats),
    stats.lastExact === undefined ? null : String(stats.lastExact),
    series,
  );
}

/** What a block's order says once for all its columns. */
export interface BlockOrder {
  /** The row that is last in the order of records. */
  readonly lastRow: number;
  readonly minStep: number;
  readonly minTime: number;
  readonly maxTime: number;
}

export function blockOrder(records: Records, steps: Float64Array): BlockOrder {
  let [lastRow, minStep, minTime, maxTime] = [0, steps[0]!, records.times[0]!, records.times[0]!];
  for (let row = 1; row < records.count; row++) {
    const step = steps[row]!;
    const time = records.times[row]!;
    if (step < minStep) minStep = step;
    if (time < minTime) minTime = time;
    if (time > maxTime) maxTime = time;
    if (step < steps[lastRow]!) continue;
    if (step > steps[lastRow]!) lastRow = row;
    else if (compareOrder(orderAt(records, row), orderAt(records, lastRow)) > 0) lastRow = row;
  }
  return { lastRow, minStep, minTime, maxTime };
}

/** Adds the points of one column to the stats of its series. */
export function addColumn(
  stats: SeriesStats,
  records: Records,
  steps: Float64Array,
  column: Column,
  order: BlockOrder,
): void {
  if (column.kind === "numbers") {
    addNumbers(stats, column.values);
    stats.minStep = Math.min(stats.minStep, order.minStep);
    stats.minTime = Math.min(stats.minTime, order.minTime);
    stats.maxTime = Math.max(stats.maxTime, order.maxTime);
    offerLast(stats, records, order.lastRow, column.values[order.lastRow]!);
    return;
  }
  column.values.forEach((json, row) => {
    const value = decodeNumber(json);
    if (value === undefined) return;
    addNumbers(stats, Float64Array.of(Number(value)));
    stats.minStep = Math.min(stats.minStep, steps[row]!);
    stats.minTime = Math.min(stats.minTime, records.times[row]!);
    stats.maxTime = Math.max(stats.maxTime, records.times[row]!);
    offerLast(stats, records, row, Number(value));
  });
}

function addNumbers(stats: SeriesStats, values: Float64Array): void {
  let { sum, min, max } = stats;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) {
      if (Number.isNaN(value)) stats.nan++;
      else if (value > 0) stats.posInf++;
      else stats.negInf++;
      continue;
    }
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  stats.count += values.length;
  stats.sum = sum;
  stats.min = min;
  stats.max = max;
}

/** Points of a series within one record come in the order of its columns, so that an equal order is a later one. */
function offerLast(stats: SeriesStats, records: Records, row: number, value: number): void {
  const { step, writer, record } = orderAt(records, row);
  const known = {
    step: stats.lastExact ?? stats.lastStep,
    writer: stats.lastWriter,
    record: stats.lastRecord,
  };
  if (stats.count > 0 && compareOrder({ step, writer, record }, known) < 0) return;
  stats.last = value;
  stats.lastStep = Number(step);
  stats.lastWriter = writer;
  stats.lastRecord = record;
  if (typeof step === "bigint") stats.lastExact = step;
  else delete stats.lastExact;
}
