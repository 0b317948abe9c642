/**
 * A SQLite database of others, read where it lies without leaving a trace.
 *
 * - Without a write-ahead log nobody is writing: it is read as a file that does
 *   not change, without any lock, and two looks prove that it did not.
 * - With one, SQLite reads beside the writers, who never wait for readers of a
 *   WAL. The shared memory beside it (`-shm`) is opened for reading only, so that
 *   nothing is made or written there; where all writers are gone SQLite reads the
 *   log by itself.
 * - What can be read in neither way (a log without its shared memory, a file
 *   system that cannot map memory, a write that was killed half way) is copied
 *   aside, put in order there, and read from the copy.
 *
 * Law: no byte of the database, its log or its shared memory changes, no file
 * comes to lie beside it, and no writer waits. (SQLite makes an empty log where
 * the last writer takes it away just when it is opened; so one that has just come
 * is left to its writer, who for Trackio is gone in a moment.)
 */

import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { type DatabaseLook, lookAtDatabase } from "./database-look.ts";

/** A journal that nobody has touched for so long was left by a process that is gone. */
const DEAD_AFTER_MS = 5_000;
/** A log that was there for so long will not be taken away in the next millisecond. */
const YOUNG_WAL_MS = 300;

export type SqlValue = null | number | string | Uint8Array;

/** An open database, for as long as one read takes. */
export interface DatabaseView {
  /** Rows as arrays, in the order of the columns. Integers beyond 2^53 cannot be read: cast them to text. */
  rows(sql: string, ...parameters: SQLInputValue[]): SqlValue[][];
  /** Rows as objects. */
  all(sql: string, ...parameters: SQLInputValue[]): { readonly [column: string]: SqlValue }[];
  /** The same one by one, for as long as `take` says so. */
  each(
    sql: string,
    parameters: readonly SQLInputValue[],
    take: (row: readonly SqlValue[]) => boolean,
  ): void;
}

export type DatabaseRead<T> =
  /** `stamp` of what was read; undefined where something may have been written since without a trace: look again. */
  | { readonly outcome: "read"; readonly value: T; readonly stamp: string | undefined }
  /** It is being written to in a way that keeps readers out, or was changed during the read: try again soon. */
  | { readonly outcome: "busy" }
  | { readonly outcome: "missing" }
  /** `reason`: a sentence for people. */
  | { readonly outcome: "unreadable"; readonly reason: string };

export class DatabaseFile {
  /** As it was named; it may be a link. */
  readonly path: string;
  /** The file itself: beside it lies its log. */
  #file: string;
  readonly #copiesFolder: string;
  #copy: { readonly stamp: string; readonly folder: string } | undefined;
  /** The log that was read beside last. */
  #knownWal: string | undefined;
  /** Since when a log that has just come keeps from reading. */
  #waitingSinceMs: number | undefined;

  /** @param copiesFolder Where a copy may be laid; made when one is needed. */
  constructor(path: string, copiesFolder: string) {
    this.path = path;
    this.#file = path;
    this.#copiesFolder = copiesFolder;
  }

