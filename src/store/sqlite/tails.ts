/**
 * Tails: records that wait for their chunk. A row of `tails` holds records of
 * one key set and one writer as one blob: steps, times, record numbers, then
 * the columns, each behind its length. Tiers: 0 as folded, 1 joined from many
 * rows of tier 0, 2 out of order, waiting to be sorted.
 */

import { joinArrays, splitArrays } from "../../series/rollups.ts";
import type { Column } from "../store.ts";
import { decodeColumn, encodeColumn, encodeLooseColumn, numbersIn } from "./column-blob.ts";
import { decodeAt } from "./damage.ts";
import type { Database } from "./database.ts";
import { joinRecords, type Records } from "./records.ts";

const FIRST_COLUMN = 4;
const NO_BYTES = new Uint8Array(0);

export type TailTier = 0 | 1 | 2;

export interface TailRow {
  readonly id: number;
  readonly writer: number;
  readonly tier: TailTier;
  readonly count: number;
}

/** What waits in a key set, in the order in which it was folded. */
export function listTails(db: Database, keySet: number): TailRow[] {
  return db.all(
    "SELECT id, writer, tier, count FROM tails WHERE key_set = ? ORDER BY id",
    keySet,
  ) as unknown as TailRow[];
}

/** Adds a row; all its records are of one writer, unless it is of tier 2. */
export function addTail(
  db: Database,
  keySet: number,
  writer: number,
  tier: TailTier,
  records: Records,
): void {
  const parts = [
    encodeColumn(records.steps),
    encodeColumn({ kind: "numbers", values: records.times }),
    encodeColumn({ kind: "numbers", values: records.records }),
    encodeColumn({ kind: "numbers", values: records.writers }),
    ...records.columns.map(encodeLooseColumn),
  ];
  const data = joinArrays(0, parts);
  db.run(
    "INSERT INTO tails (key_set, writer, tier, count, data) VALUES (?, ?, ?, ?, ?)",
    keySet,
    writer,
    tier,
    records.count,
    data,
  );
}

/** A row whose columns are decoded when they are asked for. */
export interface OpenTail {
  /** Without columns. */
  readonly records: Records;
  column(number: number): Column;
}

export function openTail(db: Database, { id, count }: TailRow): OpenTail {
  const { data } = db.get("SELECT data FROM tails WHERE id = ?", id) as { data: Uint8Array };
  const place = () => `row ${id} of tails`;
  const parts = decodeAt(place, () => splitArrays(data));
  const column = (part: number) =>
    decodeAt(place, () => decodeColumn(parts[part] ?? NO_BYTES, count));
  const numbers = (part: number) => decodeAt(place, () => numbersIn(column(part)));
  return {
    records: {
      count,
      steps: column(0),
      times: numbers(1),
      records: numbers(2),
      writers: numbers(3),
      columns: [],
    },
    column: (number) => column(FIRST_COLUMN + number),
  };
}

/** Reads the rows as one, in the order given. */
export function loadTails(db: Database, rows: readonly TailRow[], keyCount: number): Records {
  return joinRecords(
    rows.map((row) => {
      const { records, column } = openTail(db, row);
      return { ...records, columns: Array.from({ length: keyCount }, (_, key) => column(key)) };
    }),
  );
}

export function removeTails(db: Database, rows: readonly TailRow[]): void {
  for (const { id } of rows) db.run("DELETE FROM tails WHERE id = ?", id);
}
