/**
 * How a logged value is written as JSON without losing what JSON cannot say.
 *
 * Numbers, strings, booleans, null, plain arrays and plain objects are
 * themselves. The rest is an object with the key `$`:
 *
 *     NaN, Infinity, -Infinity, -0   {"$":"NaN"}, {"$":"Infinity"}, …, {"$":"-0"}
 *     9007199254740993n              {"$":"int","v":"9007199254740993"}
 *     new Date(0)                    {"$":"date","v":"1970-01-01T00:00:00.000Z"}
 *     Float32Array.of(1, NaN)        {"$":"Float32Array","v":[1,{"$":"NaN"}]}
 *     {"$": 1}                       {"$":"object","v":{"$":1}}
 *     an object whose keys JavaScript would put in another order (a Trackio client's {"10":1,"2":2})
 *                                    {"$":"entries","v":[["10",1],["2",2]]}
 *     a picture, video, table        {"$":"image","v":{…}}, … (see media.ts)
 *
 * Law: decodeValue(JSON.parse(JSON.stringify(encodeValue(v)))) is v, bit for
 * bit (a NaN's payload excepted).
 */

import { TrackioError } from "./errors.ts";
import type { Json } from "./json.ts";
import { isMediaKind, MediaRef, readMediaFields } from "./media.ts";

/** Typed arrays of numbers that a value may hold; each comes back as its own class. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** What a script may log under a key and gets back unchanged. `undefined` is left out, as JSON does. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | NumberArray
  | MediaRef
  | readonly Value[]
  | { readonly [key: string]: Value };

const ARRAY_CLASSES = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

/** Levels of lists and objects in each other: what is deeper no reader could go down into and come back from. */
export const MAX_DEPTH = 500;

/** Thrown by {@link encodeValue}; `path` names the part that cannot be kept, e.g. `["layers", "0", "forward"]`. */
export class UnkeepableValueError extends TrackioError {
  readonly path: readonly string[];

  constructor(path: readonly string[], what: string) {
    super(
      "invalid_argument",
      `${path.length > 0 ? `${path.join(".")} is` : "It is"} ${what}, which cannot be kept.`,
    );
    this.path = path;
  }
}

/** Whether `value` is a number that JSON writes and reads back exactly (finite and not -0). */
export function isPlainNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && !(value === 0 && 1 / value < 0);
}

