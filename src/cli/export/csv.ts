/**
 * Rows as CSV (RFC 4180, lines ended by a newline alone). Numbers in nested
 * objects get a column of their own, `parent/child`, as in the dashboard; a
 * cell is empty where the row has no such key. Of a picture, video or table the
 * cell holds the hash of its blob (of a table those of its parts), and
 * `key/caption` its caption.
 */

import { TrackioError } from "../../protocol/errors.ts";
import { type ImageFields, MediaRef, type TableFields } from "../../protocol/media.ts";
import type { Value } from "../../protocol/values.ts";
import { isoTime } from "../format.ts";
import { isPlainObject, toPlainJson } from "../json-text.ts";
import { columnOf, FACT_COLUMNS, type LoggedRow } from "./logged-row.ts";

/** The logged columns of a table whose rows come one after the other, in the order in which they first appear. */
export class CsvColumns {
  readonly #columns = new Set<string>();

  /** Makes room for what this row logged. */
  add({ row }: LoggedRow): void {
    for (const [column] of flattenCells(row.values)) this.#columns.add(column);
  }

  /** The first line. */
  header(): string {
    return csvLine([...FACT_COLUMNS, ...this.#columns]);
  }

  /**
   * The line of one row that was added, or has no other keys than those that were.
   * @throws {@link TrackioError} `conflict` where a new key came meanwhile: it would have no column.
   */
  line({ run, row }: LoggedRow): string {
    const cells = new Map(flattenCells(row.values));
    for (const column of cells.keys()) {
      if (!this.#columns.has(column)) {
        throw new TrackioError(
          "conflict",
          `Run '${run.name}' logged the new key '${column}' during the export; start it again, or take --format jsonl.`,
        );
      }
    }
    const facts = [run.name, run.id, csvText(row.step), isoTime(row.time)];
    return csvLine([...facts, ...Array.from(this.#columns, (column) => cells.get(column) ?? "")]);
  }
}

function flattenCells(values: { readonly [key: string]: Value }): [column: string, cell: string][] {
  return Object.entries(values).flatMap(([key, value]) => flattenCell(columnOf(key), value));
}

function flattenCell(column: string, value: Value): [column: string, cell: string][] {
  if (value instanceof MediaRef) return mediaCells(column, value);
  if (!isPlainObject(value)) return [[column, csvText(value)]];
  const members = Object.entries(value);
  if (members.length === 0) return [[column, "{}"]];
  return members.flatMap(([key, member]) => flattenCell(`${column}/${key}`, member));
}

function mediaCells(column: string, { kind, fields }: MediaRef): [column: string, cell: string][] {
  const { caption } = fields;
  const blobs =
    kind === "table"
      ? (fields as TableFields).parts.map(({ blob }) => blob)
      : [(fields as ImageFields).blob];
  const captions: [string, string][] =
    caption === undefined ? [] : [[`${column}/caption`, caption]];
  return [[column, blobs.join(" ")], ...captions];
}

/** NaN and ±Infinity as words, `null` as that word, dates as ISO text, arrays as JSON. */
function csvText(value: Value): string {
  if (typeof value === "string") return value;
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  return JSON.stringify(toPlainJson(value));
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(quoteCell).join(",")}\n`;
}

function quoteCell(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
