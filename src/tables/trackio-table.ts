/**
 * A table as a Trackio client logs it: all of its rows as JSON, each an object.
 * It is kept as it came, one blob a time, and read here beside raw and Parquet
 * parts:
 *
 *     {"trackio":"table","rows":[{"a":1,"b":"x"},{"a":"NaN"}]}
 *
 * Cells are in the form of `encodeValue`. `members`, where it is there, are those
 * of the object around the rows, if it had more than its type.
 */

import { TrackioError } from "../protocol/errors.ts";
import type { Json } from "../protocol/json.ts";
import {
  type BlobHash,
  isBlobHash,
  isMediaKind,
  type TableColumn,
  type TableColumnType,
} from "../protocol/media.ts";
import { decodeNumber } from "../protocol/values.ts";

/** A row: names and cells, in order. */
export type TrackioRow = readonly (readonly [name: string, cell: Json])[];

/** What is in a blob. */
export interface TrackioTable {
  /** Objects, in the form of `encodeValue`. */
  readonly rows: readonly Json[];
  readonly members?: readonly (readonly [string, Json])[];
}

/** How the file of such a part begins; no raw table does. */
export const TRACKIO_TABLE_START = '{"trackio":"table"';

const NON_FINITE = new Set<Json>(["NaN", "Infinity", "-Infinity"]);

export function formatTablePart(
  rows: readonly Json[],
  members?: readonly (readonly [string, Json])[],
): string {
  return JSON.stringify({ trackio: "table", rows, members });
}

/** @throws {@link TrackioError} `damaged` where the text is no table. */
export function parseTablePart(text: string): TrackioTable {
  let table: Partial<TrackioTable> | null = null;
  try {
    table = JSON.parse(text) as Partial<TrackioTable> | null;
  } catch (cause) {
    throw new TrackioError("damaged", "The rows of this table are no JSON.", { cause });
  }
  if (!Array.isArray(table?.rows)) {
    throw new TrackioError("damaged", "This is no table of a Trackio client.");
  }
  return table as TrackioTable;
}

/** The members of an object in whatever form, in order. */
export function rowOf(row: Json): TrackioRow {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return [];
  const { $: form, v } = row as { readonly [key: string]: Json };
  if (form === "entries") return Array.isArray(v) ? (v as unknown as TrackioRow) : [];
  return Object.entries((form === "object" ? v : row) as { readonly [key: string]: Json });
}

/** Columns in the order in which they first appear; what a row does not have is null there. */
export function columnsOfRows(rows: readonly TrackioRow[]): TableColumn[] {
  const types = new Map<string, TableColumnType | "nothing" | "non-finite">();
  for (const row of rows) {
    for (const [name, cell] of row) {
      types.set(name, joinTypes(types.get(name) ?? "nothing", typeOfCell(cell)));
    }
  }
  return Array.from(types, ([name, type]) => ({
    name,
    // A column of nothing but the texts "NaN" is one of numbers: that is how Python writes them.
    type: type === "nothing" ? "json" : type === "non-finite" ? "number" : type,
  }));
}

type CellType = TableColumnType | "nothing" | "non-finite";

function typeOfCell(cell: Json): CellType {
  if (cell === null) return "nothing";
  if (NON_FINITE.has(cell)) return "non-finite";
  const plain = typeof cell;
  if (plain === "number" || plain === "boolean" || plain === "string") return plain;
  return typeof decodeNumber(cell) === "number" ? "number" : "json";
}

function joinTypes(a: CellType, b: CellType): CellType {
  if (a === b || b === "nothing") return a;
  if (a === "nothing") return b;
  const isPair = (x: CellType, y: CellType) => (a === x && b === y) || (a === y && b === x);
  if (isPair("number", "non-finite")) return "number";
  if (isPair("string", "non-finite")) return "string";
  return "json";
}

/** Every blob that a cell refers to, each once. */
export function mediaBlobsIn(rows: readonly TrackioRow[]): BlobHash[] {
  const found = new Set<BlobHash>();
  for (const row of rows) for (const [, cell] of row) collectBlobs(cell, found);
  return [...found];
}

function collectBlobs(cell: Json, found: Set<BlobHash>): void {
  if (typeof cell !== "object" || cell === null) return;
  const { $: kind, v } = cell as { readonly [key: string]: Json };
  if (isMediaKind(kind)) {
    const { blob, parts, blobs } = v as { readonly [key: string]: Json };
    if (isBlobHash(blob)) found.add(blob);
    for (const part of (parts ?? []) as { readonly blob?: Json }[]) {
      if (isBlobHash(part.blob)) found.add(part.blob);
    }
    for (const other of (blobs ?? []) as Json[]) if (isBlobHash(other)) found.add(other);
    return;
  }
  for (const member of Object.values(cell)) collectBlobs(member as Json, found);
}
