/**
 * Deleting. A run is gone with one transaction: its rows are removed, its id is
 * left as a tombstone, its key sets and media belong to nobody. What nobody owns
 * is swept by slices, at once by who deletes, or by the next compaction. The
 * files of a project go with its last run.
 */

import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { projectRow, runRow } from "./catalogue.ts";
import type { Database } from "./database.ts";
import { sweepLongValues } from "./long-values.ts";
import { sweepMedia } from "./media-sweep.ts";
import { CHUNK_RECORDS, removeChunks, removeSegment, type Segment } from "./segments.ts";
import { vacuumSlice } from "./vacuum.ts";

/** Chunks that a slice of sweeping removes. */
const SWEEP_CHUNKS = 64;

/** Removes the run and all its data; false where there is none. */
export function deleteRun(db: Database, project: ProjectKey, run: RunId): boolean {
  const isDeleted = db.write(() => disownRun(db, project, run));
  if (isDeleted) sweepAll(db);
  return isDeleted;
}

/** Removes all runs of the project; false where there is no such project. */
export function deleteProject(db: Database, project: ProjectKey): boolean {
  const isDeleted = db.write(() => {
    const row = projectRow(db, project);
    if (row === undefined) return false;
    for (const { run_id } of db.all("SELECT run_id FROM runs WHERE project = ?", row)) {
      disownRun(db, project, run_id as RunId);
    }
    return true;
  });
  if (isDeleted) sweepAll(db);
  return isDeleted;
}

/** Removes a piece of what belongs to nobody, inside the caller's transaction; false where there is nothing. */
export function sweepDeleted(db: Database): boolean {
  if (sweepMedia(db)) return true;
  const row = db.get("SELECT id FROM key_sets WHERE run IS NULL LIMIT 1");
  if (row === undefined) return false;
  const keySet = row.id as number;
  const segment = db.get("SELECT * FROM segments WHERE key_set = ? LIMIT 1", keySet) as
    | (Segment & { readonly [column: string]: unknown })
    | undefined;
  if (segment === undefined) {
    if (sweepLongValues(db, keySet)) return true;
    db.run("DELETE FROM tails WHERE key_set = ?", keySet);
    db.run("DELETE FROM work WHERE key_set = ?", keySet);
    db.run("DELETE FROM key_sets WHERE id = ?", keySet);
    return true;
  }
  const chunks = Math.ceil(segment.count / CHUNK_RECORDS);
  if (chunks <= SWEEP_CHUNKS) {
    removeSegment(db, segment);
    return true;
  }
  removeChunks(db, segment.id, chunks - SWEEP_CHUNKS, chunks);
  const count = (chunks - SWEEP_CHUNKS) * CHUNK_RECORDS;
  db.run("UPDATE segments SET count = ? WHERE id = ?", count, segment.id);
  return true;
}

function disownRun(db: Database, project: ProjectKey, run: RunId): boolean {
  const id = runRow(db, project, run);
  if (id === undefined) return false;
  db.run("INSERT OR IGNORE INTO tombstones (project, run_id) VALUES (?, ?)", project, run);
  db.run("DELETE FROM sources WHERE source IN (SELECT source FROM writers WHERE run = ?)", id);
  db.run("DELETE FROM writers WHERE run = ?", id);
  db.run("DELETE FROM series_columns WHERE series IN (SELECT id FROM series WHERE run = ?)", id);
  db.run("DELETE FROM series WHERE run = ?", id);
  db.run("UPDATE key_sets SET run = NULL WHERE run = ?", id);
  db.run("INSERT INTO deleted_runs (run) VALUES (?)", id);
  db.run("DELETE FROM runs WHERE id = ?", id);
  db.run("DELETE FROM projects WHERE key = ? AND id NOT IN (SELECT project FROM runs)", project);
  db.run("DELETE FROM files WHERE project NOT IN (SELECT id FROM projects)");
  return true;
}

/** Gives the space back as far as it can be done now: the run is gone, and what is left is the next compaction's. */
function sweepAll(db: Database): void {
  try {
    while (db.write(() => sweepDeleted(db)));
    while (vacuumSlice(db));
    db.checkpoint();
  } catch (error) {
    const code = error instanceof TrackioError ? error.code : undefined;
    if (code !== "storage_full" && code !== "busy") throw error;
  }
}
