/** Steps: which is higher, and which one follows. */

import type { Json } from "./json.ts";
import { encodeValue, isPlainNumber } from "./values.ts";

/** Any finite number, or an integer of any size. */
export type Step = number | bigint;

/** The higher of two steps; undefined is lower than all. */
export function higherStep(a: Step | undefined, b: Step | undefined): Step | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b > a ? b : a;
}

/** The step that follows the highest of a run; 0 for its first record. An integer, also after a fraction, and exact beyond 2^53. */
export function nextStep(highest: Step | undefined): Step {
  if (highest === undefined) return 0;
  if (typeof highest === "number" && highest < Number.MAX_SAFE_INTEGER) {
    return Math.floor(highest) + 1;
  }
  return BigInt(highest) + 1n;
}

/** A step in the form in which a record has it. */
export function encodeStep(step: Step): Json {
  return isPlainNumber(step) ? step : encodeValue(step);
}
