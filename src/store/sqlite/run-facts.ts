/** What a fold writes of the run itself: its rows, its writers, its state. */

import type { Config, RunEnd, RunIdentity } from "../../protocol/run.ts";
import type { Step } from "../../protocol/step.ts";
import type { FoldBatch } from "../store.ts";
import { projectRow, runRow } from "./catalogue.ts";
import type { Database } from "./database.ts";

/** Rows of `runs` that a batch is about; the same one twice where its records are those of `log()`. */
export interface BatchRows {
  /** The run, which has the facts. */
  readonly run: number;
  /** The lane, which has records, series and writers. */
  readonly lane: number;
}

/** How many records there are in a batch, and the highest step of them; none without records. */
export interface AddedRecords {
  readonly count: number;
  readonly lastStep: number | bigint | undefined;
}

/** The rows of the batch's run and lane; they, and the project, are made where they are new. */
export function ensureRun(db: Database, batch: FoldBatch): BatchRows {
  const { run, lane } = batch;
  // A lane of a run makes the run too; what belongs to a project without a run makes none.
  const ofRun = lane === "project" ? lane : undefined;
  const known = runRow(db, run.projectKey, run.id, ofRun) ?? insertRun(db, batch);
  if (lane === ofRun) return { run: known, lane: known };
  const knownLane = runRow(db, run.projectKey, run.id, lane) ?? insertLane(db, known, lane!);
  return { run: known, lane: knownLane };
}

function insertRun(db: Database, { run, lane, seenAt }: FoldBatch): number {
  const project =
    projectRow(db, run.projectKey) ??
    db.run("INSERT INTO projects (key, name) VALUES (?, ?)", run.projectKey, run.project);
  return db.run(
    `INSERT INTO runs (project, run_id, lane, number, name, identity, created_at, updated_at, state,
       record_count, damaged_lines, config, summary)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'running', 0, 0, '{}', '{}')`,
    project,
    run.id,
    lane === "project" ? lane : "",
    run.number,
    run.name,
    JSON.stringify(run),
    run.createdAt,
    seenAt,
  );
}

/** A row beside the run's own; of the facts it has the state, for whoever packs what has ended. */
function insertLane(db: Database, run: number, lane: string): number {
  return db.run(
    `INSERT INTO runs (project, run_id, lane, number, name, identity, created_at, updated_at, state,
       record_count, damaged_lines, config, summary)
     SELECT project, run_id, ?, number, '', '{}', created_at, updated_at, state, 0, 0, '{}', '{}'
     FROM runs WHERE id = ?`,
    lane,
    run,
  );
}

/** Number of the batch's writer in the lane: 0, 1, 2, … in the order in which they were first folded. */
export function ensureWriter(db: Database, lane: number, batch: FoldBatch): number {
  const { writer, source } = batch;
  const known = db.get("SELECT ordinal FROM writers WHERE run = ? AND source = ?", lane, source);
  if (known) return known.ordinal as number;
  const { n } = db.get("SELECT count(*) AS n FROM writers WHERE run = ?", lane) as { n: number };
  db.run(
    `INSERT INTO writers (run, ordinal, writer_id, identity, source, seen_at, ended)
     VALUES (?, ?, ?, ?, ?, 0, 0)`,
    lane,
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
  { run, lane }: BatchRows,
  writer: number,
  batch: FoldBatch,
  added: AddedRecords,
): void {
  const { seenAt, damagedLines } = batch;
  if (run !== lane) writeCounts(db, run, { seenAt, damagedLines, count: 0, lastStep: undefined });
  writeCounts(db, lane, { seenAt, damagedLines: run === lane ? damagedLines : 0, ...added });
  db.run(
    "UPDATE writers SET seen_at = max(seen_at, ?) WHERE run = ? AND ordinal = ?",
    batch.seenAt,
    lane,
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
  if (batch.name !== undefined) rename(db, run, batch.name);
  if (batch.from === 0 && batch.run.group !== undefined) noteGroup(db, run, batch.run.group);
  if (batch.end) writeEnd(db, run, batch.end, batch.seenAt);
  if (batch.end || batch.closed) {
    const hasLeft = batch.closed || batch.end !== "running";
    const sql = "UPDATE writers SET ended = ? WHERE run = ? AND ordinal = ?";
    db.run(sql, hasLeft ? 1 : 0, lane, writer);
  }
}

/** Counts what was added to a row of `runs`, and moves its highest step where there is a higher one. */
function writeCounts(
  db: Database,
  row: number,
  added: AddedRecords & { readonly seenAt: number; readonly damagedLines: number },
): void {
  const { lastStep } = added;
  const known = lastStep === undefined ? undefined : lastStepOf(db, row);
  const isHigher = lastStep !== undefined && (known === undefined || lastStep > known);
  db.run(
    `UPDATE runs SET updated_at = max(updated_at, ?1), damaged_lines = damaged_lines + ?2, record_count = record_count + ?3,
       last_step = coalesce(?4, last_step), last_exact = iif(?4 IS NULL, last_exact, ?5) WHERE id = ?6`,
    added.seenAt,
    added.damagedLines,
    added.count,
    isHigher ? Number(lastStep) : null,
    isHigher && typeof lastStep === "bigint" ? String(lastStep) : null,
    row,
  );
}

/** The highest step of the lane; undefined before its first record. */
export function lastStepOf(db: Database, lane: number): Step | undefined {
  const sql = "SELECT last_step AS step, last_exact AS exact FROM runs WHERE id = ?";
  const { step, exact } = db.get(sql, lane) as { step: number | null; exact: string | null };
  return step === null ? undefined : exact === null ? step : BigInt(exact);
}

function rename(db: Database, run: number, name: string): void {
  const row = db.get("SELECT identity FROM runs WHERE id = ?", run) as { identity: string };
  const identity: RunIdentity = { ...(JSON.parse(row.identity) as RunIdentity), name };
  db.run(
    "UPDATE runs SET name = ?, identity = ? WHERE id = ?",
    name,
    JSON.stringify(identity),
    run,
  );
}

/** A group that was told only after the run had begun, e.g. by its system metrics. */
function noteGroup(db: Database, run: number, group: string): void {
  const row = db.get("SELECT identity FROM runs WHERE id = ?", run) as { identity: string };
  const identity = JSON.parse(row.identity) as RunIdentity;
  if (identity.group !== undefined) return;
  db.run("UPDATE runs SET identity = ? WHERE id = ?", JSON.stringify({ ...identity, group }), run);
}

function writeEnd(db: Database, run: number, end: RunEnd | "running", seenAt: number): void {
  const isRunning = end === "running";
  db.run(
    `UPDATE runs SET "end" = ?, ended_at = ? WHERE id = ?`,
    isRunning ? null : JSON.stringify(end),
    isRunning ? null : seenAt,
    run,
  );
  const state = isRunning ? "running" : end.state;
  db.run(`UPDATE runs SET state = ? WHERE ${ALL_LANES}`, state, run, run);
  if (isRunning) return;
  db.run(
    `INSERT OR IGNORE INTO work (key_set)
     SELECT k.id FROM key_sets k JOIN runs r ON r.id = k.run WHERE ${ALL_LANES}`,
    run,
    run,
  );
}

/** Rows of the run's id, its own and its lanes'. */
const ALL_LANES = `project = (SELECT project FROM runs WHERE id = ?)
  AND run_id = (SELECT run_id FROM runs WHERE id = ?)`;
