/**
 * Deleting. A run is gone with one transaction: its rows are removed, its id is
 * left as a tombstone, its key sets and media belong to nobody. What nobody owns
 * is swept by slices, at once by who deletes, or by the next compaction. With
 * its last run a project goes, with its files and all that it keeps without a
 * run.
 */

import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { projectRow, runRow } from "./catalogue.ts";
import type { Database } from "./database.ts";
import { sweepLongValues } from "./long-values.ts";
import { sweepRun } from "./run-sweep.ts";
import { CHUNK_RECORDS, removeChunks, removeSegment, type Segment } from "./segments.ts";
import { vacuumSlice } from "./vacuum.ts";

/** Chunks that a slice of sweeping removes. */
const SWEEP_CHUNKS = 64;

/** Removes the run and all its data; false where there is none. @param mayReturn Whether it leaves no tombstone. */
export function deleteRun(
  db: Database,
  project: ProjectKey,
  run: RunId,
  mayReturn = false,
): boolean {
  const isDeleted = db.write(() => disownRun(db, project, run, mayReturn));
  if (isDeleted) sweepAll(db);
  return isDeleted;
}

/** Removes all runs of the project; false where there is no such project. */
export function deleteProject(db: Database, project: ProjectKey): boolean {
  const isDeleted = db.write(() => {
    const row = projectRow(db, project);
    if (row === undefined) return false;
    const runs = db.all("SELECT run_id FROM runs WHERE project = ? AND lane = ''", row);
    for (const { run_id } of runs) disownRun(db, project, run_id as RunId, false);
    disownProject(db, project);
    return true;
  });
  if (isDeleted) sweepAll(db);
  return isDeleted;
}

/** Removes a piece of what belongs to nobody, inside the caller's transaction; false where there is nothing. */
export function sweepDeleted(db: Database): boolean {
  if (sweepRun(db)) return true;
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

function disownRun(db: Database, project: ProjectKey, run: RunId, mayReturn: boolean): boolean {
  if (runRow(db, project, run) === undefined) return false;
  const tombstone = "INSERT OR IGNORE INTO tombstones (project, run_id) VALUES (?, ?)";
  if (!mayReturn) db.run(tombstone, project, run);
  const owner = projectRow(db, project)!;
  const lanes = db.all("SELECT id FROM runs WHERE project = ? AND run_id = ?", owner, run);
  for (const { id: lane } of lanes) {
    db.run("DELETE FROM sources WHERE source IN (SELECT source FROM writers WHERE run = ?)", lane!);
    disownLane(db, lane as number);
  }
  const others = db.get("SELECT 1 FROM runs WHERE project = ? AND lane = '' LIMIT 1", owner);
  if (others === undefined) disownProject(db, project);
  return true;
}

/** Removes the project, and what it keeps without a run; what was folded of that stays folded, so that it does not come back. */
function disownProject(db: Database, project: ProjectKey): void {
  const id = projectRow(db, project);
  if (id === undefined) return;
  const lanes = db.all("SELECT id FROM runs WHERE project = ?", id);
  for (const { id: lane } of lanes) disownLane(db, lane as number);
  db.run("DELETE FROM files WHERE project = ?", id);
  db.run("DELETE FROM projects WHERE id = ?", id);
}

/** Of a run, or of a lane of it. */
function disownLane(db: Database, id: number): void {
  db.run("DELETE FROM writers WHERE run = ?", id);
  db.run("DELETE FROM series_columns WHERE series IN (SELECT id FROM series WHERE run = ?)", id);
  db.run("DELETE FROM series WHERE run = ?", id);
  db.run("UPDATE key_sets SET run = NULL WHERE run = ?", id);
  db.run("INSERT INTO deleted_runs (run) VALUES (?)", id);
  db.run("DELETE FROM runs WHERE id = ?", id);
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
