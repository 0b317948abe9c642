/**
 * Removing media, ids, alerts and traces of deleted runs and lanes, by slices.
 * Their run has no row any more, so that nothing finds them meanwhile.
 */

import type { Database } from "./database.ts";
import { sweepIds } from "./record-ids.ts";

/** Rows, or steps with all their items, that a slice of sweeping removes. */
const SWEEP_ROWS = 1024;

/** Traces that a slice of sweeping removes. */
const SWEEP_TRACES = 128;

/** Removes some of what a deleted run had, inside the caller's transaction; false where there is nothing. */
export function sweepRun(db: Database): boolean {
  const run = db.get("SELECT run FROM deleted_runs LIMIT 1")?.run as number | undefined;
  if (run === undefined) return false;
  if (sweepBlobReferences(db, run) || sweepItems(db, run) || sweepTraces(db, run)) return true;
  if (sweepIds(db, run)) return true;
  db.run("DELETE FROM table_parts WHERE run = ?", run);
  db.run("DELETE FROM alerts WHERE run = ?", run);
  db.run("DELETE FROM deleted_runs WHERE run = ?", run);
  return true;
}

function sweepBlobReferences(db: Database, run: number): boolean {
  db.run(
    `DELETE FROM blob_references WHERE run = ?1 AND hash IN
       (SELECT hash FROM blob_references WHERE run = ?1 ORDER BY hash LIMIT ?2)`,
    run,
    SWEEP_ROWS,
  );
  return db.changes() > 0;
}

function sweepItems(db: Database, run: number): boolean {
  const media = db.get("SELECT id FROM media WHERE run = ? LIMIT 1", run)?.id as number | undefined;
  if (media === undefined) return false;
  const steps = db.all(
    "SELECT step FROM media_steps WHERE media = ? ORDER BY step LIMIT ?",
    media,
    SWEEP_ROWS,
  );
  const last = steps.at(-1)?.step;
  if (last === undefined) {
    db.run("DELETE FROM media WHERE id = ?", media);
    return true;
  }
  db.run("DELETE FROM media_items WHERE media = ? AND step <= ?", media, last);
  db.run("DELETE FROM media_steps WHERE media = ? AND step <= ?", media, last);
  return true;
}

function sweepTraces(db: Database, run: number): boolean {
  db.run(
    "DELETE FROM traces WHERE id IN (SELECT id FROM traces WHERE run = ? LIMIT ?)",
    run,
    SWEEP_TRACES,
  );
  return db.changes() > 0;
}
