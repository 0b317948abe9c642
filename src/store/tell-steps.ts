/**
 * The steps of records that came without one: each is one more than the highest
 * of its run and lane, as the records before it make it. To be told inside the
 * fold, of those records alone that are new, so that it is the same however the
 * source is cut and whoever folds it.
 */

import type { Json } from "../protocol/json.ts";
import { encodeStep, higherStep, nextStep, type Step } from "../protocol/step.ts";
import { decodeNumber } from "../protocol/values.ts";
import type { Column, RecordBlock } from "./store.ts";

/**
 * The blocks with a step for every record.
 * @param highest Asked for the highest step so far, where a record has none.
 * @param isNew Whether a record, by its number, will be kept; all unless told. What is not gets none, and gives none.
 */
export function tellSteps(
  blocks: readonly RecordBlock[],
  highest: () => Step | undefined,
  isNew: (record: number) => boolean = () => true,
): readonly RecordBlock[] {
  if (!blocks.some(({ steps }) => hasUntold(steps))) return blocks;
  const told = blocks.map(({ steps }) => Array.from<Json>(steps.values));
  const rows = blocks.flatMap(({ records }, block) =>
    Array.from(records, (record, row) => ({ record, block, row })),
  );
  rows.sort((a, b) => a.record - b.record);
  let last = highest();
  for (const { record, block, row } of rows) {
    if (!isNew(record)) continue;
    const steps = told[block]!;
    const given = steps[row]!;
    if (given !== null) last = higherStep(last, decodeNumber(given));
    else {
      last = nextStep(last);
      steps[row] = encodeStep(last);
    }
  }
  return blocks.map((block, i) => ({ ...block, steps: columnOf(told[i]!) }));
}

function hasUntold(steps: Column): boolean {
  return steps.kind === "values" && steps.values.includes(null);
}

function columnOf(steps: readonly Json[]): Column {
  return steps.every((step) => typeof step === "number")
    ? { kind: "numbers", values: Float64Array.from(steps as readonly number[]) }
    : { kind: "values", values: steps };
}
