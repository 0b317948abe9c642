/** Key sets of a run, and which columns of them make which series. */

import { createHash } from "node:crypto";
import { type KeyPath, seriesKey } from "../../protocol/journal-line.ts";
import type { Database } from "./database.ts";

export interface KeySet {
  readonly id: number;
  readonly keys: readonly KeyPath[];
}

/** A column that gives points to a series. */
export interface SeriesColumn {
  readonly keySet: number;
  /** Number of the key in its key set. */
  readonly number: number;
}

/** The key set of the run that has these keys in this order; made where it is new. */
export function ensureKeySet(db: Database, run: number, keys: readonly KeyPath[]): KeySet {
  const text = JSON.stringify(keys);
  const digest = createHash("sha256").update(text).digest("base64url").slice(0, 16);
  const rows = db.all("SELECT id, keys FROM key_sets WHERE run = ? AND digest = ?", run, digest);
  const known = rows.find((row) => row.keys === text);
  if (known) return { id: known.id as number, keys };
  const id = db.run("INSERT INTO key_sets (run, digest, keys) VALUES (?, ?, ?)", run, digest, text);
  return { id, keys };
}

/** All key sets of a run, in the order in which they were first folded. */
export function listKeySets(db: Database, run: number): KeySet[] {
  const rows = db.all("SELECT id, keys FROM key_sets WHERE run = ? ORDER BY id", run);
  return rows.map((row) => ({
    id: row.id as number,
    keys: JSON.parse(row.keys as string) as readonly KeyPath[],
  }));
}

/** All keys of a run, each once, in the order in which they came. */
export function listKeys(db: Database, run: number): KeyPath[] {
  const paths = listKeySets(db, run).flatMap(({ keys }) => keys);
  return Array.from(new Map(paths.map((path) => [JSON.stringify(path), path])).values());
}

/** How many keys each record of the key set has. */
export function keyCountOf(db: Database, keySet: number): number {
  const row = db.get("SELECT json_array_length(keys) AS n FROM key_sets WHERE id = ?", keySet);
  return row?.n as number;
}

/** Columns that give points to the series. */
export function columnsOfSeries(db: Database, series: number): SeriesColumn[] {
  return db.all(
    "SELECT key_set AS keySet, number FROM series_columns WHERE series = ? ORDER BY key_set, number",
    series,
  ) as unknown as SeriesColumn[];
}

/** The series of each key of the key set, where it has points already. */
export function seriesOfKeySet(
  db: Database,
  keySet: number,
): { readonly series: number; readonly number: number }[] {
  return db.all(
    "SELECT series, number FROM series_columns WHERE key_set = ?",
    keySet,
  ) as unknown as { series: number; number: number }[];
}

/** The series of the run that this path's numbers make; made where it is new. */
export function ensureSeries(
  db: Database,
  run: number,
  path: KeyPath,
  emptyStats: Uint8Array,
): { readonly id: number; readonly isNew: boolean } {
  const key = seriesKey(path);
  const row = db.get("SELECT id FROM series WHERE run = ? AND key = ?", run, key);
  if (row) return { id: row.id as number, isNew: false };
  const id = db.run("INSERT INTO series (run, key, stats) VALUES (?, ?, ?)", run, key, emptyStats);
  return { id, isNew: true };
}

export function linkSeries(db: Database, series: number, keySet: number, number: number): void {
  db.run(
    "INSERT OR IGNORE INTO series_columns (series, key_set, number) VALUES (?, ?, ?)",
    series,
    keySet,
    number,
  );
}
