/**
 * What a Trackio client logged, as a record of ours: nested objects flattened to
 * paths as our own SDK does, media and tables in our forms, traces taken out. The
 * same for what came over the wire and for rows of a Trackio folder; the way
 * back is `give-back.ts`.
 *
 * Laws: `giveBack(translateMetrics(m))` is `m`, in the order of its keys (traces
 * aside, which have a place of their own); a text `"NaN"`, `"Infinity"` or
 * `"-Infinity"` that is the value of a key, nested or not, is the number, since
 * that is how these clients spell it.
 */

import type { KeyPath } from "../../protocol/journal-line.ts";
import type { Json } from "../../protocol/json.ts";
import { MAX_DEPTH } from "../../protocol/values.ts";
import { membersOf } from "./members-of.ts";
import { readTrace, type TranslatedTrace } from "./translate-trace.ts";
import { type KeepText, translateTyped } from "./translate-typed.ts";

export interface TranslatedMetrics {
  readonly keys: readonly KeyPath[];
  /** One for each key, in the form of `encodeValue`. */
  readonly values: readonly Json[];
  readonly traces: readonly TranslatedTrace[];
}

const NON_FINITE: { readonly [text: string]: Json } = {
  NaN: { $: "NaN" },
  Infinity: { $: "Infinity" },
  "-Infinity": { $: "-Infinity" },
};

/**
 * @param metrics What `parseExactJson` gave.
 * @returns undefined where it is no object, or nested more than 500 levels deep.
 */
export function translateMetrics(
  metrics: Json | undefined,
  keepText: KeepText,
): TranslatedMetrics | undefined {
  const members = membersOf(metrics);
  if (members === undefined || !isShallow(metrics as Json, MAX_DEPTH)) return undefined;
  const keys: KeyPath[] = [];
  const values: Json[] = [];
  const traces: TranslatedTrace[] = [];
  const add = (path: readonly [string, ...string[]], given: Json): void => {
    const value = numberOfText(given);
    const nested = branchesOf(value);
    if (nested !== undefined) for (const [key, member] of nested) add([...path, key], member);
    else {
      keys.push(path.length === 1 ? path[0] : path);
      values.push(translateTyped(value, keepText));
    }
  };
  for (const [key, member] of members) {
    const left = takeTraces(key, member, (trace) =>
      traces.push({ ...trace, body: translateTyped(trace.body, keepText) }),
    );
    if (left !== undefined) add([key], left);
  }
  return { keys, values, traces };
}

/** The value without its traces, each of which `take` gets; undefined where nothing else was there. */
function takeTraces(
  key: string,
  value: Json,
  take: (trace: TranslatedTrace) => void,
): Json | undefined {
  if (!Array.isArray(value)) {
    const trace = readTrace(key, undefined, value);
    if (trace === undefined) return value;
    take(trace);
    return undefined;
  }
  const others: Json[] = [];
  for (const [index, item] of (value as Json[]).entries()) {
    const trace = readTrace(key, index, item);
    if (trace === undefined) others.push(item);
    else take(trace);
  }
  // An empty list is a value; one that had traces and nothing else is not.
  return others.length > 0 || value.length === 0 ? others : undefined;
}

/** The members of an object that has keys and is no typed value. */
function branchesOf(value: Json): readonly (readonly [string, Json])[] | undefined {
  const members = membersOf(value);
  if (members === undefined || members.length === 0) return undefined;
  const isTyped = members.some(([key, type]) => key === "_type" && typeof type === "string");
  return isTyped ? undefined : members;
}

function numberOfText(value: Json): Json {
  return typeof value === "string" && Object.hasOwn(NON_FINITE, value) ? NON_FINITE[value]! : value;
}

/** Whether nothing in `value` is nested more than `levels` deep. */
export function isShallow(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0) return false;
  return Object.values(value).every((item: Json) => isShallow(item, levels - 1));
}
