/**
 * A part of a table as a reader sees it, whichever form its file has: plain
 * columns until a maker has been there, Parquet from then on; or the rows that a
 * Trackio client logged, which stay as they are. Laws, in
 * `table-part.test.ts` for both: a part gives the cells that it was written
 * with; a file that is damaged gives an error that names it, and never more
 * memory than its size explains.
 */

import type { TableColumn } from "../protocol/media.ts";
import type { ColumnData } from "./column-data.ts";

export interface TablePart {
  readonly path: string;
  readonly rowCount: number;
  readonly columns: readonly TableColumn[];
  /**
   * Rows `from` to `to` of column number `column`.
   * @throws {@link TrackioError} `damaged`
   */
  readColumn(column: number, from: number, to: number): ColumnData;
  /** The rows given, rising, of a column; costs by their number where they are few. */
  readRows(column: number, rows: readonly number[]): ColumnData;
  close(): void;
}
