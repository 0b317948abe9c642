/** What the events of a journal say of alerts, traces and names, checked: they may come from anywhere. */

import { MAX_NAME_LENGTH } from "../protocol/ids.ts";
import type { EventLine } from "../protocol/journal-line.ts";
import type { Json } from "../protocol/json.ts";
import type { Alert, Trace } from "../protocol/run.ts";
import { decodeNumber, decodeValue } from "../protocol/values.ts";
import { traceSearchText } from "./trace-search-text.ts";

type AlertLine = NonNullable<EventLine["alert"]>;
type TraceLine = NonNullable<EventLine["trace"]>;

/** The alert; undefined where a field is missing or has another type. */
export function readAlert(given: EventLine["alert"], time: number): Alert | undefined {
  const { id, title, text, level, step: json } = (given ?? {}) as Partial<AlertLine>;
  const step = json === undefined ? undefined : decodeNumber(json);
  const isWhole =
    typeof id === "string" &&
    typeof title === "string" &&
    typeof level === "string" &&
    (text === undefined || typeof text === "string") &&
    (json === undefined || Number.isFinite(Number(step))) &&
    Number.isFinite(time);
  if (!isWhole) return undefined;
  return {
    id,
    title,
    ...(text === undefined ? {} : { text }),
    level,
    ...(step === undefined ? {} : { step }),
    time,
  };
}

/** The trace; undefined where a field is missing, has another type, or a value in it cannot be given back. */
export function readTrace(given: EventLine["trace"], time: number): Trace | undefined {
  const { id, key, index, step: json, body } = (given ?? {}) as Partial<TraceLine>;
  const step = json === undefined ? undefined : decodeNumber(json);
  const isWhole =
    typeof id === "string" &&
    typeof key === "string" &&
    (index === undefined || (Number.isSafeInteger(index) && index >= 0)) &&
    step !== undefined &&
    Number.isFinite(Number(step)) &&
    Number.isFinite(time) &&
    body !== undefined &&
    isDecodable(body);
  if (!isWhole) return undefined;
  return {
    id,
    key,
    ...(index === undefined ? {} : { index }),
    step,
    time,
    body,
    searchText: traceSearchText(id, key, body),
  };
}

/** Whether a run may be called so. */
export function isRunName(given: unknown): given is string {
  return typeof given === "string" && given !== "" && given.length <= MAX_NAME_LENGTH;
}

/** Whether `value` is of a form that can be given back. */
export function isDecodable(value: Json): boolean {
  try {
    decodeValue(value);
    return true;
  } catch {
    // A form that this version does not know: its line is counted as damaged.
    return false;
  }
}
