/**
 * The connection: node:sqlite with the settings that the store relies on.
 * WAL, so that readers and the writer do not wait for each other; on a network
 * file system, where WAL cannot work, a rollback journal. Commits are durable
 * against a crash of the process; after a loss of power the newest may be
 * missing, and are folded again, since their offsets went with them. Before
 * what they were folded from goes, `sync` is asked for.
 */

import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { type ErrorCode, TrackioError } from "../../protocol/errors.ts";
import { DamagedData } from "./damage.ts";
import { migrate, STORE_VERSION } from "./migrations.ts";

/** How long a writer waits for another process that folds into the same store. */
const BUSY_TIMEOUT_MS = 30_000;
/** The WAL is written back to the file when it has grown to so many pages (of 4 KiB). */
const CHECKPOINT_PAGES = 4_000;

/** Types of `statfs` on Linux that name a file system without shared memory between hosts. */
const NETWORK_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2
  0x65735546, // FUSE: s3fs, sshfs, gcsfuse, …
  0x01021997, // 9P
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x00c36400, // Ceph
  0x19830326, // BeeGFS
  0x5346414f, // AFS
]);

export type Parameter = SQLInputValue;
export type SqlRow = { readonly [column: string]: SQLInputValue };

export class Database {
  readonly path: string;
  readonly isReadOnly: boolean;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Which file is open; undefined where none is, e.g. in memory. */
  readonly #file: string | undefined;

  /**
   * Opens the store's file; makes it where it is missing, unless it is to be read only.
   * @throws {@link TrackioError} `not_found`, `conflict` (a newer version wrote it), `damaged`, `busy`, `unavailable`.
   */
  constructor(path: string, options: { readonly readOnly?: boolean } = {}) {
    this.path = path;
    this.isReadOnly = options.readOnly === true;
    if (this.isReadOnly && !existsSync(path)) {
      throw new TrackioError(
        "not_found",
        `There is no store at ${path}; fold a run into it first.`,
      );
    }
    try {
      if (!this.isReadOnly) mkdirSync(dirname(path), { recursive: true });
      const location = this.isReadOnly ? readOnlyLocation(path) : path;
      this.#connection = new DatabaseSync(location, { readOnly: this.isReadOnly });
    } catch (error) {
      throw asTrackioError(error, path);
    }
    try {
      this.#configure();
    } catch (error) {
      this.#connection.close();
      throw asTrackioError(error, path);
    }
    this.#file = fileAt(path);
  }

  /** Rows of a query. */
  all(sql: string, ...parameters: Parameter[]): SqlRow[] {
    return this.#prepared(sql).all(...parameters) as SqlRow[];
  }

  /** The first row of a query. */
  get(sql: string, ...parameters: Parameter[]): SqlRow | undefined {
    return this.#prepared(sql).get(...parameters) as SqlRow | undefined;
  }

