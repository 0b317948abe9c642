/**
 * A part of a table as plain columns, one after the other: what `log()` can write
 * at the speed of the disk, and what a reader can read without a library.
 */

import type { TableColumnType } from "../protocol/media.ts";

export interface RawTableColumn {
  readonly name: string;
  readonly type: TableColumnType;
  /** How its values lie there; see `encodeRawTable`. */
  readonly encoding: string;
  /** Bytes of the column, its nulls included. */
  readonly bytes: number;
}

/** First line of a raw table; the columns follow in this order. */
export interface RawTableHeader {
  readonly raw: "table";
  readonly rows: number;
  readonly columns: readonly RawTableColumn[];
}
