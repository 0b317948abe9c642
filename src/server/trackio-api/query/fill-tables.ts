/** Fills the tables of a query with what the store has, in the spelling of Trackio for Python. */

import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { hasColumn } from "../../../artifacts/artifact-database.ts";
import { formatExactJson } from "../../../ingest/trackio/exact-json.ts";
import { objectOf } from "../../../ingest/trackio/exact-json-parser.ts";
import { giveBackConfig } from "../../../ingest/trackio/give-back.ts";
import { memberOf } from "../../../ingest/trackio/members-of.ts";
import { formatTrackioTime } from "../../../ingest/trackio/trackio-names.ts";
import type { ProjectKey } from "../../../protocol/ids.ts";
import type { RunInfo } from "../../../store/store.ts";
import { describeTrace } from "../reads/note-reads.ts";
import { withArtifacts } from "../reads/open-artifacts.ts";
import { RecordText } from "../reads/record-text.ts";
import type { TrackioSource } from "../reads/trackio-source.ts";
import { ARTIFACT_TABLES, type TableName } from "./query-tables.ts";

const PAGE_TRACES = 500;

/** Makes the table what the project has now, all at once. */
export async function fillTable(
  db: DatabaseSync,
  source: TrackioSource,
  project: ProjectKey,
  table: TableName,
): Promise<void> {
  const runs = [...(await source.store.listRuns(project))].sort(
    (a, b) => a.createdAt - b.createdAt || a.number - b.number,
  );
  db.exec("BEGIN");
  try {
    db.exec(`DELETE FROM ${table}; DELETE FROM sqlite_sequence WHERE name = '${table}'`);
    await fill(db, source, project, table, runs);
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

async function fill(
  db: DatabaseSync,
  source: TrackioSource,
  project: ProjectKey,
  table: TableName,
  runs: readonly RunInfo[],
): Promise<void> {
  if (table === "metrics") return await fillRecords(db, source, project, runs);
  if (table === "system_metrics") return await fillRecords(db, source, project, runs, "system");
  if (table === "configs") return fillConfigs(db, runs);
  if (table === "alerts") return await fillAlerts(db, source, project, runs);
  if (table === "traces") return await fillTraces(db, source, project, runs);
  if (!ARTIFACT_TABLES.includes(table)) return;
  await withArtifacts(source.folder, project, (rows) => {
    if (!hasColumn(rows, table, "created_at") && !hasColumn(rows, table, "alias")) return;
    const columns = columnsOf(db, table).filter((column) => hasColumn(rows, table, column));
    const insert = inserter(db, table, columns);
    for (const row of rows.all(`SELECT ${columns.join(", ")} FROM ${table}`)) {
      insert(columns.map((column) => row[column]!));
    }
  });
}

/** Rows of all runs in the order of time; of one time in that of the runs. */
async function fillRecords(
  db: DatabaseSync,
  { store, readTableText }: TrackioSource,
  project: ProjectKey,
  runs: readonly RunInfo[],
  lane?: "system",
): Promise<void> {
  const table = lane === undefined ? "metrics" : "system_metrics";
  const columns = ["run_id", "timestamp", "run_name", "metrics"];
  if (lane === undefined) columns.push("step");
  // Those of one run are in order already; of several they are put in order when all are there.
  const isSorted = runs.length <= 1;
  if (!isSorted) db.exec(`CREATE TEMP TABLE loaded (${columns.join(", ")})`);
  const insert = inserter(db, isSorted ? table : "temp.loaded", columns);
  const text = new RecordText(readTableText);
  for (const { id, name } of runs) {
    const ofLane = lane === undefined ? {} : { lane };
    for await (const page of store.readRecords({ project, run: id, order: "time", ...ofLane })) {
      for (const record of page) {
        const metrics = formatExactJson(objectOf(text.members(record)), "text");
        const row = [id, formatTrackioTime(record.time), name, metrics];
        insert(lane === undefined ? [...row, stepValue(record.step)] : row);
      }
    }
  }
  if (isSorted) return;
  const list = columns.join(", ");
  db.exec(
    `INSERT INTO ${table} (${list}) SELECT ${list} FROM loaded ORDER BY timestamp, rowid; DROP TABLE loaded;`,
  );
}

function fillConfigs(db: DatabaseSync, runs: readonly RunInfo[]): void {
  const insert = inserter(db, "configs", ["run_id", "run_name", "config", "created_at"]);
  for (const { id, name, config, createdAt } of runs) {
    if (Object.keys(config).length === 0) continue;
    const text = formatExactJson(giveBackConfig(config), "text");
    insert([id, name, text, formatTrackioTime(createdAt)]);
  }
}

async function fillAlerts(
  db: DatabaseSync,
  { store }: TrackioSource,
  project: ProjectKey,
  runs: readonly RunInfo[],
): Promise<void> {
  const names = new Map(runs.map(({ id, name }) => [id, name]));
  const insert = inserter(db, "alerts", [
    ...["run_id", "timestamp", "run_name", "title", "text", "level", "step", "alert_id"],
  ]);
  for (const alert of [...(await store.listAlerts(project))].reverse()) {
    const { run, time, title, text, level, step, id } = alert;
    const name = names.get(run) ?? run;
    const at = step === undefined ? null : stepValue(step);
    insert([run, formatTrackioTime(time), name, title, text ?? null, level, at, id]);
  }
}

async function fillTraces(
  db: DatabaseSync,
  { store }: TrackioSource,
  project: ProjectKey,
  runs: readonly RunInfo[],
): Promise<void> {
  const names = new Map(runs.map(({ id, name }) => [id, name]));
  const insert = inserter(db, "traces", [
    ...["id", "run_id", "timestamp", "run_name", "step", "key", "trace_index"],
    ...["messages", "metadata", "search_text", "spans"],
  ]);
  for (let offset = 0; ; offset += PAGE_TRACES) {
    const page = await store.listTraces({ project, order: "time", limit: PAGE_TRACES, offset });
    for (const trace of page) {
      const name = names.get(trace.run) ?? trace.run;
      const described = describeTrace(trace, name);
      const part = (field: string) => formatExactJson(memberOf(described, field) ?? null, "text");
      const [messages, metadata, spans] = [part("messages"), part("metadata"), part("spans")];
      const { id, run, time, step, key, index } = trace;
      const search = `${id} ${key} ${messages} ${metadata}`.toLowerCase();
      insert([
        ...[id, run, formatTrackioTime(time), name, stepValue(step), key, index ?? null],
        ...[messages, metadata, search, spans],
      ]);
    }
    if (page.length < PAGE_TRACES) return;
  }
}

function inserter(
  db: DatabaseSync,
  table: string,
  columns: readonly string[],
): (values: readonly SQLInputValue[]) => void {
  const places = columns.map(() => "?").join(", ");
  const statement = db.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`);
  return (values) => void statement.run(...values);
}

function columnsOf(db: DatabaseSync, table: string): string[] {
  const rows = db.prepare("SELECT name FROM pragma_table_info(?)").all(table);
  return rows.map(({ name }) => String(name));
}

/** SQLite has integers of 64 bits; what is larger becomes the nearest float. */
function stepValue(step: number | bigint): SQLInputValue {
  if (typeof step === "number") return Number.isNaN(step) ? 0 : step;
  return BigInt.asIntN(64, step) === step ? step : Number(step);
}
