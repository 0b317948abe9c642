/**
 * The tables, as the steps that lead to them: step n brings a file from version
 * n to n + 1. A step that was released is never changed; what they hold is told
 * in `docs/format.md`.
 */

import type { DatabaseSync } from "node:sqlite";

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE projects (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
  );
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    identity TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    state TEXT NOT NULL,
    "end" TEXT,
    ended_at REAL,
    record_count INTEGER NOT NULL,
    last_step REAL,
    damaged_lines INTEGER NOT NULL,
    config TEXT NOT NULL,
    summary TEXT NOT NULL
  );
  CREATE UNIQUE INDEX runs_by_id ON runs (project, run_id);
  CREATE INDEX runs_by_number ON runs (project, number);
  CREATE INDEX runs_by_name ON runs (project, name, number);
  CREATE TABLE writers (
    run INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    writer_id TEXT NOT NULL,
    identity TEXT NOT NULL,
    source TEXT NOT NULL,
    seen_at REAL NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (run, ordinal)
  ) WITHOUT ROWID;
  CREATE TABLE sources (source TEXT PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE tombstones (
    project TEXT NOT NULL,
    run_id TEXT NOT NULL,
    PRIMARY KEY (project, run_id)
  ) WITHOUT ROWID;
  CREATE TABLE series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL,
    key TEXT NOT NULL,
    stats BLOB NOT NULL,
    last_step TEXT
  );
  CREATE UNIQUE INDEX series_by_key ON series (run, key);
  CREATE TABLE key_sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER,
    digest TEXT NOT NULL,
    keys TEXT NOT NULL
  );
  CREATE INDEX key_sets_by_run ON key_sets (run, digest);
  CREATE TABLE series_columns (
    series INTEGER NOT NULL,
    key_set INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (series, key_set, number)
  ) WITHOUT ROWID;
  CREATE INDEX series_columns_by_key_set ON series_columns (key_set);
  CREATE TABLE tails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key_set INTEGER NOT NULL,
    writer INTEGER NOT NULL,
    tier INTEGER NOT NULL,
    count INTEGER NOT NULL,
    data BLOB NOT NULL
  );
  CREATE INDEX tails_by_key_set ON tails (key_set, tier, writer, count);
  CREATE TABLE segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key_set INTEGER NOT NULL,
    lanes INTEGER NOT NULL,
    count INTEGER NOT NULL,
    step_from INTEGER NOT NULL,
    step_into INTEGER,
    time_from INTEGER NOT NULL,
    time_into INTEGER,
    last_step REAL NOT NULL,
    last_exact TEXT,
    last_time REAL NOT NULL,
    last_writer INTEGER NOT NULL,
    last_record INTEGER NOT NULL
  );
  CREATE INDEX segments_by_key_set ON segments (key_set);
  CREATE TABLE columns (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE rollups (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE work (key_set INTEGER PRIMARY KEY);
  `,
  `
  CREATE TABLE long_values (id INTEGER PRIMARY KEY, key_set INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE INDEX long_values_by_key_set ON long_values (key_set);
  `,
  `
  CREATE TABLE media (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    item_count INTEGER NOT NULL,
    step_count INTEGER NOT NULL,
    most_at_once INTEGER NOT NULL,
    first_step REAL NOT NULL,
    last_step REAL NOT NULL,
    last_time REAL NOT NULL
  );
  CREATE UNIQUE INDEX media_by_key ON media (run, key, kind);
  CREATE TABLE media_steps (
    media INTEGER NOT NULL,
    step REAL NOT NULL,
    item_count INTEGER NOT NULL,
    PRIMARY KEY (media, step)
  ) WITHOUT ROWID;
  CREATE TABLE media_items (
    media INTEGER NOT NULL,
    step REAL NOT NULL,
    writer INTEGER NOT NULL,
    record INTEGER NOT NULL,
    place INTEGER NOT NULL,
    time REAL NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (media, step, writer, record, place)
  ) WITHOUT ROWID;
  CREATE TABLE table_parts (
    run INTEGER NOT NULL,
    table_id TEXT NOT NULL,
    writer INTEGER NOT NULL,
    record INTEGER NOT NULL,
    place INTEGER NOT NULL,
    rows_before INTEGER NOT NULL,
    parts TEXT NOT NULL,
    PRIMARY KEY (run, table_id, writer, record, place)
  ) WITHOUT ROWID;
  CREATE TABLE blob_references (
    hash BLOB NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (hash, run)
  ) WITHOUT ROWID;
  CREATE INDEX blob_references_by_run ON blob_references (run, hash);
  CREATE TABLE files (
    project INTEGER NOT NULL,
    path TEXT NOT NULL,
    hash BLOB NOT NULL,
    type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    time REAL NOT NULL,
    PRIMARY KEY (project, path)
  ) WITHOUT ROWID;
  CREATE INDEX files_by_hash ON files (hash);
  CREATE TABLE deleted_runs (run INTEGER PRIMARY KEY);
  `,
  `
  ALTER TABLE runs ADD COLUMN lane TEXT NOT NULL DEFAULT '';
  ALTER TABLE runs ADD COLUMN last_exact TEXT;
  UPDATE runs SET last_exact = (
      SELECT s.last_step FROM series s WHERE s.run = runs.id AND CAST(s.last_step AS REAL) = runs.last_step
      ORDER BY length(s.last_step) DESC, s.last_step DESC LIMIT 1)
    WHERE last_step >= 9007199254740992;
  DROP INDEX runs_by_id;
  DROP INDEX runs_by_number;
  DROP INDEX runs_by_name;
  CREATE UNIQUE INDEX runs_by_id ON runs (project, run_id, lane);
  CREATE INDEX runs_by_number ON runs (project, number) WHERE lane = '';
  CREATE INDEX runs_by_name ON runs (project, name, number) WHERE lane = '';
  CREATE TABLE id_packs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL,
    count INTEGER NOT NULL,
    filter BLOB NOT NULL,
    firsts BLOB NOT NULL
  );
  CREATE INDEX id_packs_by_run ON id_packs (run, count);
  CREATE TABLE id_pages (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE text_ids (
    run INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (run, id)
  ) WITHOUT ROWID;
  CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    alert_id TEXT NOT NULL,
    time REAL NOT NULL,
    alert TEXT NOT NULL
  );
  CREATE UNIQUE INDEX alerts_by_id ON alerts (run, alert_id);
  CREATE TABLE traces (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    trace_id TEXT NOT NULL,
    time REAL NOT NULL,
    step REAL NOT NULL,
    key TEXT NOT NULL,
    place INTEGER,
    search TEXT NOT NULL,
    body BLOB NOT NULL
  );
  CREATE UNIQUE INDEX traces_by_id ON traces (run, trace_id);
  `,
  "ALTER TABLE traces ADD COLUMN exact_step TEXT",
];

/** Version of a store that this code writes, in SQLite's `user_version`. */
export const STORE_VERSION = MIGRATIONS.length;

/** Brings the tables up to {@link STORE_VERSION}; another process may do the same at the same time. */
export function migrate(connection: DatabaseSync): void {
  connection.exec("BEGIN IMMEDIATE");
  try {
    const row = connection.prepare("PRAGMA user_version").get() as { user_version: number };
    for (const step of MIGRATIONS.slice(row.user_version)) connection.exec(step);
    // Never backwards, where a newer trackio was here in the meantime.
    if (row.user_version < STORE_VERSION) connection.exec(`PRAGMA user_version = ${STORE_VERSION}`);
    connection.exec("COMMIT");
  } catch (error) {
    if (connection.isTransaction) connection.exec("ROLLBACK");
    throw error;
  }
}
