/**
 * A cell as people read it. Numbers of a column have the same number of digits
 * behind the point, so that they can be compared by eye; what is shown is never 0
 * for what is not, and the whole value is a click away.
 */

import type { Json } from "../../../src/protocol/json.ts";
import { isMediaKind, type MediaRef, readMediaFields } from "../../../src/protocol/media.ts";
import { decodeNumber } from "../../../src/protocol/values.ts";
import { formatPower, minus } from "../charts/format.ts";

/** How a cell looks. */
export type CellLook = "text" | "number" | "odd" | "word" | "none";

export interface CellText {
  readonly text: string;
  readonly look: CellLook;
}

const NONE: CellText = { text: "–", look: "none" };

/** Longer texts are not put into a cell, where nobody could see their end. */
const MOST_SHOWN = 300;

/** @param digits Behind the point, of numbers that have any; see {@link columnDigits}. */
export function cellText(json: Json, digits: number): CellText {
  if (json === null) return NONE;
  if (typeof json === "string") return shortText(json, false);
  if (typeof json === "boolean") return { text: String(json), look: "word" };
  const number = decodeNumber(json);
  if (number !== undefined) return numberText(number, digits);
  const cut = cutText(json);
  if (cut !== undefined) return shortText(cut.text, true);
  const date = dateOf(json);
  if (date !== undefined) return { text: formatDate(date), look: "word" };
  return shortText(jsonText(json), false);
}

function shortText(text: string, isCut: boolean): CellText {
  const line = text.slice(0, MOST_SHOWN).replaceAll(/\s+/g, " ");
  return { text: isCut ? `${line}…` : line, look: "text" };
}

function numberText(value: number | bigint, digits: number): CellText {
  if (typeof value === "number" && !Number.isFinite(value)) {
    const text = Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "−Inf";
    return { text, look: "odd" };
  }
  return { text: formatNumber(value, digits), look: "number" };
}

/** Whole numbers as they are; others with `digits` behind the point, as powers of ten where that would say nothing. */
export function formatNumber(value: number | bigint, digits: number): string {
  if (typeof value === "bigint") return minus(String(value));
  if (Object.is(value, -0)) return "−0";
  const size = Math.abs(value);
  if (Number.isInteger(value)) {
    const isLong = size >= 1e15;
    return isLong
      ? formatPower(value, 5)
      : minus(digits === 0 ? String(value) : value.toFixed(digits));
  }
  if (size >= 1e9) return formatPower(value, 5);
  // Less than a digit of it would be left.
  if (size < 5 * 10 ** -digits) return formatPower(value, 3);
  return minus(value.toFixed(digits));
}

/** A number that was typed by a person has few digits; what a machine reckoned has as many as fit. */
const MOST_TYPED_SIGNS = 8;
const SIGNIFICANT = 4;
const MOST_DIGITS = 6;

/** How many digits the numbers of a column have behind the point, by some of its cells: as many as were typed, and of what was reckoned as most need. */
export function columnDigits(cells: Iterable<Json>): number {
  let typed = 0;
  const reckoned: number[] = [];
  for (const json of cells) {
    if (typeof json !== "number" || Number.isInteger(json)) continue;
    const size = Math.abs(json);
    if (size >= 1e9 || size < 1e-5) continue;
    const plain = String(json);
    const digitsOf = (text: string) => text.split(".")[1]?.length ?? 0;
    if (plain.length <= MOST_TYPED_SIGNS) typed = Math.max(typed, digitsOf(plain));
    else reckoned.push(digitsOf(Number(json.toPrecision(SIGNIFICANT)).toString()));
  }
  const middle = reckoned.sort((a, b) => a - b)[reckoned.length >> 1] ?? 0;
  return Math.min(MOST_DIGITS, Math.max(typed, middle));
}

/** The reader's clock; a date that has no time is the day alone, wherever the reader is. */
function formatDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return "invalid date";
  const iso = date.toISOString();
  if (iso.endsWith("T00:00:00.000Z")) return iso.slice(0, -14);
  const two = (part: number) => String(part).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${day} ${clock}`;
}

/** A picture, video or sound in a cell. */
export function cellMedia(json: Json | undefined): MediaRef | undefined {
  const special = specialOf(json);
  if (special === undefined || !isMediaKind(special.kind) || special.kind === "table") {
    return undefined;
  }
  try {
    return readMediaFields(special.kind, special.v);
  } catch {
    // Damaged fields are shown as the JSON that they are.
    return undefined;
  }
}

/** The beginning of a text that the server cut. */
export function cutText(
  json: Json | undefined,
): { readonly text: string; readonly length: number } | undefined {
  if (specialOf(json)?.kind !== "cut") return undefined;
  const { v, length } = json as { v: string; length: number };
  return { text: String(v), length };
}

/** The whole value, to be copied or read: text as it is, numbers with all their digits, the rest as JSON. */
export function wholeText(json: Json): string {
  if (json === null) return "null";
  if (typeof json === "string") return json;
  const number = decodeNumber(json);
  if (number !== undefined) return Object.is(number, -0) ? "-0" : String(number);
  const date = dateOf(json);
  if (date !== undefined) return Number.isNaN(date.getTime()) ? "invalid date" : date.toISOString();
  return cutText(json)?.text ?? jsonText(json, 2);
}

/** JSON for people: what JSON lacks by its name. */
export function jsonText(json: Json, indent = 0, depth = 0): string {
  if (typeof json !== "object" || json === null) return JSON.stringify(json);
  const number = decodeNumber(json);
  if (number !== undefined) return Object.is(number, -0) ? "-0" : String(number);
  const date = dateOf(json);
  if (date !== undefined) return Number.isNaN(date.getTime()) ? "invalid date" : date.toISOString();
  if (Array.isArray(json)) {
    return wrap(
      "[",
      "]",
      (json as readonly Json[]).map((one) => jsonText(one, indent, depth + 1)),
      indent,
      depth,
    );
  }
  const special = specialOf(json);
  if (special !== undefined) {
    const { kind, v } = special;
    if (kind === "object") return objectText(v as { [key: string]: Json }, indent, depth);
    if (Array.isArray(v)) return `${kind} ${jsonText(v as Json, 0, depth)}`;
    const caption = (v as { caption?: string } | null)?.caption;
    return caption === undefined ? kind : `${kind} “${caption}”`;
  }
  return objectText(json as { [key: string]: Json }, indent, depth);
}

function objectText(object: { [key: string]: Json }, indent: number, depth: number): string {
  const members = Object.entries(object).map(
    ([key, member]) => `${JSON.stringify(key)}: ${jsonText(member, indent, depth + 1)}`,
  );
  return wrap("{", "}", members, indent, depth);
}

/** Lists that fit stay in one line. */
const LONGEST_LINE = 72;

function wrap(open: string, close: string, parts: string[], indent: number, depth: number): string {
  const line = `${open}${parts.join(", ")}${close}`;
  if (indent === 0 || parts.length === 0) return line;
  if (line.length + depth * indent <= LONGEST_LINE && !line.includes("\n")) return line;
  const inner = " ".repeat(indent * (depth + 1));
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${" ".repeat(indent * depth)}${close}`;
}

function dateOf(json: Json): Date | undefined {
  const special = specialOf(json);
  if (special?.kind !== "date") return undefined;
  return new Date(typeof special.v === "string" ? special.v : Number.NaN);
}

function specialOf(json: Json | undefined): { kind: string; v: unknown } | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { $: kind, v } = json as { readonly [key: string]: Json };
  return typeof kind === "string" ? { kind, v } : undefined;
}
