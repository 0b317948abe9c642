/** Opens a part of a table, whichever form its file has. */

import { TrackioError } from "../protocol/errors.ts";
import { openParquetPart } from "./parquet-part.ts";
import { PartFile } from "./part-file.ts";
import { RawPart } from "./raw-part.ts";
import type { TablePart } from "./table-part.ts";
import { TrackioPart } from "./trackio-part.ts";
import { TRACKIO_TABLE_START } from "./trackio-table.ts";

/**
 * The part at `path`; its first bytes tell which form it has.
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
