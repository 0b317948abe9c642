/** One cell of a column: as the API answers it, and as text. */

import { TrackioError } from "../protocol/errors.ts";
import type { Json } from "../protocol/json.ts";
import { isMediaKind } from "../protocol/media.ts";
import { decodeNumber, encodeValue } from "../protocol/values.ts";
import { type ColumnData, isNullAt, isTextColumn, textAt } from "./column-data.ts";

/** The cell in the form of journal lines. */
export function cellAt(column: ColumnData, row: number): Json {
  if (isNullAt(column, row)) return null;
  if (isTextColumn(column)) {
    const text = textAt(column, row);
    return column.encoding === "json" ? parseCell(text) : text;
  }
  switch (column.type) {
    case "boolean":
      return column.values[row] !== 0;
    case "date":
      return encodeValue(new Date(column.values[row] as number));
    default:
      return encodeValue(column.values[row]);
  }
}

function parseCell(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const shown = JSON.stringify(text.slice(0, 80));
    throw new TrackioError("damaged", `A cell of a table is no JSON: ${shown}.`, { cause });
  }
}

/**
 * What a person reads of a cell: numbers in full, dates in ISO 8601, nested
 * values as JSON, pictures and videos as the name of their blob; null is empty.
 */
export function textOfCell(cell: Json): string {
  if (cell === null) return "";
  if (typeof cell === "string") return cell;
  if (typeof cell !== "object") return String(cell);
  const number = decodeNumber(cell);
  if (number !== undefined) return Object.is(number, -0) ? "-0" : String(number);
  const { $: kind, v } = cell as { readonly [key: string]: Json };
  if (kind === "date") return typeof v === "string" ? v : "Invalid Date";
  if (isMediaKind(kind)) return String((v as { blob?: Json }).blob ?? "");
  return JSON.stringify(cell);
}
