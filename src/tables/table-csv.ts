/** A table as CSV: RFC 4180, UTF-8, CRLF, the first line the names of the columns. */

import { TrackioError } from "../protocol/errors.ts";
import type { CheckedTableQuery, TableSource } from "./table-source.ts";

/** The rows that the filters of `query` leave, in its order and of its columns; `from`, `count` and `whole` do not matter. */
export function exportTableCsv(
  sources: readonly TableSource[],
  query: CheckedTableQuery,
): AsyncIterable<Uint8Array | string> {
  throw new TrackioError("unavailable", `${sources.length} tables, ${query.key}: not there yet.`);
}
