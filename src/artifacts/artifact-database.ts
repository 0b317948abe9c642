/**
 * The artifacts of one project in a small SQLite database: names, versions with
 * their manifests, aliases, and which run made or used what. Its tables are laid
 * out as Trackio for Python lays out its own, so that the same code reads a
 * database that Python wrote, in place and without changing it.
 *
 * Laws: a version never changes but for its metadata and aliases; a change is
 * all there or not at all, whoever else writes; bytes are blobs, named by their
 * digest, and never lie here.
 */

import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { createArtifactTables } from "./artifact-tables.ts";

/** How long one waits for another that writes. */
const BUSY_TIMEOUT_MS = 10_000;

export type ArtifactRow = { readonly [column: string]: SQLInputValue };

/** Tables that artifacts are read from: ours, or those that Trackio for Python wrote. */
export interface ArtifactRows {
  all(sql: string, ...parameters: SQLInputValue[]): readonly ArtifactRow[];
}

export class ArtifactDatabase implements ArtifactRows {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens the file for writing; makes it where it is missing. */
  static open(path: string): ArtifactDatabase {
    mkdirSync(dirname(path), { recursive: true });
    const connection = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      createArtifactTables(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
    return new ArtifactDatabase(connection);
  }

  /** Opens the file for reading; undefined where it is not there. */
  static openForReading(path: string): ArtifactDatabase | undefined {
    if (!existsSync(path)) return undefined;
    const connection = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    return new ArtifactDatabase(connection);
  }

  private constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  all(sql: string, ...parameters: SQLInputValue[]): ArtifactRow[] {
    return this.#prepared(sql).all(...parameters) as ArtifactRow[];
  }

  get(sql: string, ...parameters: SQLInputValue[]): ArtifactRow | undefined {
    return this.#prepared(sql).get(...parameters) as ArtifactRow | undefined;
  }

  /** Runs a statement; gives the id of the row that it inserted. */
  run(sql: string, ...parameters: SQLInputValue[]): number {
    return Number(this.#prepared(sql).run(...parameters).lastInsertRowid);
  }

  /** Does `work` as one change: all of it, or nothing where it throws. */
  write<T>(work: () => T): T {
    return this.#transaction("BEGIN IMMEDIATE", work);
  }

  /** Does `work` on one state of the data. */
  read<T>(work: () => T): T {
    return this.#transaction("BEGIN", work);
  }

  close(): void {
    this.#statements.clear();
    if (this.#connection.isOpen) this.#connection.close();
  }

  #transaction<T>(begin: string, work: () => T): T {
    this.#connection.exec(begin);
    try {
      const result = work();
      this.#connection.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec("ROLLBACK");
      throw error;
    }
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** Whether the table is there and has the column: files of older versions lack some. */
export function hasColumn(rows: ArtifactRows, table: string, column = "id"): boolean {
  const sql = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?";
  return rows.all(sql, table, column).length > 0;
}

/** The first row of a query. */
export function first(
  rows: ArtifactRows,
  sql: string,
  ...parameters: SQLInputValue[]
): ArtifactRow | undefined {
  return rows.all(sql, ...parameters)[0];
}
