/** Rows of single runs, as many runs as a piece has room for. */

import type { DatabaseView } from "./database-file.ts";
import { countRows } from "./database-plan.ts";
import { type PieceLimits, readRowPiece, type TrackioRow } from "./database-rows.ts";
import type { DatabaseShape, TableName, TableShape } from "./database-shape.ts";
import type { KnownRun, RowRange } from "./known-run.ts";

export interface RunPiece {
  readonly run: KnownRun;
  readonly table: TableName;
  readonly rows: readonly TrackioRow[];
  /** What is left of the table; undefined: nothing. */
  readonly left?: RowRange | undefined;
  /** With this the run's task is done. */
  readonly isLast: boolean;
}

/** Among so many rows at least one has to be the run's, for its rows to be found by going along. */
const DENSE = 4;

/** The configs of the runs: enough to be listed. One piece a run. */
export function readConfigs(
  view: DatabaseView,
  shape: DatabaseShape,
  runs: readonly KnownRun[],
  limits: PieceLimits,
): RunPiece[] {
  const table = shape.get("configs");
  return runs.map((run) => {
    const rows = table?.isIndexedByRun ? readTable(view, table, run, limits).rows : [];
    return { run, table: "configs", rows, isLast: true };
  });
}

/** The next rows of the runs, one run after the other. Changes nothing of the runs: what was read may have to be thrown away. */
export function readRunPieces(
  view: DatabaseView,
  shape: DatabaseShape,
  runs: readonly KnownRun[],
  limits: PieceLimits,
): RunPiece[] {
  const pieces: RunPiece[] = [];
  const tables = [...shape.values()].filter((table) => table.isIndexedByRun);
  let { rows: roomRows, bytes: roomBytes } = limits;
  for (const run of runs) {
    const unread = tables.filter(({ name }) => !run.readTables.has(name));
    // Nothing to be found anywhere: the run is done without a row.
    if (unread.length === 0) pieces.push({ run, table: "configs", rows: [], isLast: true });
    for (const [i, table] of unread.entries()) {
      const room = { rows: roomRows, bytes: roomBytes };
      const { rows, bytes, left } = readTable(
        view,
        table,
        run,
        room,
        i === 0 ? run.range : undefined,
      );
      const isLast = left === undefined && i === unread.length - 1;
      pieces.push({ run, table: table.name, rows, left, isLast });
      roomRows -= rows.length;
      roomBytes -= bytes;
      if (left !== undefined || roomRows <= 0 || roomBytes <= 0) return pieces;
    }
  }
  return pieces;
}

function readTable(
  view: DatabaseView,
  table: TableShape,
  run: KnownRun,
  limits: PieceLimits,
  known?: RowRange,
): { readonly rows: readonly TrackioRow[]; readonly bytes: number; readonly left?: RowRange } {
  const offset = run.offsets.get(table.name) ?? 0;
  const range = known ?? countRows(view, table, run.value, offset);
  if (range.count === 0) return { rows: [], bytes: 0 };
  const isDense = (range.last - range.first + 1) / range.count <= DENSE;
  const after = Math.max(offset, range.first) - 1;
  const choice = { choice: "run", run: run.value, after, upTo: range.last, isDense } as const;
  const { rows, isWhole, bytes } = readRowPiece(view, table, choice, limits);
  if (!isWhole) return { rows, bytes, left: range };
  if (known === undefined) return { rows, bytes };
  // What was written since the rows were counted.
  const left = countRows(view, table, run.value, Math.max(offset, range.last + 1));
  return left.count === 0 ? { rows, bytes } : { rows, bytes, left };
}
