import type { DatabaseView } from "./database-file.ts";
import { type PieceLimits, readRowPiece, type TrackioRow } from "./database-rows.ts";
import { type DatabaseShape, highestId, type TableName } from "./database-shape.ts";

/** Rows of a table that were written since. */
export interface NewRows {
  readonly table: TableName;
  readonly rows: readonly TrackioRow[];
  /** There are no more. */
  readonly isWhole: boolean;
  /** The table's highest row id. */
  readonly highest: number;
}

/** The next rows of each table, whichever runs they are of. @param after The row up to which a table is read. */
export function readNewRows(
  view: DatabaseView,
  shape: DatabaseShape,
  after: (table: TableName) => number,
  limits: PieceLimits,
): NewRows[] {
  return [...shape.values()].map((table) => {
    const from = after(table.name);
    const highest = highestId(view, table);
    const { rows, isWhole } =
      highest > from
        ? readRowPiece(view, table, { choice: "all", after: from }, limits)
        : { rows: [], isWhole: true };
    return { table: table.name, rows, isWhole, highest };
  });
}
