/** Projects, runs, writers and offsets: what is read without touching a point. */

import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { Config, RunEnd, RunIdentity, RunState, Writer } from "../../protocol/run.ts";
import type { FoldBatch, MetricSummary, ProjectInfo, RunInfo } from "../store.ts";
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

/** The run's row; undefined where there is none. */
export function runRow(db: Database, project: ProjectKey, run: RunId): number | undefined {
  const sql =
    "SELECT r.id FROM runs r JOIN projects p ON p.id = r.project WHERE p.key = ? AND r.run_id = ?";
  return db.get(sql, project, run)?.id as number | undefined;
}

/** @throws {@link TrackioError} `not_found`. */
export function requireRun(db: Database, project: ProjectKey, run: RunId): number {
  const row = runRow(db, project, run);
  if (row !== undefined) return row;
  throw new TrackioError("not_found", `Project "${project}" has no run ${JSON.stringify(run)}.`);
}

/** The row of the batch's run; project and run are made where they are new. */
export function ensureRun(db: Database, batch: FoldBatch): number {
  const { run } = batch;
  const known = runRow(db, run.projectKey, run.id);
  if (known !== undefined) return known;
  const project =
    projectRow(db, run.projectKey) ??
    db.run("INSERT INTO projects (key, name) VALUES (?, ?)", run.projectKey, run.project);
  return db.run(
    `INSERT INTO runs (project, run_id, number, name, identity, created_at, updated_at, state,
       record_count, damaged_lines, config, summary)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'running', 0, 0, '{}', '{}')`,
    project,
    run.id,
    run.number,
    run.name,
    JSON.stringify(run),
    run.createdAt,
    batch.seenAt,
  );
}

/** Number of the batch's writer in the run: 0, 1, 2, … in the order in which they were first folded. */
export function ensureWriter(db: Database, run: number, batch: FoldBatch): number {
  const { writer, source } = batch;
  const known = db.get("SELECT ordinal FROM writers WHERE run = ? AND source = ?", run, source);
  if (known) return known.ordinal as number;
  const { n } = db.get("SELECT count(*) AS n FROM writers WHERE run = ?", run) as { n: number };
  db.run(
    `INSERT INTO writers (run, ordinal, writer_id, identity, source, seen_at, ended)
     VALUES (?, ?, ?, ?, ?, 0, 0)`,
    run,
    n,
    writer.id,
    JSON.stringify(writer),
    source,
  );
  return n;
}

/** Writes what the batch says of the run itself. */
export function writeFacts(
  db: Database,
  run: number,
  writer: number,
  batch: FoldBatch,
  added: { readonly count: number; readonly lastStep: number | undefined },
): void {
  db.run(
    `UPDATE runs SET updated_at = max(updated_at, ?), record_count = record_count + ?,
       last_step = coalesce(max(last_step, ?), last_step, ?),
       damaged_lines = damaged_lines + ? WHERE id = ?`,
    batch.seenAt,
    added.count,
    added.lastStep ?? null,
    added.lastStep ?? null,
    batch.damagedLines,
    run,
  );
  db.run(
    "UPDATE writers SET seen_at = max(seen_at, ?) WHERE run = ? AND ordinal = ?",
    batch.seenAt,
    run,
    writer,
  );
  if (batch.config) {
    db.run("UPDATE runs SET config = ? WHERE id = ?", JSON.stringify(batch.config), run);
  }
  if (batch.summary) {
    const row = db.get("SELECT summary FROM runs WHERE id = ?", run) as { summary: string };
    const summary = { ...(JSON.parse(row.summary) as Config), ...batch.summary };
    db.run("UPDATE runs SET summary = ? WHERE id = ?", JSON.stringify(summary), run);
  }
  if (batch.end) writeEnd(db, run, writer, batch.end, batch.seenAt);
}

function writeEnd(
  db: Database,
  run: number,
  writer: number,
  end: RunEnd | "running",
  seenAt: number,
): void {
  const isRunning = end === "running";
  db.run(
    `UPDATE runs SET state = ?, "end" = ?, ended_at = ? WHERE id = ?`,
    isRunning ? "running" : end.state,
    isRunning ? null : JSON.stringify(end),
    isRunning ? null : seenAt,
    run,
  );
  db.run(
    "UPDATE writers SET ended = ? WHERE run = ? AND ordinal = ?",
    isRunning ? 0 : 1,
    run,
    writer,
  );
}

export function listProjects(db: Database): ProjectInfo[] {
  return db
    .all(
      `SELECT p.key, p.name, count(*) AS runCount, sum(r.state = 'running') AS runningCount,
       min(r.created_at) AS createdAt, max(r.updated_at) AS updatedAt
     FROM projects p JOIN runs r ON r.project = p.id GROUP BY p.id ORDER BY updatedAt DESC, p.key`,
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
      ? db.all("SELECT * FROM runs WHERE project = ? ORDER BY number DESC", id)
      : Array.from(new Set(runs))
          .map((run) => db.get("SELECT * FROM runs WHERE project = ? AND run_id = ?", id, run))
          .filter((row) => row !== undefined)
          .sort((a, b) => (b.number as number) - (a.number as number));
  return rows.map((row) => runInfo(db, row));
}

export function findRun(db: Database, project: ProjectKey, idOrName: string): RunInfo | undefined {
  const id = projectRow(db, project);
  if (id === undefined) return undefined;
  const row =
    db.get("SELECT * FROM runs WHERE project = ? AND run_id = ?", id, idOrName) ??
    db.get(
      "SELECT * FROM runs WHERE project = ? AND name = ? ORDER BY number DESC LIMIT 1",
      id,
      idOrName,
    );
  return row && runInfo(db, row);
}

export function listMetrics(
  db: Database,
  project: ProjectKey,
  runs: readonly RunId[],
): MetricSummary[] {
  return runs.flatMap((run) => {
    const row = runRow(db, project, run);
    if (row === undefined) return [];
    const series = db.all("SELECT key, stats FROM series WHERE run = ? ORDER BY id", row);
    return series.map(({ key, stats }) => summaryOf(run, key as string, stats as Uint8Array));
  });
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
    writers: state === "running" ? openWriters(db, row.id as number) : [],
  };
}

function openWriters(db: Database, run: number): RunInfo["writers"] {
  const sql =
    "SELECT identity, source, seen_at FROM writers WHERE run = ? AND ended = 0 ORDER BY ordinal";
  return db.all(sql, run).map((row) => ({
    ...(JSON.parse(row.identity as string) as Writer),
    source: row.source as string,
    seenAt: row.seen_at as number,
  }));
}
