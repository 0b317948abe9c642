/** The step of a record line: a step, or a step and the highest so far where that is higher. */

import { decodeValue, encodeValue, isPlainNumber, type Json } from "../protocol/values.ts";

/** Any finite number, or an integer of any size. */
export type Step = number | bigint;

/** Whether a record line's second field can be read. */
export function isStepField(field: Json | undefined): boolean {
  if (Array.isArray(field)) return field.length === 2 && field.every(isStepJson);
  return isStepJson(field);
}

/** The field of `step`, given the highest step of the run so far, itself included. */
export function encodeStepField(step: Step, highest: Step): Json {
  const written = isPlainNumber(step) ? step : encodeValue(step);
  return step < highest ? [written, encodeValue(highest)] : written;
}

/** The step of a record, and the highest of the run when it was written. Only for a field that {@link isStepField}. */
export function decodeStepField(field: Json): { readonly step: Step; readonly highest: Step } {
  const [step, highest] = Array.isArray(field) ? (field as Json[]) : [field, field];
  return {
    step: decodeValue(step as Json) as Step,
    highest: decodeValue(highest as Json) as Step,
  };
}

/** The higher of two steps; undefined is lower than all. */
export function higherStep(a: Step | undefined, b: Step | undefined): Step | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b > a ? b : a;
}

function isStepJson(json: Json | undefined): boolean {
  if (typeof json === "number") return true;
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false;
  const { $: kind, v } = json as { readonly [key: string]: Json };
  return kind === "-0" || (kind === "int" && typeof v === "string" && /^-?\d+$/.test(v));
}
