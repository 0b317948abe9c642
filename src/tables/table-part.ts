/**
 * A part of a table as a reader sees it, whichever form its file has: plain
 * columns until a maker has been there, Parquet from then on; or the rows that a
 * Trackio client logged, which stay as they are. Laws, in
 * `table-part.test.ts` for both: a part gives the cells that it was written
 * with; a file that is damaged gives an error that names it, and never more
 * memory than its size explains.
 */

import { TrackioError } from "../protocol/errors.ts";
import type { TableColumn } from "../protocol/media.ts";
import type { ColumnData } from "./column-data.ts";
import { openParquetPart } from "./parquet-part.ts";
import { PartFile } from "./part-file.ts";
import { RawPart } from "./raw-part.ts";
import { TrackioPart } from "./trackio-part.ts";
import { TRACKIO_TABLE_START } from "./trackio-table.ts";

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

/**
 * Opens the part at `path`; its first bytes tell which form it has.
 * @throws {@link TrackioError} `damaged` where it has none, `not_found` where there is no such file.
 */
export async function openTablePart(path: string): Promise<TablePart> {
  const file = openFile(path);
  try {
    const startBytes = Math.min(TRACKIO_TABLE_START.length, file.sizeBytes);
    const start = file.read(0, startBytes).toString("latin1");
    if (start.startsWith("PAR1")) return await openParquetPart(file);
    if (start === TRACKIO_TABLE_START) return new TrackioPart(file);
    if (start.startsWith("{")) return new RawPart(file);
    throw file.damaged("it is neither a raw table nor Parquet");
  } catch (error) {
    file.close();
    throw error;
  }
}

function openFile(path: string): PartFile {
  try {
    return new PartFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new TrackioError("not_found", `There is no part of a table in ${path}.`, {
      cause: error,
    });
  }
}
