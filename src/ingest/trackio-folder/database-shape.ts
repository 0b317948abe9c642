/**
 * What a database of Trackio has: tables and columns differ by the version that
 * wrote it (runs had no ids once, rows no `log_id`, traces no spans), and a file
 * of a later version may say the same number of its format. So the tables are
 * asked themselves.
 */

import type { DatabaseView } from "./database-file.ts";

/** Those whose rows are folded; artifacts are read in place. */
export const TABLE_NAMES = ["configs", "metrics", "alerts", "traces", "system_metrics"] as const;

export type TableName = (typeof TABLE_NAMES)[number];

export interface TableShape {
  readonly name: TableName;
  readonly columns: ReadonlySet<string>;
  /** What tells the rows of a run: its id, or its name where runs have no ids. */
  readonly runColumn: "run_id" | "run_name";
  /** What rows are followed by. */
  readonly idColumn: "id" | "rowid";
  /** Whether the rows of one run are found without going through all. */
  readonly isIndexedByRun: boolean;
  /** An index in order of run, name and time, which tells of a run what a list needs without touching a row. */
  readonly listIndex: string | undefined;
}

export type DatabaseShape = ReadonlyMap<TableName, TableShape>;

/** The tables that are there and have what their rows cannot be read without. */
export function readShape(view: DatabaseView): DatabaseShape {
  const shape = new Map<TableName, TableShape>();
  for (const name of TABLE_NAMES) {
    const table = readTable(view, name);
    if (table !== undefined) shape.set(name, table);
  }
  return shape;
}

const NEEDED: { readonly [name in TableName]: readonly string[] } = {
  metrics: ["run_name", "timestamp", "step", "metrics"],
  system_metrics: ["run_name", "timestamp", "metrics"],
  configs: ["run_name", "config"],
  alerts: ["run_name", "timestamp", "title"],
  traces: ["id", "run_name", "timestamp", "step", "key", "messages", "metadata"],
};

function readTable(view: DatabaseView, name: TableName): TableShape | undefined {
  const rows = view.rows("SELECT name, upper(type), pk FROM pragma_table_info(?)", name);
  const columns = new Set(rows.map(([column]) => column as string));
  if (!NEEDED[name].every((column) => columns.has(column))) return undefined;
  // What rows are followed by: views and tables without row ids have none.
  const ofRows = "SELECT 1 FROM pragma_table_list(?) WHERE type = 'table' AND wr = 0";
  if (view.rows(ofRows, name).length === 0) return undefined;
  const runColumn = columns.has("run_id") ? "run_id" : "run_name";
  const [key, ...furtherKeys] = rows.filter(([, , place]) => place !== 0);
  const isNumbered = key?.[0] === "id" && key[1] === "INTEGER" && furtherKeys.length === 0;
  // The id of a trace is a text; its rows have numbers all the same.
  const idColumn = isNumbered ? "id" : "rowid";
  const indexes = readIndexes(view, name);
  return {
    name,
    columns,
    runColumn,
    idColumn,
    isIndexedByRun: indexes.some(({ columns: [first] }) => first === runColumn),
    listIndex: indexes.find((index) => index.columns.join() === "run_id,run_name,timestamp")?.name,
  };
}

/** Those that have all rows of the table. */
function readIndexes(
  view: DatabaseView,
  table: TableName,
): { readonly name: string; readonly columns: readonly string[] }[] {
  const names = view.rows("SELECT name FROM pragma_index_list(?) WHERE partial = 0", table);
  return names.map(([name]) => {
    const columns = view.rows(
      "SELECT name FROM pragma_index_info(?) ORDER BY seqno",
      name as string,
    );
    return { name: name as string, columns: columns.map(([column]) => column as string) };
  });
}

/** The runs that a table has rows of, each once, at the cost of the runs where they are indexed. */
export function listRunValues(view: DatabaseView, table: TableShape): string[] {
  const { name, runColumn: run, isIndexedByRun } = table;
  const from = fromTable(table);
  const sql = isIndexedByRun
    ? `WITH RECURSIVE runs (run) AS (
         SELECT (SELECT min(${run}) FROM ${from})
         UNION ALL
         SELECT (SELECT min(${run}) FROM ${from} WHERE ${run} > runs.run) FROM runs WHERE run IS NOT NULL
       ) SELECT CAST(run AS TEXT) FROM runs WHERE run IS NOT NULL`
    : `SELECT DISTINCT CAST(${run} AS TEXT) FROM ${name} WHERE ${run} IS NOT NULL`;
  return view.rows(sql).map(([value]) => value as string);
}

/** The table, read by its index for lists where it has one: all that a list asks then lies on the same few pages. */
export function fromTable({ name, listIndex }: TableShape): string {
  return listIndex === undefined ? name : `${name} INDEXED BY "${listIndex.replaceAll('"', '""')}"`;
}

/** The highest row id of a table; 0 without rows. */
export function highestId(view: DatabaseView, { name, idColumn }: TableShape): number {
  return (view.rows(`SELECT max(${idColumn}) FROM ${name}`)[0]?.[0] as number | null) ?? 0;
}
