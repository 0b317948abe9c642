/**
 * Nearly all that is logged is a flat object of numbers and short texts, which
 * are their own form in a journal. Those are told here by one look and spelled at
 * once; whatever is not so simple is translated value by value.
 */

import type { Json } from "../../protocol/json.ts";

export interface PlainValues {
  readonly names: readonly string[];
  /** JSON, separated by commas, in the order of the names. */
  readonly values: string;
}

/** Undefined where something in `metrics` has another form in a journal than here. */
export function plainValues(metrics: Json | undefined): PlainValues | undefined {
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) return undefined;
  const object = metrics as { readonly [key: string]: Json };
  const names = Object.keys(object);
  let values = "";
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i] as string;
    const value = object[name];
    if (i > 0) values += ",";
    else if (name === "$") return undefined;
    if (typeof value === "number") {
      if (value === 0 && 1 / value < 0) return undefined;
      values += value;
    } else if (typeof value === "string") {
      if (value === "NaN" || value === "Infinity" || value === "-Infinity") return undefined;
      values += JSON.stringify(value);
    } else if (typeof value === "boolean" || value === null) values += value;
    else return undefined;
  }
  return { names, values };
}
