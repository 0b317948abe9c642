/**
 * Which rows the filters of a query leave. A filter compares as the cell's type
 * has it: numbers of all types by value, dates by time, booleans as such, texts
 * exactly, and by code point for order; `contains` looks for the value in what a
 * person reads of the cell, whatever the case. A value that is none of the
 * cell's type matches nothing, except by `!=`. Null is equal to nothing; it
 * is empty, and so is the empty text.
 */

import { TrackioError } from "../protocol/errors.ts";
import { decodeNumber, type Json } from "../protocol/values.ts";
import { cellAt, textOfCell } from "./cells.ts";
import { type ColumnData, isNullAt, isTextColumn, rowCountOf, textsOf } from "./column-data.ts";
import { parseDates } from "./date-span.ts";
import type { CheckedTableQuery } from "./table-source.ts";

export type CheckedFilter = CheckedTableQuery["filters"][number];
type Op = CheckedFilter["op"];

/** Whether a cell passes. */
type Test = (data: ColumnData) => (row: number) => boolean;

/** Sets `passed[row]` for each row of the column that passes the filter. */
export function markPassing(filter: CheckedFilter, data: ColumnData, passed: Uint8Array): void {
  const test = testOf(filter)(data);
  const rows = rowCountOf(data);
  for (let row = 0; row < rows; row += 1) if (passed[row] === 0 && test(row)) passed[row] = 1;
}

/** @throws {@link TrackioError} `invalid_argument` where the filter lacks its value. */
export function checkFilter({ op, value }: CheckedFilter): void {
  if (value !== undefined || op === "empty" || op === "not empty") return;
  throw new TrackioError("invalid_argument", `The filter "${op}" has no value; give it one.`);
}

function testOf(filter: CheckedFilter): Test {
  const { op, value = "" } = filter;
  if (op === "empty" || op === "not empty") {
    return (data) => {
      const isEmpty = emptyTest(data);
      return op === "empty" ? isEmpty : (row) => !isEmpty(row);
    };
  }
  if (op === "contains") return (data) => containsTest(data, String(value).toLowerCase());
  const compare = comparison(value);
  return (data) => {
    const compareAt = compare(data);
    return (row) => holds(op, compareAt(row));
  };
}

/** `undefined`: they cannot be compared. */
function holds(op: Op, order: number | undefined): boolean {
  switch (op) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order !== undefined && order < 0;
    case "<=":
      return order !== undefined && order <= 0;
    case ">":
      return order !== undefined && order > 0;
    default:
      return order !== undefined && order >= 0;
  }
}

function emptyTest(data: ColumnData): (row: number) => boolean {
  if (!isTextColumn(data)) return (row) => isNullAt(data, row);
  const { offsets } = data;
  if (data.encoding === "json") return (row) => ["", null].includes(cellAt(data, row) as string);
  return (row) => isNullAt(data, row) || offsets[row] === offsets[row + 1];
}

function containsTest(data: ColumnData, wanted: string): (row: number) => boolean {
  if (isTextColumn(data) && data.encoding === "utf8") {
    const texts = textsOf(data);
    return (row) => !isNullAt(data, row) && (texts[row] as string).toLowerCase().includes(wanted);
  }
  return (row) => {
    const cell = cellAt(data, row);
    if (cell === null) return false;
    if (textOfCell(cell).toLowerCase().includes(wanted)) return true;
    const { v } = cell as { readonly v?: { readonly caption?: unknown } };
    return typeof v?.caption === "string" && v.caption.toLowerCase().includes(wanted);
  };
}

type Order = (cell: Json) => number | undefined;

/** How a cell stands to the value: below 0, 0, above 0; undefined where they cannot be compared. */
function comparison(
  value: string | number | boolean,
): (data: ColumnData) => (row: number) => number | undefined {
  const number = parseNumber(value);
  const dates = parseDates(value);
  const boolean =
    typeof value === "boolean"
      ? value
      : ({ true: true, false: false } as const)[String(value).toLowerCase()];
  const text = Buffer.from(String(value));
  const toNumber = (cell: number | bigint) =>
    number === undefined ? undefined : compareNumbers(cell, number);
  const toDate = (ms: number) =>
    dates === undefined || Number.isNaN(ms)
      ? undefined
      : ms < dates.from
        ? -1
        : ms > dates.last
          ? 1
          : 0;
  const toText = (cell: string) =>
    typeof value === "string" ? Buffer.compare(Buffer.from(cell), text) : undefined;
  const toBoolean = (cell: boolean) =>
    boolean === undefined ? undefined : Number(cell) - Number(boolean);
  const toAny: Order = (cell) => {
    if (cell === null) return undefined;
    const asNumber = decodeNumber(cell);
    if (asNumber !== undefined) return toNumber(asNumber);
    if (typeof cell === "string") return toText(cell);
    if (typeof cell === "boolean") return toBoolean(cell);
    const { $: kind, v } = cell as { readonly [key: string]: Json };
    return kind === "date" ? toDate(typeof v === "string" ? Date.parse(v) : Number.NaN) : undefined;
  };
  return (data) => {
    if (data.type === "number" || data.type === "bigint") {
      const { values } = data;
      return (row) => (isNullAt(data, row) ? undefined : toNumber(values[row] as number));
    }
    if (data.type === "date") {
      const { values } = data;
      return (row) => (isNullAt(data, row) ? undefined : toDate(values[row] as number));
    }
    return (row) => toAny(cellAt(data, row));
  };
}

function parseNumber(value: string | number | boolean): number | bigint | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean" || value.trim() === "") return undefined;
  if (/^\s*-?\d{16,}\s*$/.test(value)) return BigInt(value.trim());
  if (value.trim() === "NaN") return Number.NaN;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** NaN is equal to itself and stands in no order to others. */
function compareNumbers(a: number | bigint, b: number | bigint): number | undefined {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number.isNaN(a) === Number.isNaN(b) ? 0 : undefined;
}
