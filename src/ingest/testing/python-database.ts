/**
 * A project's database as Trackio for Python writes it, for tests and benches:
 * its tables and indexes, its bytes for JSON, its times. What it does to a run
 * when it deletes or renames it is done here in the same way.
 */

import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** `current`: as 0.43 makes it; `nameless`: as versions before runs had ids. */
export type PythonSchema = "current" | "nameless";

export interface PythonRow {
  readonly metrics: object | string;
  readonly step?: number | bigint;
  /** Epoch milliseconds. */
  readonly time?: number;
  readonly logId?: string | null;
}

const RUN_TABLES = ["metrics", "configs", "system_metrics", "alerts", "traces"] as const;

export class PythonDatabase implements Disposable {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #hasIds: boolean;

  /** Opens `<root>/<project>.db`, and makes it where it is missing. */
  constructor(root: string, project: string, schema: PythonSchema = "current") {
    mkdirSync(root, { recursive: true });
    this.path = join(root, `${project}.db`);
    this.#db = new DatabaseSync(this.path, { timeout: 30_000 });
    this.#hasIds = schema === "current";
    this.#db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    this.#db.exec(schema === "current" ? CURRENT : NAMELESS);
  }

  /** The first rows of a batch have lower ids; all of one call is one transaction. */
  log(run: { readonly id: string; readonly name: string }, rows: readonly PythonRow[]): void {
    const names = this.#hasIds
      ? "run_id, run_name, timestamp, step, metrics, log_id"
      : "run_name, timestamp, step, metrics, log_id";
    const places = names.replaceAll(/\w+/g, "?");
    const insert = this.#db.prepare(`INSERT OR IGNORE INTO metrics (${names}) VALUES (${places})`);
    this.#transaction(() => {
      for (const [i, { metrics, step = i, time = Date.now(), logId }] of rows.entries()) {
        const ids = this.#hasIds ? [run.id] : [];
        const id = logId === undefined ? randomUUID().replaceAll("-", "") : logId;
        insert.run(...ids, run.name, pythonTime(time), step, jsonBytes(metrics), id);
      }
    });
  }

  system(run: { readonly id: string; readonly name: string }, rows: readonly PythonRow[]): void {
    const insert = this.#db.prepare(
      "INSERT INTO system_metrics (run_id, run_name, timestamp, metrics, log_id) VALUES (?, ?, ?, ?, ?)",
    );
    this.#transaction(() => {
      for (const { metrics, time = Date.now(), logId } of rows) {
        const id = logId === undefined ? randomUUID().replaceAll("-", "") : logId;
        insert.run(run.id, run.name, pythonTime(time), jsonBytes(metrics), id);
      }
    });
  }

  config(
    run: { readonly id: string; readonly name: string },
    config: object,
    time = Date.now(),
  ): void {
    if (this.#hasIds) {
      this.#db
        .prepare(
          "INSERT OR REPLACE INTO configs (run_id, run_name, config, created_at) VALUES (?, ?, ?, ?)",
        )
        .run(run.id, run.name, jsonBytes(config), pythonTime(time));
    } else {
      this.#db
        .prepare("INSERT OR REPLACE INTO configs (run_name, config, created_at) VALUES (?, ?, ?)")
        .run(run.name, jsonBytes(config), pythonTime(time));
    }
  }

  alert(
    run: { readonly id: string; readonly name: string },
    alert: { readonly title: string; readonly level?: string; readonly id?: string },
  ): void {
    this.#db
      .prepare(
        "INSERT INTO alerts (run_id, run_name, timestamp, title, level, alert_id) VALUES (?, ?, ?, ?, ?, ?)",
      )
      .run(
        run.id,
        run.name,
        pythonTime(Date.now()),
        alert.title,
        alert.level ?? "warn",
        alert.id ?? randomUUID(),
      );
  }

  trace(run: { readonly id: string; readonly name: string }, id: string, messages: object): void {
    this.#db
      .prepare(
        `INSERT INTO traces (id, run_id, run_name, timestamp, step, key, messages, metadata, search_text, spans)
         VALUES (?, ?, ?, ?, 0, 'chat', ?, ?, ?, ?)`,
      )
      .run(
        id,
        run.id,
        run.name,
        pythonTime(Date.now()),
        jsonBytes(messages),
        jsonBytes({}),
        JSON.stringify(messages).toLowerCase(),
        jsonBytes([]),
      );
  }

  /** As upstream does: all rows of the run go. */
  deleteRun(id: string): void {
    this.#transaction(() => {
      for (const table of RUN_TABLES) {
        this.#db.prepare(`DELETE FROM ${table} WHERE run_id = ?`).run(id);
      }
    });
  }

  /** As upstream does: rows of metrics are written anew without their `log_id`, others are changed in place. */
  renameRun(id: string, name: string): void {
    this.#transaction(() => {
      const rows = this.#db
        .prepare("SELECT run_id, timestamp, step, metrics FROM metrics WHERE run_id = ?")
        .all(id);
      this.#db.prepare("DELETE FROM metrics WHERE run_id = ?").run(id);
      const insert = this.#db.prepare(
        "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?, ?)",
      );
      for (const { run_id, timestamp, step, metrics } of rows) {
        insert.run(run_id!, timestamp!, name, step!, metrics!);
      }
      for (const table of ["configs", "system_metrics", "alerts"]) {
        this.#db.prepare(`UPDATE ${table} SET run_name = ? WHERE run_id = ?`).run(name, id);
      }
    });
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #transaction(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    work();
    this.#db.exec("COMMIT");
  }
}