  look(nowMs = Date.now()): DatabaseLook | undefined {
    this.#file = fileOf(this.path);
    return lookAtDatabase(this.#file, nowMs);
  }

  /** Runs `work` on one state of the database. What it gave is to be used only where the outcome is `read`. */
  read<T>(work: (view: DatabaseView) => T, nowMs = Date.now()): DatabaseRead<T> {
    try {
      return this.#read(work, nowMs);
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Removes what was copied aside. */
  close(): void {
    if (this.#copy !== undefined) rmSync(this.#copy.folder, { recursive: true, force: true });
    this.#copy = undefined;
  }

  #read<T>(work: (view: DatabaseView) => T, nowMs: number): DatabaseRead<T> {
    const look = this.look(nowMs);
    if (look === undefined) return { outcome: "missing" };
    if (this.#copy?.stamp === look.stamp) return this.#readCopy(this.#copy, work);
    this.close();
    if (look.hasJournal) {
      if (nowMs - look.modifiedMs < DEAD_AFTER_MS) return { outcome: "busy" };
      return this.#copyAndRead(look, work);
    }
    if (look.wal === undefined) return this.#readStill(look, work);
    return this.#isYoung(look.wal, nowMs) ? { outcome: "busy" } : this.#readBeside(look, work);
  }

  /** Whether its writer may take the log away at any moment; asked for a while only, since others may always be there. */
  #isYoung(wal: NonNullable<DatabaseLook["wal"]>, nowMs: number): boolean {
    const isOld = Math.abs(nowMs - wal.modifiedMs) > YOUNG_WAL_MS;
    if (isOld || nameOf(wal) === this.#knownWal) return false;
    this.#waitingSinceMs ??= nowMs;
    return nowMs - this.#waitingSinceMs < YOUNG_WAL_MS;
  }

  #readStill<T>(look: DatabaseLook, work: (view: DatabaseView) => T): DatabaseRead<T> {
    if (!look.isSettled) return { outcome: "busy" };
    let value: T;
    try {
      value = withConnection(locationOf(this.#file, "immutable=1"), work);
    } catch (error) {
      // Torn by a write meanwhile, or damaged: the look tells.
      if (this.look()?.stamp !== look.stamp) return { outcome: "busy" };
      throw error;
    }
    if (this.look()?.stamp !== look.stamp) return { outcome: "busy" };
    this.#waitingSinceMs = undefined;
    return { outcome: "read", value, stamp: look.stamp };
  }

  #readBeside<T>(look: DatabaseLook, work: (view: DatabaseView) => T): DatabaseRead<T> {
    if (!existsSync(`${this.#file}-shm`)) return this.#copyAndRead(look, work);
    try {
      const value = withConnection(locationOf(this.#file, "mode=ro&readonly_shm=1"), work);
      this.#knownWal = look.wal && nameOf(look.wal);
      this.#waitingSinceMs = undefined;
      return { outcome: "read", value, stamp: look.isSettled ? look.stamp : undefined };
    } catch (error) {
      if (!isOfPlace(error)) throw error;
    }
    // The last writer may just have left and taken the log along.
    if (this.look()?.stamp !== look.stamp) return { outcome: "busy" };
    return this.#copyAndRead(look, work);
  }

  #copyAndRead<T>(look: DatabaseLook, work: (view: DatabaseView) => T): DatabaseRead<T> {
    if (!look.isSettled) return { outcome: "busy" };
    mkdirSync(this.#copiesFolder, { recursive: true });
    const copy = { stamp: look.stamp, folder: mkdtempSync(join(this.#copiesFolder, "copy-")) };
    this.#copy = copy;
    for (const ending of ["", "-wal", "-journal"]) {
      const from = this.#file + ending;
      const to = join(copy.folder, basename(this.#file) + ending);
      if (existsSync(from)) copyFileSync(from, to, constants.COPYFILE_FICLONE);
    }
    if (this.look()?.stamp === look.stamp) return this.#readCopy(copy, work);
    this.close();
    return { outcome: "busy" };
  }

  #readCopy<T>(
    copy: { readonly stamp: string; readonly folder: string },
    work: (view: DatabaseView) => T,
  ): DatabaseRead<T> {
    const value = withConnection(join(copy.folder, basename(this.#file)), work, false);
    return { outcome: "read", value, stamp: copy.stamp };
  }

  #failed(error: unknown): DatabaseRead<never> {
    const { errcode } = error as { readonly errcode?: unknown };
    const code = typeof errcode === "number" ? errcode & 0xff : undefined;
    if (code === BUSY || code === LOCKED || code === PROTOCOL) return { outcome: "busy" };
    if (!existsSync(this.#file)) return { outcome: "missing" };
    // Whatever else it is: what lies in a file of others ends no reading but that of the file.
    const words = error instanceof Error ? error.message : String(error);
    const why = (code === undefined ? undefined : REASONS.get(code)) ?? words;
    const whole = code === DAMAGED ? " whole" : "";
    return { outcome: "unreadable", reason: `${this.path} cannot be read${whole}: ${why}.` };
  }
}

/** What a link leads to; SQLite looks for the log there. */
function fileOf(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && existsSync(path)
    ? realpathSync(path)
    : path;
}

function nameOf({ identity, bornAt }: NonNullable<DatabaseLook["wal"]>): string {
  return `${identity} ${bornAt}`;
}

const BUSY = 5;
const LOCKED = 6;
const PROTOCOL = 15;
const DAMAGED = 11;
const [READONLY, IO_ERROR, CANNOT_OPEN] = [8, 10, 14];

/** Result codes of SQLite that a person can do something about. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [IO_ERROR, "the disk gave an error when it was read; look at the disk"],
  [DAMAGED, "its content is damaged; `sqlite3 FILE .recover` may save what is left"],
  [13, "the disk is full, and it has to be copied to be read; free some space"],
  [CANNOT_OPEN, "it cannot be opened; look at its rights"],
  [26, "it is no SQLite database; move it away if it is none of Trackio's"],
]);

/** Whether SQLite cannot work with the files where they lie, whatever they hold. */
function isOfPlace(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: unknown };
  const code = typeof errcode === "number" ? errcode & 0xff : undefined;
  return code === READONLY || code === IO_ERROR || code === CANNOT_OPEN;
}

function locationOf(path: string, query: string): URL {
  const location = pathToFileURL(path);
  location.search = query;
  return location;
}

function withConnection<T>(
  location: string | URL,
  work: (view: DatabaseView) => T,
  readOnly = true,
): T {
  const connection = new DatabaseSync(location, { readOnly, timeout: 0 });
  try {
    connection.exec("BEGIN");
    const value = work(viewOf(connection));
    connection.exec("COMMIT");
    return value;
  } finally {
    connection.close();
  }
}

function viewOf(connection: DatabaseSync): DatabaseView {
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = connection.prepare(sql);
      statement.setReturnArrays(true);
      statements.set(sql, statement);
    }
    return statement;
  };
  return {
    rows: (sql, ...parameters) => prepared(sql).all(...parameters) as unknown as SqlValue[][],
    all: (sql, ...parameters) =>
      connection.prepare(sql).all(...parameters) as { [column: string]: SqlValue }[],
    each: (sql, parameters, take) => {
      for (const row of prepared(sql).iterate(...parameters)) {
        if (!take(row as unknown as readonly SqlValue[])) break;
      }
    },
  };
}
