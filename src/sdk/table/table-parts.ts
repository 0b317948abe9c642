/**
 * Rows of a table on their way into parts. Rows that are JavaScript values are
 * taken some at a time, so that a million of them need no second million of cells
 * in memory; typed columns go as they are.
 */

import type { Json } from "../../protocol/json.ts";
import type { BlobHash, TableColumnType } from "../../protocol/media.ts";
import { type ColumnData, nullColumn, sliceColumn } from "../../tables/column-data.ts";
import type { NamedColumn } from "../../tables/raw-table.ts";
import { describeError } from "../describe-value.ts";
import type { MediaKeeper } from "../loggable.ts";
import { encodeCells } from "./table-cells.ts";
import { isColumnData, type TableInput } from "./table-input.ts";
import { RowReader } from "./table-rows.ts";

/** Rows of JavaScript values in a part. */
const VALUE_ROWS = 262_144;
/** UTF-16 units of strings in such a part, unless one row has more. */
const VALUE_UNITS = 64 * 1024 * 1024;
/** Rows of typed columns in a part. */
const TYPED_ROWS = 16 * 1024 * 1024;

/** A column of a table as it is known so far; no type while all of its cells are null. */
export interface KnownColumn {
  readonly name: string;
  readonly type: TableColumnType | undefined;
}

/** A part that is still to be kept. */
export interface EncodedPart {
  readonly rows: number;
  readonly columns: readonly NamedColumn[];
  /** That cells refer to. */
  readonly blobs: readonly BlobHash[];
}

/** Encodes rows of a table; one for each time that it is logged. */
export class PartEncoder {
  /** Of all rows so far. */
  columns: KnownColumn[];
  readonly #keeper: MediaKeeper;
  readonly #path: readonly string[];

  constructor(known: readonly KnownColumn[], keeper: MediaKeeper, path: readonly string[]) {
    this.columns = [...known];
    this.#keeper = keeper;
    this.#path = path;
  }

  /** Parts of the rows from `from` to the input's end; `firstRow`: the place of the input's first row in the table. */
  *encode(input: TableInput, from: number, firstRow: number): Generator<EncodedPart> {
    if (input.kind === "rows") yield* this.#encodeRows(input, from, firstRow);
    else yield* this.#encodeColumns(input, from, firstRow);
  }

  *#encodeRows(
    { rows, names = [] }: TableInput & { readonly kind: "rows" },
    from: number,
    firstRow: number,
  ): Generator<EncodedPart> {
    const known = this.columns.length === 0 ? names : this.columns.map(({ name }) => name);
    const reader = new RowReader(known, (message) =>
      this.#warn(`rows ${this.#place}`, `"${this.#place}": ${message}; its cells are null.`),
    );
    this.#learn(reader.names);
    for (let start = from; start < rows.length; ) {
      let end = Math.min(rows.length, start + VALUE_ROWS);
      let cells = reader.read(slice(rows, start, end), firstRow + start);
      while (
        end - start > 1 &&
        cells.reduce((sum, column) => sum + unitsOf(column), 0) > VALUE_UNITS
      ) {
        end = start + Math.ceil((end - start) / 2);
        cells = cells.map((column) => column.slice(0, end - start));
      }
      this.#learn(reader.names);
      yield this.#toPart(end - start, cells, firstRow + start);
      start = end;
    }
  }

  *#encodeColumns(
    { columns, rowCount }: TableInput & { readonly kind: "columns" },
    from: number,
    firstRow: number,
  ): Generator<EncodedPart> {
    this.#learn(columns.map(({ name }) => name));
    const isTyped = columns.every(({ cells }) => isColumnData(cells));
    for (let start = from; start < rowCount; ) {
      let end = Math.min(rowCount, start + (isTyped ? TYPED_ROWS : VALUE_ROWS));
      const units = () =>
        columns.reduce((sum, { cells }) => {
          return isColumnData(cells) ? sum : sum + unitsOf(cells, start, end);
        }, 0);
      while (end - start > 1 && units() > VALUE_UNITS) end = start + Math.ceil((end - start) / 2);
      const cells = columns.map(({ cells }) =>
        isColumnData(cells) ? sliceColumn(cells, start, end) : slice(cells, start, end),
      );
      yield this.#toPart(end - start, cells, firstRow + start);
      start = end;
    }
  }

  #learn(names: readonly string[]): void {
    for (const name of names.slice(this.columns.length)) {
      this.columns.push({ name, type: undefined });
    }
  }

  #toPart(
    rows: number,
    cells: readonly (ColumnData | readonly unknown[])[],
    firstRow: number,
  ): EncodedPart {
    const blobs = new Set<BlobHash>();
    const columns = this.columns.map(({ name, type }, place): NamedColumn => {
      const given = cells[place] ?? [];
      const data = isColumnData(given)
        ? given
        : encodeCells(given, (value, row) => {
            return this.#encodeCell(value, [String(firstRow + row), name], blobs);
          });
      if (data === undefined) return { name, data: nullColumn(type ?? "json", rows) };
      const isSame = type === undefined || type === data.type;
      this.columns[place] = { name, type: isSame ? data.type : "json" };
      return { name, data };
    });
    return { rows, columns, blobs: [...blobs] };
  }

  #encodeCell(value: unknown, place: readonly string[], blobs: Set<BlobHash>): Json {
    try {
      return this.#keeper.encode(value, [...this.#path, ...place], (blob) => blobs.add(blob));
    } catch (error) {
      // What the disk refuses is no matter of one cell.
      const { code } = error as { readonly code?: unknown };
      if (code === "storage_full" || code === "unavailable") throw error;
      this.#warn(
        `cells ${this.#place} ${place[1]}`,
        `A cell of "${this.#place}" is null: ${describeError(error)}`,
      );
      return null;
    }
  }

  get #place(): string {
    return this.#path.join("/");
  }

  #warn(kind: string, message: string): void {
    this.#keeper.warn(kind, message);
  }
}

function slice(values: ArrayLike<unknown>, from: number, to: number): readonly unknown[] {
  return Array.prototype.slice.call(values, from, to) as unknown[];
}

function unitsOf(values: ArrayLike<unknown>, from = 0, to = values.length): number {
  let units = 0;
  for (let row = from; row < to; row += 1) {
    const value = values[row];
    if (typeof value === "string") units += value.length;
  }
  return units;
}