/** `2026-11-22T21:51:14.608000+00:00`. */
export function pythonTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000+00:00`;
}

function jsonBytes(value: object | string): Uint8Array {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}

const CURRENT = `
  CREATE TABLE IF NOT EXISTS metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL,
    run_name TEXT NOT NULL, step INTEGER NOT NULL, metrics TEXT NOT NULL, log_id TEXT, space_id TEXT);
  CREATE TABLE IF NOT EXISTS configs (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, run_name TEXT NOT NULL,
    config TEXT NOT NULL, created_at TEXT NOT NULL, UNIQUE(run_id));
  CREATE TABLE IF NOT EXISTS system_metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL,
    run_name TEXT NOT NULL, metrics TEXT NOT NULL, log_id TEXT, space_id TEXT);
  CREATE TABLE IF NOT EXISTS traces (id TEXT PRIMARY KEY, run_id TEXT NOT NULL, timestamp TEXT NOT NULL, run_name TEXT NOT NULL,
    step INTEGER NOT NULL, key TEXT NOT NULL, trace_index INTEGER, messages TEXT NOT NULL, metadata TEXT NOT NULL,
    search_text TEXT NOT NULL, log_id TEXT, space_id TEXT, spans TEXT NOT NULL DEFAULT '[]');
  CREATE TABLE IF NOT EXISTS alerts (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL,
    run_name TEXT NOT NULL, title TEXT NOT NULL, text TEXT, level TEXT NOT NULL DEFAULT 'warn', step INTEGER, alert_id TEXT);
  CREATE INDEX IF NOT EXISTS idx_metrics_run_step ON metrics(run_id, step);
  CREATE INDEX IF NOT EXISTS idx_metrics_run_timestamp ON metrics(run_id, timestamp);
  CREATE INDEX IF NOT EXISTS idx_metrics_run_record ON metrics(run_id, run_name, timestamp);
  CREATE UNIQUE INDEX IF NOT EXISTS idx_metrics_log_id ON metrics(log_id) WHERE log_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS idx_configs_run_name ON configs(run_name);
  CREATE INDEX IF NOT EXISTS idx_system_metrics_run_timestamp ON system_metrics(run_id, timestamp);
  CREATE INDEX IF NOT EXISTS idx_traces_run_step ON traces(run_id, step);
  CREATE INDEX IF NOT EXISTS idx_traces_run_timestamp ON traces(run_id, timestamp);
  CREATE INDEX IF NOT EXISTS idx_alerts_run ON alerts(run_id);
  CREATE UNIQUE INDEX IF NOT EXISTS idx_alerts_alert_id ON alerts(alert_id) WHERE alert_id IS NOT NULL;
  PRAGMA user_version = 2;
`;

const NAMELESS = `
  CREATE TABLE IF NOT EXISTS metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT NULL, run_name TEXT NOT NULL,
    step INTEGER NOT NULL, metrics TEXT NOT NULL, log_id TEXT, space_id TEXT);
  CREATE TABLE IF NOT EXISTS configs (id INTEGER PRIMARY KEY AUTOINCREMENT, run_name TEXT NOT NULL, config TEXT NOT NULL,
    created_at TEXT NOT NULL, UNIQUE(run_name));
  CREATE INDEX IF NOT EXISTS idx_metrics_run_step ON metrics(run_name, step);
`;
