/**
 * What a search for traces looks through: ids, names and all that was said,
 * but not what spans were given and gave, since these repeat the conversation
 * at every step.
 */

import type { Json } from "../protocol/json.ts";
import { memberOf, membersOf } from "./trackio/members-of.ts";

/** Of a span. */
const SEARCHED_FIELDS: readonly string[] = [
  "id",
  "name",
  "kind",
  "model",
  "status",
  "error",
  "metadata",
];

/** Lower case; parts with a blank between them. */
export function traceSearchText(id: string, key: string, body: Json): string {
  const parts = [id, key];
  for (const wanted of ["messages", "metadata"]) collectLeaves(memberOf(body, wanted), parts);
  const spans = memberOf(body, "spans");
  for (const span of Array.isArray(spans) ? (spans as readonly Json[]) : []) {
    if (membersOf(span) === undefined) collectLeaves(span, parts);
    else for (const wanted of SEARCHED_FIELDS) collectLeaves(memberOf(span, wanted), parts);
  }
  return parts.join(" ").toLowerCase();
}

/** Adds every text, number and boolean in `json`, in order. */
function collectLeaves(json: Json | undefined, parts: string[]): void {
  if (json === undefined || json === null) return;
  if (typeof json !== "object") parts.push(String(json));
  else if (Array.isArray(json))
    for (const item of json as readonly Json[]) collectLeaves(item, parts);
  else {
    const members = membersOf(json);
    if (members !== undefined) for (const [, member] of members) collectLeaves(member, parts);
    else collectSpecial(json as { readonly [key: string]: Json }, parts);
  }
}

/** A form of `encodeValue`: a number, a date or a big integer is a leaf, of anything else what stands in it counts. */
function collectSpecial({ $: kind, v }: { readonly [key: string]: Json }, parts: string[]): void {
  if (v === undefined) collectLeaves(kind, parts);
  else collectLeaves(v, parts);
}
