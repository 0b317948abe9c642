import type { RunId } from "../../protocol/ids.ts";
import type { RunIdentity } from "../../protocol/run.ts";
import type { TableName } from "./database-shape.ts";

/** Rows of one table of a run that are still to be read: how many from where to where, as they were counted. */
export interface RowRange {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** What is done with a run by itself, apart from following all runs: first it is listed, then read. */
export type RunTask = "list" | "read";

/** A run of a database, and how far its rows are folded. */
export interface KnownRun {
  readonly id: RunId;
  /** As the run column says it. */
  readonly value: string;
  readonly identity: RunIdentity;
  name: string;
  /** Newest row, epoch milliseconds, as far as it is known. */
  readonly newestMs: number;
  /** One more than the last row of each table that is folded; absent: none. */
  readonly offsets: Map<TableName, number>;
  task: RunTask | undefined;
  /** Tables that are read already, while `task` is `read`. */
  readonly readTables: Set<TableName>;
  /** Of the table that is being read. */
  range: RowRange | undefined;
  /** Deleted on our side: its rows are passed over. */
  isDeleted: boolean;
  /** Whether it has data that did not come from here, so that only rows with an id can be told from what is there. */
  keepsOwn: boolean;
}

/** A run of which nothing is read yet. */
export function newKnownRun(value: string, identity: RunIdentity, newestMs: number): KnownRun {
  return {
    id: identity.id,
    value,
    identity,
    name: identity.name,
    newestMs,
    offsets: new Map(),
    task: undefined,
    readTables: new Set(),
    range: undefined,
    isDeleted: false,
    keepsOwn: false,
  };
}
