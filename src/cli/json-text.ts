/**
 * Values as JSON for programs. What JSON lacks is written so that any reader
 * gets the most of it: NaN and ±Infinity as those words, integers beyond 2^53
 * as their digits, -0 as `-0`, dates as ISO text, typed arrays as arrays,
 * pictures, videos and tables as `{"$": kind, "v": fields}`.
 */

import type { Json } from "../protocol/json.ts";
import { MediaRef } from "../protocol/media.ts";
import type { Value } from "../protocol/values.ts";
import { decodeValue, encodeValue } from "../protocol/values.ts";

/** Written in a JSON text as it is; ES2026's `JSON.rawJSON`, which Node has. */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): Json };

/** What {@link toPlainJson} gives back can be handed to `JSON.stringify`. */
export function toPlainJson(value: Value): Json {
  switch (typeof value) {
    case "number":
      if (Object.is(value, -0)) return rawJSON("-0");
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return rawJSON(String(value));
    case "object":
      return value === null ? null : objectToPlainJson(value);
    default:
      return value;
  }
}

/** A stored value, which is in the form of `encodeValue`, as plain JSON. */
export function storedToPlainJson(stored: Json): Json {
  return toPlainJson(decodeValue(stored));
}

function objectToPlainJson(value: Value & object): Json {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof MediaRef) return encodeValue(value);
  if (Array.isArray(value)) return value.map(toPlainJson);
  if (ArrayBuffer.isView(value)) {
    return Array.from<number | bigint, Json>(
      value as unknown as ArrayLike<number | bigint>,
      toPlainJson,
    );
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, toPlainJson(member as Value)]),
  );
}

/** Whether a value is an object with members of its own: no array, date, typed array or picture. */
export function isPlainObject(value: Value): value is { readonly [key: string]: Value } {
  const isObject = Object.prototype.toString.call(value) === "[object Object]";
  return isObject && !(value instanceof MediaRef);
}

/** One JSON document for standard output, indented, with a newline at its end. */
export function jsonDocument(value: Json): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
