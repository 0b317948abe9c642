/** A table, as a script logs it. */

import type { MediaRef } from "../../protocol/media.ts";
import type { NumberArray } from "../../protocol/values.ts";
import { callable } from "../callable-class.ts";
import { lazyTables } from "../lazy-media.ts";
import { Loggable, type MediaKeeper } from "../loggable.ts";
import type { DataFrame } from "../media/media-values.ts";
import type { TableContent } from "./table-input.ts";

/** An object by the columns' names, or a list in their order. */
export type TableRow = object;

/** The cells of one column. */
export type TableColumnValues = readonly unknown[] | NumberArray;

/** See {@link TableClass} for what each of them means. */
export type TableValue =
  | readonly TableRow[]
  | DataFrame
  | { readonly [column: string]: TableColumnValues };

export interface TableOptions {
  /** Stands below the table. */
  readonly caption?: string | undefined;
  /** Names for rows that are lists. Of rows that are objects: the columns that come first, in this order. */
  readonly columns?: readonly string[] | undefined;
}

/** A table in one object, as the guide writes it. */
export type TableGiven =
  | { readonly dataframe: TableValue; readonly caption?: string | undefined }
  | (TableOptions & { readonly rows: readonly TableRow[] })
  | (TableOptions & { readonly data: readonly TableRow[] })
  | {
      readonly columns: readonly string[] | { readonly [column: string]: TableColumnValues };
      readonly caption?: string | undefined;
    };

/** Rows and columns, until they are logged; and then more rows. */
export interface Table extends Loggable {
  /** Rows it has now. */
  readonly length: number;
  /** Adds a row: an object by the columns' names, or a list in their order. A name that is new becomes a column. */
  addRow(row: TableRow): this;
  /** Adds rows in their order. */
  addRows(rows: Iterable<TableRow>): this;
}

/**
 * A table to be logged: `trackio.log({ texts: new trackio.Table([{ prompt: "Hi", reward: 0.5 }]) })`; with `new` or without.
 *
 * It is made of one of:
 * - rows: `[{ a: 1, b: "x" }, …]`, whose keys are the columns as they come up; a key that a row lacks is null. Or rows that are
 *   lists, `[[1, "x"], …]`, with `columns: ["a", "b"]`, else the columns are `0`, `1`, …;
 * - columns: `{ a: [1, 2], b: Float64Array.of(…) }`, all of one length;
 * - a data frame: a Table of `apache-arrow`, a DataFrame of `nodejs-polars`, a table of `arquero`;
 * - one object that says what it has: `{ dataframe }`, `{ rows }`, `{ columns: ["a", "b"], data: [[1, "x"], …] }`,
 *   `{ columns: { a: […], b: […] } }`, each with `caption` where wanted.
 *
 * An object is taken in the last way where all of its keys are among `dataframe`, `rows`, `data`, `columns` and `caption`, and
 * what stands there is of that kind; else its keys are columns. So a column that is called `rows` is given as
 * `{ columns: { rows: […] } }`.
 *
 * Cells are numbers, bigints, booleans, strings, dates, null and undefined (which is null too), nested values, `Image`, `Video` and
 * `Audio`. All come back as they were; a column has the type of its cells, or is mixed. Typed arrays and the columns of
 * Arrow are written as they are: a million rows of five such columns cost `log()` less than 100 ms. Timestamps of
 * data frames are kept to the nearest millisecond.
 *
 * What the constructor was given is read when the table is logged to a run for the first time, and must not change until then; a
 * row given to `addRow` may change at once. The same table logged again to the same key keeps the rows that are new, and the page
 * shows all of them. It holds its rows in memory for that.
 *
 * Nothing here throws. What is no table (columns of different lengths, a list of numbers) is told once when it is logged,
 * and left out; all else of the call is kept.
 */
export interface TableClass {
  new (value: TableValue | TableGiven, options?: TableOptions): Table;
  new (): Table;
  (value: TableValue | TableGiven, options?: TableOptions): Table;
  (): Table;
  readonly prototype: Table;
}

export const Table: TableClass = callable<TableClass>(
  class Table extends Loggable {
    readonly #content: TableContent;

    constructor(...args: readonly unknown[]) {
      super();
      // Without anything it is a table that is still empty; `undefined` is a mistake that is told.
      const [given, options] = args.length === 0 ? [[]] : args;
      this.#content = { given, options, added: [] };
    }

    get length(): number {
      try {
        return lazyTables().countTableRows(this.#content);
      } catch {
        // What is no table has the rows that were added; whoever logs it finds out what it is.
        return this.#content.added.length;
      }
    }

    addRow(row: TableRow): this {
      this.#content.added.push(copyRow(row));
      return this;
    }

    addRows(rows: Iterable<TableRow>): this {
      try {
        for (const row of rows) this.addRow(row);
      } catch {
        // No list: what it is instead is told when the table is logged.
        this.#content.added.push(rows);
      }
      return this;
    }

    toMediaRef(keeper: MediaKeeper, path: readonly string[]): MediaRef {
      return lazyTables().tableToRef(this.#content, keeper, path);
    }
  },
);

function copyRow(row: unknown): unknown {
  try {
    if (typeof row !== "object" || row === null || row instanceof Date) return row;
    if (row instanceof Map) return new Map(row);
    const isList = Array.isArray(row) || ArrayBuffer.isView(row);
    return isList ? Array.prototype.slice.call(row) : { ...row };
  } catch {
    // A getter that throws; reading it again tells of it.
    return row;
  }
}
