/** Rows of a Trackio database, as they lie there, by the piece. */

import type { DatabaseView, SqlValue } from "./database-file.ts";
import type { TableName, TableShape } from "./database-shape.ts";

/** A row of any of the tables; what a table has no column for is undefined. */
export interface TrackioRow {
  readonly id: number;
  /** Value of the run column: the run's id, or its name where runs have no ids. */
  readonly run: string;
  readonly name: string;
  /** ISO 8601, or whatever else was written. */
  readonly timestamp: string;
  /** A number, an integer beyond 2^53 as text, or whatever else was written. */
  readonly step: SqlValue;
  /** JSON: metrics, a config, or the messages of a trace. */
  readonly json: string;
  /** Of the record, the alert or the trace. */
  readonly ownId: string | undefined;
  /** Further columns, by their names. */
  readonly more: { readonly [column: string]: SqlValue };
}

/** Where a piece ends, whichever comes first. */
export interface PieceLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** What of a table is read, ids rising. */
export type RowChoice =
  | { readonly choice: "all"; readonly after: number }
  /** Rows of one run; `isDense` where most of the rows between its own are its own. */
  | {
      readonly choice: "run";
      readonly run: string;
      readonly after: number;
      readonly upTo: number;
      readonly isDense: boolean;
    };

/** The next rows of the choice. `isWhole`: there are no more. */
export function readRowPiece(
  view: DatabaseView,
  table: TableShape,
  choice: RowChoice,
  limits: PieceLimits,
): { readonly rows: readonly TrackioRow[]; readonly isWhole: boolean; readonly bytes: number } {
  const { name, idColumn: id, runColumn: run } = table;
  const more = MORE[name].filter((column) => table.columns.has(column));
  const select = `SELECT ${columnsOf(table, more)} FROM ${name}`;
  const rows: TrackioRow[] = [];
  let bytes = 0;
  let isWhole = true;
  const take = (values: readonly SqlValue[]): boolean => {
    if (rows.length >= limits.rows || bytes >= limits.bytes) {
      isWhole = false;
      return false;
    }
    const row = rowOf(values, more);
    rows.push(row);
    bytes += row.json.length;
    return true;
  };
  if (choice.choice === "all") {
    view.each(`${select} WHERE ${id} > ? ORDER BY ${id}`, [choice.after], take);
  } else if (choice.isDense) {
    // The plus keeps SQLite from the index of the runs: it would sort all of the run for each piece.
    const where = `WHERE ${id} > ? AND ${id} <= ? AND +${run} = ?`;
    const { after, upTo } = choice;
    view.each(`${select} ${where} ORDER BY ${id}`, [after, upTo, choice.run], take);
  } else {
    const ids = `SELECT ${id} FROM ${name} WHERE ${run} = ? AND ${id} > ? ORDER BY ${id} LIMIT ?`;
    const limit = limits.rows + 1;
    view.each(
      `${select} WHERE ${id} IN (${ids}) ORDER BY ${id}`,
      [choice.run, choice.after, limit],
      take,
    );
  }
  return { rows, isWhole, bytes };
}

const MORE: { readonly [name in TableName]: readonly string[] } = {
  metrics: [],
  system_metrics: [],
  configs: [],
  alerts: ["title", "text", "level"],
  traces: ["key", "trace_index", "metadata", "spans", "search_text"],
};

const JSON_COLUMN: { readonly [name in TableName]: string } = {
  metrics: "metrics",
  system_metrics: "metrics",
  configs: "config",
  alerts: "''",
  traces: "messages",
};

const OWN_ID: { readonly [name in TableName]: string } = {
  metrics: "log_id",
  system_metrics: "log_id",
  configs: "log_id",
  alerts: "alert_id",
  traces: "id",
};

function columnsOf(table: TableShape, more: readonly string[]): string {
  const has = (column: string, otherwise: string) =>
    table.columns.has(column) ? column : otherwise;
  const timestamp = has("timestamp", has("created_at", "''"));
  const columns = [
    table.idColumn,
    `CAST(${table.runColumn} AS TEXT)`,
    "CAST(run_name AS TEXT)",
    `CAST(${timestamp} AS TEXT)`,
    exactly(has("step", "NULL")),
    // Written as bytes, or as text: as text it is one conversion less.
    `CAST(${JSON_COLUMN[table.name]} AS TEXT)`,
    `CAST(${has(OWN_ID[table.name], "NULL")} AS TEXT)`,
    ...more.map((column) =>
      column === "trace_index" ? exactly(column) : `CAST(${column} AS TEXT)`,
    ),
  ];
  return columns.join(", ");
}

/** Integers that a double cannot hold come as text. */
function exactly(column: string): string {
  const isLarge = `typeof(${column}) = 'integer' AND ${column} NOT BETWEEN -9007199254740991 AND 9007199254740991`;
  return `CASE WHEN ${isLarge} THEN CAST(${column} AS TEXT) ELSE ${column} END`;
}

function rowOf(values: readonly SqlValue[], more: readonly string[]): TrackioRow {
  const [id, run, name, timestamp, step, json, ownId, ...rest] = values;
  return {
    id: id as number,
    run: (run as string | null) ?? "",
    name: (name as string | null) ?? "",
    timestamp: (timestamp as string | null) ?? "",
    step: step ?? null,
    json: (json as string | null) ?? "",
    ownId: (ownId as string | null) ?? undefined,
    more: more.length === 0 ? NONE : Object.fromEntries(more.map((c, i) => [c, rest[i] ?? null])),
  };
}

const NONE = {};
