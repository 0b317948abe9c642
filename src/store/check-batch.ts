import { TrackioError } from "../protocol/errors.ts";
import { PROJECT_RUN } from "../protocol/run.ts";
import type { FoldBatch, RecordBlock } from "./store.ts";

/** Most keys of one record: the number of a column has 20 bits in a store. */
export const MAX_KEYS = 1_000_000;

/**
 * Checks what every store relies on, before anything is written.
 * @throws {@link TrackioError} `invalid_argument` naming the source, the value and the place.
 */
export function checkBatch(batch: FoldBatch): void {
  const { source, from, to, alerts = [], traces = [] } = batch;
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && to >= from)) {
    throw refusal(source, `bytes ${from} to ${to} are no piece of it`);
  }
  if ((batch.lane === "project") !== (batch.run.id === PROJECT_RUN)) {
    const what = `run ${JSON.stringify(batch.run.id)} has no lane ${JSON.stringify(batch.lane)}`;
    throw refusal(source, what);
  }
  for (const block of batch.blocks) checkBlock(source, block);
  for (const { id, time, step = 0 } of [...alerts, ...traces]) {
    if (!Number.isFinite(time) || !Number.isFinite(Number(step))) {
      throw refusal(
        source,
        `alert or trace ${JSON.stringify(id)} is at step ${step}, time ${time}`,
      );
    }
  }
}

function checkBlock(source: string, block: RecordBlock): void {
  const { count, keys, columns, records, steps, times, ids } = block;
  if (keys.length > MAX_KEYS) {
    throw refusal(source, `a record has ${keys.length} keys, and ${MAX_KEYS} are the most`);
  }
  const lengths = [records, steps.values, times, ...columns.map((column) => column.values)];
  if (columns.length !== keys.length || lengths.some((values) => values.length !== count)) {
    throw refusal(source, `a block of ${count} records has columns of another length`);
  }
  if (ids !== undefined && ids.length !== count) {
    throw refusal(source, `a block of ${count} records has ${ids.length} ids`);
  }
  for (let row = 0; row < count; row++) {
    if (!Number.isFinite(times[row])) throw refusal(source, `time ${times[row]} is no time`);
    if (row > 0 && !(records[row]! > records[row - 1]!)) {
      throw refusal(source, `record ${records[row]} comes after record ${records[row - 1]}`);
    }
    const step = steps.values[row];
    if (step !== null && !isStep(step))
      throw refusal(source, `step ${JSON.stringify(step)} is no finite number`);
  }
}

/** A finite number, -0 or an integer beyond 2^53 in the form of `encodeValue`; none beyond all floats, for which no chart has a place. */
function isStep(step: unknown): boolean {
  if (typeof step === "number") return Number.isFinite(step);
  if (typeof step !== "object" || step === null) return false;
  const { $: kind, v } = step as { readonly $?: unknown; readonly v?: unknown };
  if (kind === "-0") return true;
  return kind === "int" && typeof v === "string" && /^-?\d+$/.test(v) && Number.isFinite(Number(v));
}

function refusal(source: string, what: string): TrackioError {
  return new TrackioError(
    "invalid_argument",
    `${source}: ${what}; fold what was read from a whole journal.`,
  );
}
