/**
 * A column of JavaScript values on its way into a table: it gets the type that
 * all of its values have. Where they differ, or are nested, it is `json`, in
 * which each comes back as it was.
 */

import type { Json } from "../../protocol/json.ts";
import { encodeValue } from "../../protocol/values.ts";
import type { ColumnData } from "../../tables/column-data.ts";
import { encodeTexts } from "../../tables/text-column.ts";

/** The JSON form of an object in a cell. */
export type EncodeCell = (value: unknown, row: number) => Json;

const ABSENT = 0;
const NUMBER = 1;
const BIGINT = 2;
const BOOLEAN = 4;
const STRING = 8;
const DATE = 16;
const OTHER = 32;

/** The column; undefined where no row has a value. */
export function encodeCells(
  values: ArrayLike<unknown>,
  encodeCell: EncodeCell,
): ColumnData | undefined {
  let kinds = ABSENT;
  let isSparse = false;
  for (let row = 0; row < values.length; row += 1) {
    const kind = kindOf(values[row]);
    if (kind === ABSENT) isSparse = true;
    kinds |= kind;
  }
  if (kinds === ABSENT) return undefined;
  const nulls = isSparse && kinds !== STRING ? nullsOf(values) : undefined;
  switch (kinds) {
    case NUMBER:
      return {
        type: "number",
        nulls,
        values: fill(new Float64Array(values.length), values, nulls),
      };
    case DATE:
      return { type: "date", nulls, values: fill(new Float64Array(values.length), values, nulls) };
    case BOOLEAN:
      return { type: "boolean", nulls, values: fill(new Uint8Array(values.length), values, nulls) };
    case STRING:
      return encodeTexts(
        "string",
        Array.from(values, (value) => (value ?? null) as string | null),
      );
    case BIGINT: {
      const bigints = encodeBigints(values as ArrayLike<bigint>, nulls);
      if (bigints !== undefined) return bigints;
    }
  }
  const texts = Array.from(values, (value, row) => {
    const json = encodeAny(value, row, encodeCell);
    return json === null ? null : JSON.stringify(json);
  });
  return encodeTexts("json", texts);
}

function kindOf(value: unknown): number {
  switch (typeof value) {
    case "number":
      return NUMBER;
    case "string":
      return STRING;
    case "boolean":
      return BOOLEAN;
    case "bigint":
      return BIGINT;
    case "undefined":
      return ABSENT;
    default:
      if (value === null) return ABSENT;
      return value instanceof Date ? DATE : OTHER;
  }
}

function nullsOf(values: ArrayLike<unknown>): Uint8Array {
  const nulls = new Uint8Array(values.length);
  for (let row = 0; row < nulls.length; row += 1) {
    if (values[row] === null || values[row] === undefined) nulls[row] = 1;
  }
  return nulls;
}

/** Dates by their time, booleans as 0 and 1. */
function fill<Values extends Float64Array | Uint8Array>(
  filled: Values,
  values: ArrayLike<unknown>,
  nulls: Uint8Array | undefined,
): Values {
  for (let row = 0; row < filled.length; row += 1) {
    if (nulls?.[row] !== 1) filled[row] = Number(values[row]);
  }
  return filled;
}

/** As 64-bit integers; undefined where one is beyond them. */
function encodeBigints(
  values: ArrayLike<bigint>,
  nulls: Uint8Array | undefined,
): ColumnData | undefined {
  let lowest = 0n;
  let highest = 0n;
  for (let row = 0; row < values.length; row += 1) {
    const value = nulls?.[row] === 1 ? 0n : (values[row] as bigint);
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  const isSigned = lowest === BigInt.asIntN(64, lowest) && highest === BigInt.asIntN(64, highest);
  if (!isSigned && (lowest < 0n || highest !== BigInt.asUintN(64, highest))) return undefined;
  const filled = new (isSigned ? BigInt64Array : BigUint64Array)(values.length);
  for (let row = 0; row < filled.length; row += 1) {
    if (nulls?.[row] !== 1) filled[row] = values[row] as bigint;
  }
  return { type: "bigint", nulls, values: filled };
}

function encodeAny(value: unknown, row: number, encodeCell: EncodeCell): Json {
  const kind = kindOf(value);
  return kind === OTHER ? encodeCell(value, row) : encodeValue(value);
}
