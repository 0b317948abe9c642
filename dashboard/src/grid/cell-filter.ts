/** What a person writes into a column's filter field, as the server asks for it: `> 0.5`, `= 3`, `!= a`, `empty`, or a text that the cell contains. */

import type { TableFilter } from "../../../src/protocol/api.ts";
import type { TableColumnType } from "../../../src/protocol/media.ts";

export type FilterReading =
  | { readonly filter: Omit<TableFilter, "column"> }
  | { readonly problem: string };

const COMPARISON = /^(<=|>=|!=|=|<|>|≤|≥|≠)\s*([\s\S]*)$/;
const OPS = { "≤": "<=", "≥": ">=", "≠": "!=" } as const;

/** Undefined where nothing is asked. */
export function readFilter(text: string, type: TableColumnType): FilterReading | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const word = trimmed.toLowerCase();
  if (word === "empty" || word === "not empty") return { filter: { op: word } };
  const [, sign, rest] = COMPARISON.exec(trimmed) ?? [];
  if (sign === undefined) {
    const number = type === "number" ? readNumber(trimmed) : undefined;
    if (number !== undefined) return { filter: { op: "=", value: number } };
    return { filter: { op: "contains", value: trimmed } };
  }
  const op = (OPS[sign as keyof typeof OPS] ?? sign) as NonNullable<TableFilter["op"]>;
  const value = (rest ?? "").trim();
  if (value === "") {
    if (op === "=") return { filter: { op: "empty" } };
    if (op === "!=") return { filter: { op: "not empty" } };
    return { problem: `Write what it is compared with, e.g. ${op} 0.5.` };
  }
  return compare(op, value, type);
}

function compare(
  op: NonNullable<TableFilter["op"]>,
  text: string,
  type: TableColumnType,
): FilterReading {
  switch (type) {
    case "number": {
      const value = readNumber(text);
      if (value !== undefined) return { filter: { op, value } };
      return { problem: `“${text}” is no number. Write e.g. ${op} 0.5, or NaN or Infinity.` };
    }
    case "bigint": {
      const digits = text.replaceAll("_", "").replace("−", "-");
      if (/^-?\d+$/.test(digits)) return { filter: { op, value: digits } };
      return { problem: `“${text}” is no whole number. Write e.g. ${op} 12.` };
    }
    case "boolean":
      if (text === "true" || text === "false") return { filter: { op, value: text === "true" } };
      return { problem: "Write = true or = false." };
    case "date": {
      // As it is written: a day is all of it.
      if (!Number.isNaN(Date.parse(text))) return { filter: { op, value: text } };
      return { problem: `“${text}” is no date. Write e.g. ${op} 2026-11-23.` };
    }
    default:
      return { filter: { op, value: text } };
  }
}

const WORDS: Readonly<Record<string, string>> = {
  nan: "NaN",
  infinity: "Infinity",
  "+infinity": "Infinity",
  "-infinity": "-Infinity",
  inf: "Infinity",
  "+inf": "Infinity",
  "-inf": "-Infinity",
};

function readNumber(text: string): number | string | undefined {
  const plain = text.replace("−", "-").replaceAll("_", "");
  const word = WORDS[plain.toLowerCase()];
  if (word !== undefined) return word;
  const value = Number(plain);
  return Number.isNaN(value) ? undefined : value;
}
