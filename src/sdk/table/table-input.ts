/** What a table was given: as it came, and recognised as rows, or as columns of one length. */

import type { ColumnData } from "../../tables/column-data.ts";

/** What a table holds; that it is the same object tells that it is the same table. */
export interface TableContent {
  readonly given: unknown;
  readonly options: unknown;
  /** Copies of the rows that were added, in order; what is no row is found when it is logged. */
  readonly added: unknown[];
}

/** A column as it was given: in the form that it is written in, or as a list of values. */
export interface GivenColumn {
  readonly name: string;
  readonly cells: ColumnData | ArrayLike<unknown>;
}

export type TableInput =
  | {
      readonly kind: "rows";
      readonly rows: ArrayLike<unknown>;
      /** Of rows that are lists; of rows that are objects, the keys that come first. */
      readonly names: readonly string[] | undefined;
    }
  | {
      readonly kind: "columns";
      readonly rowCount: number;
      readonly columns: readonly GivenColumn[];
    };

export function isColumnData(cells: GivenColumn["cells"]): cells is ColumnData {
  return typeof (cells as Partial<ColumnData>).type === "string";
}

export function lengthOf(cells: GivenColumn["cells"]): number {
  if (!isColumnData(cells)) return cells.length;
  return "offsets" in cells ? cells.offsets.length - 1 : cells.values.length;
}
