/** Which step a call of `log()` has, and how it is written. */

import { encodeStepField, type Step } from "../journal/step-field.ts";
import type { Json } from "../protocol/json.ts";

export class StepCounter {
  #highest: Step | undefined;
  readonly #isElsewhere: boolean;

  /**
   * @param highest Highest step of the run so far; undefined for none.
   * @param isElsewhere Whether only the server knows that, since the run began on another machine.
   */
  constructor(highest: Step | undefined, isElsewhere = false) {
    this.#highest = highest;
    this.#isElsewhere = isElsewhere;
  }

  get highest(): Step | undefined {
    return this.#highest;
  }

  /** The field of a record whose step was not given: one more than the highest so far. */
  next(): Json {
    // "One more": whoever folds knows than what.
    if (this.#isElsewhere) return null;
    const highest = this.#highest;
    if (typeof highest === "number" && highest < Number.MAX_SAFE_INTEGER) {
      const step = Math.floor(highest) + 1;
      this.#highest = step;
      return step;
    }
    return this.take(highest === undefined ? 0 : BigInt(highest) + 1n);
  }

  /** The field of a record with this step. */
  take(step: Step): Json {
    const highest = this.#highest;
    if (highest === undefined || step > highest) this.#highest = step;
    return encodeStepField(step, this.#highest as Step);
  }
}

/** The step that was given, or undefined where it is none: any finite number, or an integer up to the largest of them (1.8e308), so that a chart has a place for it. */
export function readStep(given: unknown): Step | undefined {
  if (typeof given === "number") return Number.isFinite(given) ? given : undefined;
  if (typeof given !== "bigint") return undefined;
  const step = Number(given);
  if (!Number.isFinite(step)) return undefined;
  return Number.isSafeInteger(step) ? step : given;
}
