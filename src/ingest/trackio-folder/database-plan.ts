/** What a database has: which runs, since when, how many rows at most. Costs by the runs, not by their rows. */

import type { DatabaseView } from "./database-file.ts";
import {
  type DatabaseShape,
  fromTable,
  highestId,
  listRunValues,
  readShape,
  type TableName,
  type TableShape,
} from "./database-shape.ts";
import type { KnownRun, RowRange } from "./known-run.ts";
import { timeOf } from "./translate-rows.ts";

export interface PlannedRun {
  /** As the run column says it. */
  readonly value: string;
  readonly name: string;
  /** Epoch milliseconds; undefined where no time can be read. */
  readonly firstMs: number | undefined;
  readonly newestMs: number | undefined;
  readonly tables: ReadonlySet<TableName>;
}

export interface DatabasePlan {
  readonly shape: DatabaseShape;
  readonly runs: ReadonlyMap<string, PlannedRun>;
  readonly highest: ReadonlyMap<TableName, number>;
}

export function readPlan(view: DatabaseView): DatabasePlan {
  const shape = readShape(view);
  const runs = new Map<string, PlannedRun>();
  const highest = new Map<TableName, number>();
  // The table of metrics knows best, as upstream sees it.
  const tables = [...shape.values()].sort((a, b) => rank(a) - rank(b));
  for (const table of tables) {
    highest.set(table.name, highestId(view, table));
    for (const value of listRunValues(view, table)) {
      const known = runs.get(value) ?? describeRun(view, table, value);
      runs.set(value, { ...known, tables: new Set([...known.tables, table.name]) });
    }
  }
  for (const [value, { tables: having }] of runs) {
    if (![...having].some(isFollowedByRow)) runs.delete(value);
  }
  return { shape, runs, highest };
}

function rank({ name }: TableShape): number {
  return name === "metrics" ? 0 : 1;
}

export interface RewrittenRun {
  readonly run: KnownRun;
  /** Whether it still has rows, or, of an older copy of what was read before, rows that that did not have. */
  readonly isThere: boolean;
}

/** Runs of which the last folded row is no longer there, or another's: they were deleted, or written anew with other ids. */
export function findRewritten(
  view: DatabaseView,
  shape: DatabaseShape,
  runs: Iterable<KnownRun>,
  mayBeOlder: boolean,
): RewrittenRun[] {
  const rewritten: RewrittenRun[] = [];
  const tables = [...shape.values()];
  for (const run of runs) {
    if (tables.every((table) => !isFollowedByRow(table.name) || hasLastRow(view, table, run))) {
      continue;
    }
    const isThere = tables.some(
      (table) => isFollowedByRow(table.name) && hasRows(view, table, run, mayBeOlder),
    );
    rewritten.push({ run, isThere });
  }
  return rewritten;
}

function hasRows(
  view: DatabaseView,
  { name, runColumn, idColumn }: TableShape,
  run: KnownRun,
  newOnly: boolean,
): boolean {
  const from = newOnly ? (run.offsets.get(name) ?? 0) : 0;
  const sql = `SELECT 1 FROM ${name} WHERE ${runColumn} = ? AND ${idColumn} >= ? LIMIT 1`;
  return view.rows(sql, run.value, from).length > 0;
}

/** A config is replaced by a new row each time, and upstream may leave it when it deletes a run: it says nothing of whether the run is there. */
function isFollowedByRow(table: TableName): boolean {
  return table !== "configs";
}

function hasLastRow(view: DatabaseView, table: TableShape, run: KnownRun): boolean {
  const offset = run.offsets.get(table.name) ?? 0;
  if (offset === 0) return true;
  const { name, runColumn, idColumn } = table;
  const sql = `SELECT CAST(${runColumn} AS TEXT) FROM ${name} WHERE ${idColumn} = ?`;
  return view.rows(sql, offset - 1)[0]?.[0] === run.value;
}

/** The rows of a run from an id on, counted without being read. */
export function countRows(
  view: DatabaseView,
  table: TableShape,
  run: string,
  from: number,
): RowRange {
  const { name, runColumn, idColumn: id } = table;
  const sql = `SELECT count(*), min(${id}), max(${id}) FROM ${name} WHERE ${runColumn} = ? AND ${id} >= ?`;
  const [count, first, last] = view.rows(sql, run, from)[0] as number[];
  return { count: count ?? 0, first: first ?? 0, last: last ?? 0 };
}

/** The run's name and times, as this table has them. */
function describeRun(view: DatabaseView, table: TableShape, value: string): PlannedRun {
  const { runColumn: run } = table;
  const time = timeColumn(table);
  const select = `SELECT CAST(run_name AS TEXT), ${time} FROM ${fromTable(table)} WHERE ${run} = ?`;
  // A run has one name; its index for lists has the name before the time.
  const keys = table.listIndex === undefined ? [time] : ["run_name", time];
  const order = (direction: string) => keys.map((key) => `${key} ${direction}`).join(", ");
  const [, first] = view.rows(`${select} ORDER BY ${order("ASC")} LIMIT 1`, value)[0] ?? [];
  const [name, newest] = view.rows(`${select} ORDER BY ${order("DESC")} LIMIT 1`, value)[0] ?? [];
  return {
    value,
    name: typeof name === "string" ? name : value,
    firstMs: timeOf(String(first ?? "")),
    newestMs: timeOf(String(newest ?? "")),
    tables: new Set([table.name]),
  };
}

function timeColumn({ columns }: TableShape): string {
  if (columns.has("timestamp")) return "timestamp";
  return columns.has("created_at") ? "created_at" : "''";
}
