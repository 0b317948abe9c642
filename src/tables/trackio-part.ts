/** Reads a table of a Trackio client as a part like any other: parsed once, its columns made when they are asked for. */

import type { TableColumn, TableColumnType } from "../protocol/media.ts";
import { decodeNumber, type Json } from "../protocol/values.ts";
import { type ColumnData, gatherRows, sliceColumn } from "./column-data.ts";
import type { PartFile } from "./part-file.ts";
import type { TablePart } from "./table-part.ts";
import { encodeTexts } from "./text-column.ts";
import { columnsOfRows, parseTablePart, rowOf, type TrackioTable } from "./trackio-table.ts";

export class TrackioPart implements TablePart {
  readonly path: string;
  readonly rowCount: number;
  readonly columns: readonly TableColumn[];
  readonly #rows: readonly ReadonlyMap<string, Json>[];
  readonly #made = new Map<number, ColumnData>();

  /** Takes all of the file and closes it. @throws {@link TrackioError} `damaged` */
  constructor(file: PartFile) {
    this.path = file.path;
    const rows = readTable(file).rows.map(rowOf);
    this.columns = columnsOfRows(rows);
    this.rowCount = rows.length;
    this.#rows = rows.map((row) => new Map(row));
    file.close();
  }

  readColumn(column: number, from: number, to: number): ColumnData {
    if (!(from >= 0 && from <= to && to <= this.rowCount)) {
      throw new RangeError(`${this.path} has no rows ${from} to ${to}.`);
    }
    return sliceColumn(this.#column(column), from, to);
  }

  readRows(column: number, rows: readonly number[]): ColumnData {
    return gatherRows(rows, (from, to) => this.readColumn(column, from, to));
  }

  /** Everything was read at the beginning. */
  close(): void {
    this.#made.clear();
  }

  #column(number: number): ColumnData {
    let made = this.#made.get(number);
    if (made === undefined) {
      const column = this.columns[number];
      if (column === undefined) throw new RangeError(`${this.path} has no column ${number}.`);
      const cells = this.#rows.map((row) => row.get(column.name) ?? null);
      made = columnOf(column.type, cells);
      this.#made.set(number, made);
    }
    return made;
  }
}

function readTable(file: PartFile): TrackioTable {
  try {
    return parseTablePart(file.read(0, file.sizeBytes).toString());
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
