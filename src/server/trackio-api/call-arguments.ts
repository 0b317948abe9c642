/** What a request's body says are the arguments of a call: by name, by place, as a list, or a single value. */

import type { Json } from "../../protocol/json.ts";
import { CallError } from "./call-error.ts";

export interface CallParameter {
  readonly name: string;
  /** Taken where the request gives none; absent: the request must give it. */
  readonly otherwise?: Json;
}

/** What a request gave. */
export interface CallArguments {
  /** The value of every parameter of the call, by its name; whatever the client sent, nothing is checked. */
  readonly values: { readonly [parameter: string]: Json };
  /** How many were given by place and not by name. */
  readonly positionalCount: number;
}

interface GivenArguments {
  readonly byPlace: readonly Json[];
  readonly byName: { readonly [name: string]: Json };
}

const NOTHING: GivenArguments = { byPlace: [], byName: {} };

/**
 * The arguments of `call` in `body`. More than the call takes is passed over.
 * @param body In the form of `encodeValue`; undefined where it was no JSON.
 * @throws {@link CallError} 400 naming the parameter that is missing.
 */
export function readArguments(
  call: { readonly parameters: readonly CallParameter[] },
  body: Json | undefined,
): CallArguments {
  const { byPlace, byName } = givenIn(body);
  const values: { [name: string]: Json } = {};
  let place = 0;
  for (const { name, otherwise } of call.parameters) {
    if (Object.hasOwn(byName, name)) values[name] = byName[name]!;
    else if (place < byPlace.length) values[name] = byPlace[place++]!;
    else if (otherwise !== undefined) values[name] = otherwise;
    else throw new CallError(400, `Missing required parameter: ${name}`);
  }
  return { values, positionalCount: byPlace.length };
}

function givenIn(body: Json | undefined): GivenArguments {
  if (body === undefined || body === null) return NOTHING;
  if (Array.isArray(body)) return { byPlace: body as Json[], byName: {} };
  const fields = fieldsOf(body);
  if (fields === undefined) return { byPlace: [body], byName: {} };
  if (Object.hasOwn(fields, "args") || Object.hasOwn(fields, "kwargs")) {
    const { args, kwargs } = fields;
    return { byPlace: asList(args), byName: fieldsOf(kwargs) ?? {} };
  }
  if (Array.isArray(fields.data)) return { byPlace: fields.data as Json[], byName: {} };
  return { byPlace: [], byName: fields };
}

/** A list as it is; nothing for what Python calls false; anything else is a list of itself. */
function asList(args: Json | undefined): readonly Json[] {
  if (Array.isArray(args)) return args as Json[];
  return args ? [args] : [];
}

/** The members of an object, whichever of its forms it has; undefined for anything else. */
export function fieldsOf(json: Json | undefined): { readonly [name: string]: Json } | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { $: form, v } = json as { readonly [name: string]: Json };
  if (form === undefined) return json as { readonly [name: string]: Json };
  if (form === "object") return v as { readonly [name: string]: Json };
  if (form === "entries") return Object.fromEntries(v as [string, Json][]);
  return undefined;
}
