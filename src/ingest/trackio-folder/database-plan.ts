/** What a database has: which runs, since when, how many rows at most. Costs by the runs, not by their rows. */

import type { DatabaseView, SqlValue } from "./database-file.ts";
import {
  type DatabaseShape,
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
  for (const table of shape.values()) {
    highest.set(table.name, highestId(view, table));
    for (const found of listRuns(view, table)) {
      const known = runs.get(found.value);
      // The table of metrics knows best, as upstream sees it.
      const best = known === undefined || table.name === "metrics" ? found : known;
      const tables = new Set([...(known?.tables ?? []), table.name]);
      runs.set(found.value, { ...best, tables });
    }
  }
  return { shape, runs, highest };
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
    rewritten.push({ run, isThere: tables.some((table) => hasRows(view, table, run, mayBeOlder)) });
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

/** A config is replaced by a new row each time, which says nothing about the run. */
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

function listRuns(view: DatabaseView, table: TableShape): PlannedRun[] {
  if (!table.isIndexedByRun) return listRunsByScan(view, table);
  const { name, runColumn: run } = table;
  const time = timeColumn(table);
  const columns = `CAST(run_name AS TEXT), ${time}`;
  const first = `SELECT ${columns} FROM ${name} WHERE ${run} = ? ORDER BY ${time} LIMIT 1`;
  const last = `SELECT ${columns} FROM ${name} WHERE ${run} = ? ORDER BY ${time} DESC LIMIT 1`;
  return listRunValues(view, table).map((value) => {
    const [, firstTime] = view.rows(first, value)[0] ?? [];
    const [runName, newestTime] = view.rows(last, value)[0] ?? [];
    return planned(table, value, runName, firstTime, newestTime);
  });
}

function listRunsByScan(view: DatabaseView, table: TableShape): PlannedRun[] {
  const { name, runColumn: run } = table;
  const time = timeColumn(table);
  const sql = `SELECT CAST(${run} AS TEXT), CAST(max(run_name) AS TEXT), min(${time}), max(${time})
    FROM ${name} WHERE ${run} IS NOT NULL GROUP BY ${run}`;
  return view
    .rows(sql)
    .map(([value, runName, firstTime, newestTime]) =>
      planned(table, value as string, runName, firstTime, newestTime),
    );
}

function timeColumn({ columns }: TableShape): string {
  if (columns.has("timestamp")) return "timestamp";
  return columns.has("created_at") ? "created_at" : "''";
}

function planned(
  table: TableShape,
  value: string,
  name: SqlValue | undefined,
  firstTime: SqlValue | undefined,
  newestTime: SqlValue | undefined,
): PlannedRun {
  return {
    value,
    name: typeof name === "string" ? name : value,
    firstMs: timeOf(String(firstTime ?? "")),
    newestMs: timeOf(String(newestTime ?? "")),
    tables: new Set([table.name]),
  };
}
