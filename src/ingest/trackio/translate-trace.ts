/** Traces leave the record that they were logged in, as with Trackio for Python: they are listed and searched by themselves. */

import type { Json } from "../../protocol/json.ts";
import { objectOf } from "./exact-json-parser.ts";
import { membersOf } from "./members-of.ts";

/** A trace in what one `log()` call logged. */
export interface TranslatedTrace {
  readonly key: string;
  /** Its place in the list that was logged; absent for a single one. */
  readonly index?: number;
  /** What was logged, but for its `_type`: `{messages, metadata, spans}`. */
  readonly body: Json;
}

/** The trace that `value` is; undefined where it is none. */
export function readTrace(
  key: string,
  index: number | undefined,
  value: Json,
): TranslatedTrace | undefined {
  const members = membersOf(value);
  if (!members?.some(([name, type]) => name === "_type" && type === "trackio.trace")) {
    return undefined;
  }
  const body = objectOf(members.filter(([name]) => name !== "_type"));
  return { key, body, ...(index !== undefined && { index }) };
}

/** The id that Trackio gives to a trace. @param logId Of the record that it was logged in. */
export function traceId(runId: string, logId: string, trace: TranslatedTrace): string {
  const parts = [runId, logId, trace.key];
  return (trace.index === undefined ? parts : [...parts, trace.index]).join(":");
}
