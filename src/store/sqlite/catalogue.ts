/** Projects, runs, writers and offsets: what is read without touching a point. */

import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { Config, Lane, RunEnd, RunIdentity, RunState, Writer } from "../../protocol/run.ts";
import { exactStep } from "../exact-step.ts";
import type { MetricSummary, ProjectInfo, RunInfo } from "../store.ts";
import type { Database, SqlRow } from "./database.ts";
import { decodeStats } from "./series-stats.ts";

export function readOffset(db: Database, source: string): number {
  return (db.get("SELECT offset FROM sources WHERE source = ?", source)?.offset as number) ?? 0;
}

export function writeOffset(db: Database, source: string, offset: number): void {
  db.run("INSERT OR REPLACE INTO sources (source, offset) VALUES (?, ?)", source, offset);
}

export function isDeleted(db: Database, project: ProjectKey, run: RunId): boolean {
  const sql = "SELECT 1 FROM tombstones WHERE project = ? AND run_id = ?";
  return db.get(sql, project, run) !== undefined;
}

/** The project's row; undefined where there is none. */
export function projectRow(db: Database, project: ProjectKey): number | undefined {
  return db.get("SELECT id FROM projects WHERE key = ?", project)?.id as number | undefined;
}

/** The row of the run, or of a lane of it; undefined where there is none. */
export function runRow(
  db: Database,
  project: ProjectKey,
  run: RunId,
  lane?: Lane,
): number | undefined {
  const sql = `SELECT r.id FROM runs r JOIN projects p ON p.id = r.project
    WHERE p.key = ? AND r.run_id = ? AND r.lane = ?`;
  return db.get(sql, project, run, lane ?? "")?.id as number | undefined;
}

/** @throws {@link TrackioError} `not_found`. */
export function requireRun(db: Database, project: ProjectKey, run: RunId, lane?: Lane): number {
  const row = runRow(db, project, run, lane);
  if (row !== undefined) return row;
  throw new TrackioError("not_found", `Project "${project}" has no run ${JSON.stringify(run)}.`);
}

const RUN_BY_ID = "SELECT * FROM runs WHERE project = ? AND run_id = ? AND lane = ''";

export function listProjects(db: Database): ProjectInfo[] {
  return db
    .all(
      `SELECT p.key, p.name, count(*) AS runCount, sum(r.state = 'running') AS runningCount,
       min(r.created_at) AS createdAt, max(r.updated_at) AS updatedAt
     FROM projects p JOIN runs r ON r.project = p.id AND r.lane = '' GROUP BY p.id ORDER BY updatedAt DESC, p.key`,
    )
    .map((row) => ({ ...row })) as unknown as ProjectInfo[];
}

/** By number, newest first; only `runs` where given. */
export function listRuns(
  db: Database,
  project: ProjectKey,
  runs: readonly RunId[] | undefined,
): RunInfo[] {
  const id = projectRow(db, project);
  if (id === undefined) return [];
  const rows =
    runs === undefined
      ? db.all("SELECT * FROM runs WHERE project = ? AND lane = '' ORDER BY number DESC", id)
      : Array.from(new Set(runs))
          .map((run) => db.get(RUN_BY_ID, id, run))
          .filter((row) => row !== undefined)
          .sort((a, b) => (b.number as number) - (a.number as number));
  return rows.map((row) => runInfo(db, row));
}

export function findRun(db: Database, project: ProjectKey, idOrName: string): RunInfo | undefined {
  const id = projectRow(db, project);
  if (id === undefined) return undefined;
  const row =
    db.get(RUN_BY_ID, id, idOrName) ??
    db.get(
      "SELECT * FROM runs WHERE project = ? AND lane = '' AND name = ? ORDER BY number DESC LIMIT 1",
      id,
      idOrName,
    );
  return row && runInfo(db, row);
}

export function listMetrics(
  db: Database,
  project: ProjectKey,
  runs: readonly RunId[],
  lane: Lane | undefined,
): MetricSummary[] {
  return runs.flatMap((run) => {
    const row = runRow(db, project, run, lane);
    if (row === undefined) return [];
    const series = db.all("SELECT key, stats FROM series WHERE run = ? ORDER BY id", row);
    return series.map(({ key, stats }) => summaryOf(run, key as string, stats as Uint8Array));
  });
}

/** How many records a lane has, and its highest step; undefined where it is not there. */
export function laneSize(
  db: Database,
  project: ProjectKey,
  run: RunId,
  lane: Lane | undefined,
): { readonly recordCount: number; readonly lastStep?: number | bigint } | undefined {
  const row = runRow(db, project, run, lane);
  if (row === undefined) return undefined;
  const sql = "SELECT record_count, last_step, last_exact FROM runs WHERE id = ?";
  const facts = db.get(sql, row) as {
    record_count: number;
    last_step: number | null;
    last_exact: string | null;
  };
  const { record_count: recordCount, last_step: lastStep, last_exact: lastExact } = facts;
  if (lastStep === null) return { recordCount };
  return { recordCount, lastStep: exactStep(lastExact === null ? lastStep : BigInt(lastExact)) };
}

function summaryOf(run: RunId, key: string, blob: Uint8Array): MetricSummary {
  const stats = decodeStats(blob, null);
  const finite = stats.count - stats.nan - stats.posInf - stats.negInf;
  return {
    run,
    key,
    count: stats.count,
    min: finite > 0 ? stats.min : Number.NaN,
    max: finite > 0 ? stats.max : Number.NaN,
    mean: stats.sum / finite,
    last: stats.last,
    lastStep: stats.lastStep,
    nanCount: stats.nan,
    posInfCount: stats.posInf,
    negInfCount: stats.negInf,
  };
}

function runInfo(db: Database, row: SqlRow): RunInfo {
  const state = row.state as RunState;
  return {
    ...(JSON.parse(row.identity as string) as RunIdentity),
    state,
    ...(row.end !== null && { end: JSON.parse(row.end as string) as RunEnd }),
    ...(row.ended_at !== null && { endedAt: row.ended_at as number }),
    updatedAt: row.updated_at as number,
    recordCount: row.record_count as number,
    ...(row.last_step !== null && { lastStep: row.last_step as number }),
    damagedLines: row.damaged_lines as number,
    config: JSON.parse(row.config as string) as Config,
    summary: JSON.parse(row.summary as string) as Config,
    writers: state === "running" ? openWriters(db, row) : [],
  };
}

/** Of all its lanes. */
function openWriters(db: Database, run: SqlRow): RunInfo["writers"] {
  const sql = `SELECT w.identity, w.source, w.seen_at FROM runs r JOIN writers w ON w.run = r.id AND w.ended = 0
    WHERE r.project = ? AND r.run_id = ? ORDER BY r.id, w.ordinal`;
  return db.all(sql, run.project!, run.run_id!).map((row) => ({
    ...(JSON.parse(row.identity as string) as Writer),
    source: row.source as string,
    seenAt: row.seen_at as number,
  }));
}
