/**
 * Reads a table of a Trackio client as a part like any other. Its JSON is parsed
 * as a whole and becomes columns, which are kept for the next page; of all such
 * tables together only so many bytes, besides those of the one read last.
 */

import type { Json } from "../protocol/json.ts";
import type { TableColumn, TableColumnType } from "../protocol/media.ts";
import { decodeNumber } from "../protocol/values.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { type ColumnData, gatherRows, sizeOf, sliceColumn } from "./column-data.ts";
import type { PartFile } from "./part-file.ts";
import type { TablePart } from "./table-part.ts";
import { encodeTexts } from "./text-column.ts";
import { columnsOfRows, parseTablePart, rowOf, type TrackioRow } from "./trackio-table.ts";

const CACHE_BYTES = 64 * 1024 * 1024;
const cache = new BoundedCache<readonly ColumnData[]>(CACHE_BYTES);
let last: { readonly key: string; readonly columns: readonly ColumnData[] } | undefined;
let partCount = 0;

export class TrackioPart implements TablePart {
  readonly path: string;
  readonly rowCount: number;
  readonly columns: readonly TableColumn[];
  readonly #file: PartFile;
  readonly #key: string;

  /** @throws {@link TrackioError} `damaged` */
  constructor(file: PartFile) {
    this.path = file.path;
    this.#file = file;
    partCount += 1;
    this.#key = String(partCount);
    const rows = readRows(file);
    this.rowCount = rows.length;
    this.columns = columnsOfRows(rows);
    this.#keep(rows);
  }

  readColumn(column: number, from: number, to: number): ColumnData {
    if (!(from >= 0 && from <= to && to <= this.rowCount && column in this.columns)) {
      throw new RangeError(`${this.path} has no rows ${from} to ${to} of column ${column}.`);
    }
    const known = last?.key === this.#key ? last.columns : cache.get(this.#key);
    const columns = known ?? this.#keep(readRows(this.#file));
    return sliceColumn(columns[column] as ColumnData, from, to);
  }

  readRows(column: number, rows: readonly number[]): ColumnData {
    return gatherRows(rows, (from, to) => this.readColumn(column, from, to));
  }

  close(): void {
    if (last?.key === this.#key) last = undefined;
    this.#file.close();
  }

  #keep(rows: readonly TrackioRow[]): readonly ColumnData[] {
    const maps = rows.map((row) => new Map(row));
    const columns = this.columns.map(({ name, type }) => {
      return columnOf(
        type,
        maps.map((row) => row.get(name) ?? null),
      );
    });
    last = { key: this.#key, columns };
    const sizeBytes = columns.reduce((sum, column) => sum + sizeOf(column), 0);
    cache.set(this.#key, columns, sizeBytes);
    return columns;
  }
}

function readRows(file: PartFile): readonly TrackioRow[] {
  try {
    return parseTablePart(file.read(0, file.sizeBytes).toString()).rows.map(rowOf);
  } catch (error) {
    throw file.damaged("its rows are no JSON", error);
  }
}

function columnOf(type: TableColumnType, cells: readonly Json[]): ColumnData {
  const nulls = cells.includes(null)
    ? Uint8Array.from(cells, (cell) => (cell === null ? 1 : 0))
    : undefined;
  switch (type) {
    case "number":
      return { type, values: Float64Array.from(cells, numberOf), nulls };
    case "boolean":
      return { type, values: Uint8Array.from(cells, (cell) => (cell === true ? 1 : 0)), nulls };
    case "string":
      return encodeTexts("string", cells as readonly (string | null)[]);
    default:
      return encodeTexts(
        "json",
        cells.map((cell) => (cell === null ? null : JSON.stringify(cell))),
      );
  }
}

/** Also of the texts by which Python writes NaN and infinities. */
function numberOf(cell: Json): number {
  return typeof cell === "string" ? Number(cell) : Number(decodeNumber(cell) ?? 0);
}