  /** Runs a statement; gives the id of the row that it inserted. */
  run(sql: string, ...parameters: Parameter[]): number {
    return Number(this.#prepared(sql).run(...parameters).lastInsertRowid);
  }

  /** Rows that the last statement changed. */
  changes(): number {
    return this.get("SELECT changes() AS n")?.n as number;
  }

  /** Does `work` as one change: all of it, or nothing where it throws. */
  write<T>(work: () => T): T {
    return this.#transaction("BEGIN IMMEDIATE", work);
  }

  /** Does `work` on one state of the data, whatever others write meanwhile. */
  read<T>(work: () => T): T {
    return this.#transaction("BEGIN", work);
  }

  exec(sql: string): void {
    try {
      this.#connection.exec(sql);
    } catch (error) {
      throw asTrackioError(error, this.path);
    }
  }

  /** Moves the WAL into the file and empties it, as far as no other process reads it. */
  checkpoint(): void {
    this.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /**
   * Returns when all that was committed, by whomever, is on the disk itself. That is the WAL's part: what is moved from it
   * into the file is there before the WAL is used again. The file itself is not opened, since closing it would give up SQLite's locks.
   */
  sync(): void {
    this.#ensureInPlace();
    let wal: number;
    try {
      wal = openSync(`${this.path}-wal`, "r+");
    } catch (error) {
      // Without a WAL a commit is on the disk when it returns.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw asTrackioError(error, this.path);
    }
    try {
      fsyncSync(wal);
    } catch (error) {
      throw asTrackioError(error, this.path);
    } finally {
      closeSync(wal);
    }
  }

  close(): void {
    if (!this.#connection.isOpen) return;
    this.#statements.clear();
    try {
      this.#connection.close();
    } catch (error) {
      throw asTrackioError(error, this.path);
    }
  }

  /**
   * SQLite goes on with a file that is no longer there, and what it takes then is
   * lost: without this, journals would be folded into it and removed.
   */
  #ensureInPlace(): void {
    if (this.#file === undefined || fileAt(this.path) === this.#file) return;
    throw new TrackioError(
      "unavailable",
      `The store ${this.path} was removed or replaced while it was open; open it again.`,
    );
  }

  #transaction<T>(begin: string, work: () => T): T {
    this.#ensureInPlace();
    this.exec(begin);
    let result: T;
    try {
      result = work();
      this.#connection.exec("COMMIT");
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec("ROLLBACK");
      throw asTrackioError(error, this.path);
    }
    return result;
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** What can only be read cannot be brought up to date. */
  #notUpToDate(version: number): TrackioError {
    return version === 0
      ? new TrackioError("not_found", `The store ${this.path} is empty; fold a run into it first.`)
      : new TrackioError(
          "unavailable",
          `The store ${this.path} has the older format ${version}; open it once where it can be written, and it is brought up to date.`,
        );
  }

  #configure(): void {
    const connection = this.#connection;
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    const { user_version: version } = connection.prepare("PRAGMA user_version").get() as {
      user_version: number;
    };
    if (version > STORE_VERSION) {
      throw new TrackioError(
        "conflict",
        `The store ${this.path} has format ${version}, and this trackio knows formats up to ${STORE_VERSION}; update trackio.`,
      );
    }
    if (this.isReadOnly) {
      if (version < STORE_VERSION) throw this.#notUpToDate(version);
      return;
    }
    if (version === 0) connection.exec("PRAGMA auto_vacuum = INCREMENTAL");
    connection.exec(`PRAGMA journal_mode = ${canUseWal(this.path) ? "WAL" : "TRUNCATE"}`);
    connection.exec("PRAGMA synchronous = NORMAL");
    connection.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    connection.exec(`PRAGMA journal_size_limit = ${CHECKPOINT_PAGES * 4096}`);
    if (version < STORE_VERSION) migrate(connection);
  }
}

/** Identity of the file at `path`; undefined where there is none. */
function fileAt(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
}

/**
 * A reader of a WAL makes the files beside the store that it shares with others. Where it may not, and nobody has made
 * them, nobody writes: what lies there is read as something that does not change.
 */
function readOnlyLocation(path: string): string | URL {
  if (existsSync(`${path}-wal`) || canWrite(dirname(path))) return path;
  const location = pathToFileURL(path);
  location.searchParams.set("immutable", "1");
  return location;
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    // Not for this user, or a file system that is mounted to be read only.
    return false;
  }
}

/** WAL needs memory that all processes share, which a network file system cannot give. */
function canUseWal(path: string): boolean {
  if (path === ":memory:") return false;
  if (process.platform === "win32") return !path.startsWith("\\\\");
  if (process.platform !== "linux") return true;
  return !NETWORK_FILE_SYSTEMS.has(statfsSync(dirname(path)).type >>> 0);
}

const DAMAGED = "Copy the file, export what can be read, and delete the run that cannot be read";

/** Primary result codes of SQLite that a person can do something about. */
const KNOWN_CODES: ReadonlyMap<number, readonly [ErrorCode, string]> = new Map([
  [5, ["busy", "another process writes to it for long; try again"]],
  [6, ["busy", "another process holds it; try again"]],
  [8, ["unavailable", "it can only be read; give this user the right to write there"]],
  [10, ["unavailable", "the disk gave an error; look at the disk"]],
  [
    11,
    [
      "damaged",
      "its content is damaged; move it away, and the journals that are left are folded anew",
    ],
  ],
  [13, ["storage_full", "the disk is full; free some space"]],
  [14, ["unavailable", "it cannot be opened; look at its folder and rights"]],
  [26, ["damaged", "it is no store of trackio; move it away"]],
]);

function asTrackioError(error: unknown, path: string): unknown {
  if (error instanceof TrackioError) return error;
  // A text that is no JSON: config, keys and the like are read with nothing around them.
  if (error instanceof DamagedData || error instanceof SyntaxError) {
    const what = error.message.replace(/\.?$/, ".");
    return new TrackioError("damaged", `The store ${path} is damaged: ${what} ${DAMAGED}.`, {
      cause: error,
    });
  }
  if (error instanceof Error && "syscall" in error) {
    const what = `it cannot be opened (${error.message}); look at its folder and rights`;
    return new TrackioError("unavailable", `The store ${path}: ${what}.`, { cause: error });
  }
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  const known = typeof errcode === "number" ? KNOWN_CODES.get(errcode & 0xff) : undefined;
  if (known === undefined) return error;
  return new TrackioError(known[0], `The store ${path}: ${known[1]}.`, { cause: error });
}
