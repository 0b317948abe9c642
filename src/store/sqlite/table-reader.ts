/** Finding a table, with all its parts. */

import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { TableFields, TablePart } from "../../protocol/media.ts";
import type { LoggedTable } from "../media-reads.ts";
import type { Database } from "./database.ts";
import { mediaOf, mediaRow } from "./media-reader.ts";

/** The newest table up to `step`; of several at its step the last, or the one at `index`. */
export function findTable(
  db: Database,
  project: ProjectKey,
  run: RunId,
  key: string,
  options: { readonly step?: number; readonly index?: number },
): LoggedTable | undefined {
  const media = mediaRow(db, project, run, key, "table");
  if (media === undefined) return undefined;
  const newest = "SELECT max(step) AS step FROM media_steps WHERE media = ? AND step <= ?";
  const found = db.get(newest, media.id, options.step ?? Number.POSITIVE_INFINITY);
  const step = found?.step as number | null | undefined;
  if (step === null || step === undefined) return undefined;
  const order = options.index === undefined ? "DESC" : "ASC";
  const row = db.get(
    `SELECT writer, record, place, time, fields FROM media_items WHERE media = ? AND step = ?
     ORDER BY writer ${order}, record ${order}, place ${order} LIMIT 1 OFFSET ?`,
    media.id,
    step,
    options.index ?? 0,
  );
  if (row === undefined) return undefined;
  const { fields } = mediaOf("table", row);
  const at = { writer: row.writer, record: row.record, place: row.place } as Place;
  const earlier = earlierParts(db, media.run, fields, at);
  const earlierRows = earlier.reduce((sum, { rows }) => sum + rows, 0);
  return {
    run,
    step,
    time: row.time as number,
    columns: fields.columns,
    parts: [...earlier, ...fields.parts],
    ...(fields.caption !== undefined && { caption: fields.caption }),
    missingRows: Math.max(0, fields.before - earlierRows),
  };
}

/** Where a record names a table. */
interface Place {
  readonly writer: number;
  readonly record: number;
  readonly place: number;
}

/**
 * Parts that the records before `at` name, in the order in which they were
 * written: steps may go back, rows are only added. A record with all rows
 * begins anew.
 */
function earlierParts(db: Database, run: number, fields: TableFields, at: Place): TablePart[] {
  if (fields.before === 0) return [];
  const rows = db.all(
    `SELECT rows_before, parts FROM table_parts
     WHERE run = ? AND table_id = ? AND (writer, record, place) < (?, ?, ?)
     ORDER BY writer, record, place`,
    run,
    fields.table,
    at.writer,
    at.record,
    at.place,
  );
  const begin = rows.findLastIndex((row) => row.rows_before === 0);
  return rows
    .slice(Math.max(0, begin))
    .flatMap((row) => JSON.parse(row.parts as string) as TablePart[]);
}
