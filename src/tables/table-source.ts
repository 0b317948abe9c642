/** What a query of a table reads: tables as they stood at a step of a run, and their parts on disk. */

import type { z } from "zod";
import type { tableQuerySchema } from "../protocol/api.ts";
import type { TableColumn } from "../protocol/media.ts";

/** A `TableQuery` whose defaults are filled in. Of its `sources` only their number counts here: they have been looked up. */
export type CheckedTableQuery = z.output<typeof tableQuerySchema>;

export interface TableSource {
  /** As the answer names it. */
  readonly run: string;
  /** Absent where the run has no such table up to the step asked for; then it has no parts. */
  readonly step?: number;
  /** Rows of which not even the part is known. */
  readonly missingRows: number;
  readonly columns: readonly TableColumn[];
  /** Files of the parts, raw or Parquet, in the order of their rows. One without a path is lost: its rows are missing, the others keep their places. */
  readonly parts: readonly { readonly path: string | undefined; readonly rows: number }[];
}
