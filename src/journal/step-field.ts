/** The step of a record line: a step, a step and the highest so far where that is higher, or `null` for one more than that. */

import type { Json } from "../protocol/json.ts";
import { encodeStep, type Step } from "../protocol/step.ts";
import { decodeValue, encodeValue } from "../protocol/values.ts";

export { higherStep, nextStep, type Step } from "../protocol/step.ts";

/** Whether a record line's second field can be read. */
export function isStepField(field: Json | undefined): boolean {
  if (Array.isArray(field)) return field.length === 2 && field.every(isStepJson);
  return field === null || isStepJson(field);
}

/** The field of `step`, given the highest step of the run so far, itself included. */
export function encodeStepField(step: Step, highest: Step): Json {
  const written = encodeStep(step);
  return step < highest ? [written, encodeValue(highest)] : written;
}

/** The step of a record, and the highest of the run when it was written; both undefined for `null`. Only for a field that {@link isStepField}. */
export function decodeStepField(field: Json): {
  readonly step: Step | undefined;
  readonly highest: Step | undefined;
} {
  if (field === null) return { step: undefined, highest: undefined };
  const [step, highest] = Array.isArray(field) ? (field as Json[]) : [field, field];
  return {
    step: decodeValue(step as Json) as Step,
    highest: decodeValue(highest as Json) as Step,
  };
}

function isStepJson(json: Json | undefined): boolean {
  if (typeof json === "number") return true;
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false;
  const { $: kind, v } = json as { readonly [key: string]: Json };
  return kind === "-0" || (kind === "int" && typeof v === "string" && /^-?\d+$/.test(v));
}
