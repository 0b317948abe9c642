/** The members of an object in any of its forms: plain, with a key `$`, or with keys in an order of their own. */

import type { Json } from "../../protocol/json.ts";

/** In order; undefined for anything that is no object. */
export function membersOf(
  json: Json | undefined,
): readonly (readonly [string, Json])[] | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { $: form, v } = json as { readonly [key: string]: Json };
  if (form === undefined) return Object.entries(json);
  if (form === "object") return Object.entries(v as { readonly [key: string]: Json });
  if (form === "entries") return v as unknown as readonly (readonly [string, Json])[];
  return undefined;
}

/** The member called `name`; undefined where there is none, or `json` is no object. */
export function memberOf(json: Json | undefined, name: string): Json | undefined {
  return membersOf(json)?.find(([key]) => key === name)?.[1];
}