/** Whether it is an object with keys of its own, and not an array, a date and the like. */
export function isPlainObject(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Says how an object of a class of its own is written; undefined where it is like any other. */
export type EncodeOwn = (object: object, path: readonly string[]) => Json | undefined;

/**
 * The JSON form of `value`.
 * @param encodeOwn Asked first for every object in it.
 * @throws {@link UnkeepableValueError} for a function, a symbol, a cycle, a tensor, what has no members of its own, e.g. a promise, or is nested more than 500 levels deep.
 */
export function encodeValue(
  value: unknown,
  path: readonly string[] = [],
  ancestors: readonly object[] = [],
  encodeOwn?: EncodeOwn,
): Json {
  switch (typeof value) {
    case "number":
      return encodeNumber(value);
    case "string":
    case "boolean":
      return value;
    case "bigint":
      return { $: "int", v: String(value) };
    case "undefined":
      return null;
    case "function":
      throw new UnkeepableValueError(path, "a function");
    case "symbol":
      throw new UnkeepableValueError(path, "a symbol");
  }
  if (value === null) return null;
  const object = value as object;
  if (ancestors.includes(object)) throw new UnkeepableValueError(path, "part of a cycle");
  if (ancestors.length >= MAX_DEPTH) {
    const what = `nested more than ${MAX_DEPTH} levels deep`;
    throw new UnkeepableValueError(path.slice(0, 1), what);
  }
  const own = encodeOwn?.(object, path);
  return own === undefined ? encodeObject(object, path, [...ancestors, object], encodeOwn) : own;
}

function encodeNumber(value: number): Json {
  if (isPlainNumber(value)) return value;
  return { $: value === 0 ? "-0" : String(value) };
}

function encodeObject(
  object: object,
  path: readonly string[],
  ancestors: readonly object[],
  encodeOwn: EncodeOwn | undefined,
): Json {
  if (object instanceof MediaRef) return { $: object.kind, v: object.fields as unknown as Json };
  if (object instanceof Date) {
    return { $: "date", v: Number.isNaN(object.getTime()) ? null : object.toISOString() };
  }
  if (Array.isArray(object)) {
    return object.map((item, index) =>
      encodeValue(item, [...path, String(index)], ancestors, encodeOwn),
    );
  }
  if (ArrayBuffer.isView(object) && !(object instanceof DataView)) {
    const name = object.constructor.name in ARRAY_CLASSES ? object.constructor.name : undefined;
    if (name !== undefined) {
      const items = object as NumberArray;
      return {
        $: name,
        v: Array.from<number | bigint, Json>(items as ArrayLike<number | bigint>, encodeItem),
      };
    }
    return encodeValue(Array.from(object as Uint8Array), path, ancestors.slice(0, -1));
  }
  if (object instanceof Map || object instanceof Set) {
    return encodeValue(
      object instanceof Map ? Object.fromEntries(object) : Array.from(object),
      path,
      ancestors.slice(0, -1),
      encodeOwn,
    );
  }
  const toJson = (object as { toJSON?: unknown }).toJSON;
  if (typeof toJson === "function") {
    return encodeValue(toJson.call(object), path, ancestors, encodeOwn);
  }
  if (typeof (object as { dataSync?: unknown }).dataSync === "function") {
    throw new UnkeepableValueError(path, "a tensor (its dataSync() gives the numbers)");
  }
  const entries = Object.entries(object);
  if (entries.length === 0 && !isPlainObject(object)) {
    // All that it holds is hidden: a promise, an error, an ArrayBuffer.
    throw new UnkeepableValueError(path, `an instance of ${object.constructor.name}`);
  }
  const members: [string, Json][] = [];
  for (const [key, member] of entries) {
    if (member !== undefined) {
      members.push([key, encodeValue(member, [...path, key], ancestors, encodeOwn)]);
    }
  }
  const encoded = Object.fromEntries(members);
  return Object.hasOwn(encoded, "$") ? { $: "object", v: encoded } : encoded;
}

function encodeItem(item: number | bigint): Json {
  return typeof item === "bigint" ? String(item) : encodeNumber(item);
}

/**
 * The value whose JSON form is `json`.
 * @throws {@link TrackioError} `damaged` for a `$` form that this version does not know.
 */
export function decodeValue(json: Json): Value {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return (json as readonly Json[]).map(decodeValue);
  const object = json as { readonly [key: string]: Json };
  if (Object.hasOwn(object, "$")) return decodeSpecial(object);
  return Object.fromEntries(
    Object.entries(object).map(([key, member]) => [key, decodeValue(member)]),
  );
}

/**
 * The number that `json` is the form of: a number, NaN, ±Infinity, −0, or an
 * integer (a bigint); undefined for text, boolean, null, arrays and objects.
 */
export function decodeNumber(json: Json): number | bigint | undefined {
  if (typeof json === "number") return json;
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { $: kind, v } = json as { readonly [key: string]: Json };
  switch (kind) {
    case "NaN":
      return Number.NaN;
    case "Infinity":
      return Number.POSITIVE_INFINITY;
    case "-Infinity":
      return Number.NEGATIVE_INFINITY;
    case "-0":
      return -0;
    case "int":
      return typeof v === "string" && /^-?\d+$/.test(v) ? BigInt(v) : undefined;
    default:
      return undefined;
  }
}

function decodeSpecial(object: { readonly [key: string]: Json }): Value {
  const number = decodeNumber(object);
  if (number !== undefined) return number;
  const { $: kind, v } = object;
  switch (kind) {
    case "date":
      return new Date(typeof v === "string" ? v : Number.NaN);
    case "object":
      if (typeof v === "object" && v !== null && !Array.isArray(v)) {
        return Object.fromEntries(
          Object.entries(v).map(([key, member]) => [key, decodeValue(member as Json)]),
        );
      }
      break;
    case "entries":
      if (Array.isArray(v) && v.every(isEntry)) {
        return Object.fromEntries(v.map(([key, member]) => [key, decodeValue(member)]));
      }
      break;
    default:
      if (isMediaKind(kind)) return readMediaFields(kind, v);
      if (typeof kind === "string" && Object.hasOwn(ARRAY_CLASSES, kind) && Array.isArray(v)) {
        return decodeArray(kind as keyof typeof ARRAY_CLASSES, v as readonly Json[]);
      }
  }
  throw new TrackioError("damaged", `Unknown value form ${JSON.stringify(object).slice(0, 80)}.`);
}

function isEntry(entry: Json): entry is readonly [string, Json] {
  return Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string";
}

function decodeArray(name: keyof typeof ARRAY_CLASSES, items: readonly Json[]): NumberArray {
  if (name === "BigInt64Array" || name === "BigUint64Array") {
    return ARRAY_CLASSES[name].from(items.map((item) => BigInt(item as string)));
  }
  return ARRAY_CLASSES[name].from(items.map((item) => decodeValue(item) as number));
}
