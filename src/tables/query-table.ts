/** Reads rows of tables: sorted, filtered, a page at a time. */

import type { TableRows } from "../protocol/api.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { CheckedTableQuery, TableSource } from "./table-source.ts";

export type { CheckedTableQuery, TableSource } from "./table-source.ts";

/**
 * The rows that `query` asks for, of all sources, one after the other.
 * @throws {@link TrackioError} `invalid_argument` for a column that is not there, `damaged` for a part that cannot be read.
 */
export function queryTable(
  sources: readonly TableSource[],
  query: CheckedTableQuery,
): Promise<TableRows> {
  throw new TrackioError("unavailable", `${sources.length} tables, ${query.key}: not there yet.`);
}
