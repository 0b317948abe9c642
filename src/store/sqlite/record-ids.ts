/** Ids of records: which of them a lane has already. */

import type { Database } from "./database.ts";
import { toExactText } from "./exact-text.ts";

/** Ids that a slice of sweeping removes. */
const SWEEP_IDS = 4096;

/**
 * Adds ids to those of a lane. Marks the ones that it has already, or that a record written before gives: of equal ids
 * that with the lowest of `records` is new.
 */
export function takeIds(
  db: Database,
  lane: number,
  ids: readonly string[],
  records: Float64Array,
): Uint8Array {
  const marks = new Uint8Array(ids.length);
  const rows = Uint32Array.from(ids, (_, row) => row).sort((a, b) => records[a]! - records[b]!);
  const sql = "INSERT INTO text_ids (run, id) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1";
  for (const row of rows) {
    if (db.get(sql, lane, toExactText(ids[row]!)) === undefined) marks[row] = 1;
  }
  return marks;
}

/** Removes some ids of a deleted lane, inside the caller's transaction; false where there are none. */
export function sweepIds(db: Database, lane: number): boolean {
  db.run(
    "DELETE FROM text_ids WHERE run = ?1 AND id IN (SELECT id FROM text_ids WHERE run = ?1 LIMIT ?2)",
    lane,
    SWEEP_IDS,
  );
  return db.changes() > 0;
}
