/**
 * JSON as Python's `json` reads and writes it, without loss. `JSON.parse` rounds
 * integers beyond 2^53, puts integer-like keys first, forgets the sign of -0.0
 * and refuses NaN; so it is used only where a look at the text shows that none
 * of this is there, which is nearly always. Else an own parser gives the same in
 * the form of `encodeValue` (see protocol/values.ts).
 *
 * Laws: what is parsed is what Python's parser gives, value for value and in the
 * order of its keys; formatting what was parsed and parsing it again gives the
 * same; text that is no JSON is undefined and never throws, however deep.
 */

import type { Json } from "../../protocol/json.ts";
import { parseSlowly } from "./exact-json-parser.ts";

/**
 * What `JSON.parse` would change: integers of 16 digits and more, exponents of
 * three digits, a negative zero, keys that look like integers, keys called `$`.
 * It may find such a thing within a text too; then the slow way is taken for nothing.
 */
const UNSAFE =
  /[[:,\s](?:-?(?:\d{16,}(?![\d.eE])|\d+(?:\.\d+)?[eE][+-]?\d{3})|-0(?:\.0*)?(?![.\d]))|"(?:\$|\d+)"\s*:|\\u00(?:24|3\d)/;

/** A number of 16 digits and more before its point, or what looks like one within a text. */
const LARGE = /[[:,-]\d{16}/;

/** Whether `JSON.parse` reads `text` without loss, if it reads it at all. */
export function isHarmlessJson(text: string): boolean {
  return !UNSAFE.test(text) && !/^\s*-?\d/.test(text);
}

/** The value of a JSON text, in the form of `encodeValue`; undefined where it is no JSON, or nested too deep. */
export function parseExactJson(given: string | Uint8Array): Json | undefined {
  const text = typeof given === "string" ? given : decode(given);
  if (isHarmlessJson(text)) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      // Python takes a little more than JSON, e.g. a bare NaN.
    }
  }
  return parseSlowly(text);
}

/**
 * The JSON text of a value in the form of `encodeValue`, as a server of Trackio spells it.
 * @param nonFinite What stands for NaN and ±Infinity: `null` in answers, their names as texts in what is kept.
 */
export function formatExactJson(json: Json, nonFinite: "null" | "text" = "null"): string {
  if (typeof json === "number") return formatNumber(json);
  const text = JSON.stringify(json);
  return text.includes('"$":') || LARGE.test(text) ? formatForms(json, nonFinite) : text;
}

/** UTF-8 as it is, with U+FFFD for what is none; a byte order mark is no part of it. */
function decode(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Of what JavaScript spells like an integer: it cuts the digits, so that as one it would be another number. Integers beyond 2^53 have a form of their own. */
function formatNumber(value: number): string {
  const text = JSON.stringify(value);
  const isCut = Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes("e");
  return isCut ? `${text}.0` : text;
}

function formatForms(json: Json, nonFinite: "null" | "text"): string {
  if (typeof json === "number") return formatNumber(json);
  if (typeof json !== "object" || json === null) return JSON.stringify(json);
  if (Array.isArray(json)) {
    return `[${(json as Json[]).map((item) => formatForms(item, nonFinite)).join(",")}]`;
  }
  const { $: form, v } = json as { readonly [key: string]: Json };
  switch (form) {
    case undefined:
      return formatMembers(Object.entries(json), nonFinite);
    case "object":
      return formatMembers(Object.entries(v as object), nonFinite);
    case "entries":
      return formatMembers(v as [string, Json][], nonFinite);
    case "int":
      return String(v);
    case "-0":
      return "-0.0";
    case "NaN":
    case "Infinity":
    case "-Infinity":
      return nonFinite === "null" ? "null" : `"${form}"`;
    default:
      // What only scripts of ours log: dates, typed arrays, pictures. Told as it is kept.
      return JSON.stringify(json);
  }
}

function formatMembers(members: readonly [string, Json][], nonFinite: "null" | "text"): string {
  const parts = members.map(
    ([key, member]) => `${JSON.stringify(key)}:${formatForms(member, nonFinite)}`,
  );
  return `{${parts.join(",")}}`;
}
