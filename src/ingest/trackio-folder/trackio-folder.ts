/**
 * A folder that Trackio for Python writes, read where it lies: databases, the
 * inbox, saved files. Rows go into the store as what journals say does; pictures
 * and the like stay where they are and are served from there.
 *
 * Law: nothing in the folder changes, and no writer there waits; what is written
 * meanwhile, or deleted, or renamed, arrives.
 */

import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DataFolder } from "../../journal/data-folder.ts";
import { errorCode } from "../../journal/file-errors.ts";
import { readNames } from "../../media/read-names.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import type { SkippedJournal } from "../fold-report.ts";
import { projectKeyOfFile } from "../trackio/trackio-names.ts";
import { DatabaseFile } from "./database-file.ts";
import { DatabaseReader } from "./database-reader.ts";
import { DATABASE_ENDING, databasesIn } from "./find-databases.ts";
import { InboxReader } from "./inbox-reader.ts";
import type { RunTask } from "./known-run.ts";
import { type FindProject, ProjectRuns } from "./project-runs.ts";
import type { ReaderStep } from "./reader-step.ts";
import type { FoldingPlace } from "./row-folder.ts";
import { SavedFilesReader } from "./saved-files-reader.ts";

const LIST_EVERY_MS = 1_000;
/** A database that nobody has touched for so long is seldom looked at. */
const COLD_AFTER_MS = 5 * 60_000;
const COLD_LOOK_EVERY = 16;
/** Of so many tasks one reads, while others are left to be listed. */
const READ_EVERY = 5;
const TURN_MS = 50;
/** A copy of a database that was made longer ago is nobody's any more. */
const COPY_LIFE_MS = 24 * 3_600_000;
const REST_MS = 10;
const MOST_REST_MS = 2_000;

/** Rows of the first reading, at most. */
export interface ReadingProgress {
  readonly done: number;
  readonly total: number;
}

export interface TrackioFolderOptions {
  /** Where it lies: the data folder itself, unless something is imported. */
  readonly root: string;
  /** Begins the names of its sources. */
  readonly prefix: string;
  /** Whether it is read to be kept for good: then what is gone from the folder stays. */
  readonly isImport: boolean;
  /** Only of the project with this key; absent: of all. */
  readonly only?: ProjectKey;
  /** Only this database, and nothing besides. */
  readonly database?: string;
}

export class TrackioFolder {
  readonly #place: FoldingPlace;
  readonly #options: TrackioFolderOptions;
  readonly #projects = new Map<ProjectKey, ProjectRuns>();
  /** What the system did not let us read, or the store did not take, and why. */
  readonly #refused = new Map<string, string>();
  readonly #databases = new Map<string, DatabaseReader>();
  readonly #inbox: InboxReader;
  readonly #savedFiles: SavedFilesReader;
  #listedMs = Number.NEGATIVE_INFINITY;
  #isBegun = false;
  #turns = 0;
  #tasks = 0;

  constructor(place: FoldingPlace, options: TrackioFolderOptions) {
    this.#place = place;
    this.#options = options;
    const { root, prefix, isImport } = options;
    const projectOf: FindProject = (key, name) => this.#projectOf(key, name);
    const inbox = { prefix: `${prefix}/inbox`, isImport };
    this.#inbox = new InboxReader(place, join(root, "inbox"), projectOf, inbox);
    this.#savedFiles = new SavedFilesReader(
      place,
      join(root, "media"),
      projectOf,
      `${prefix}/media`,
    );
  }

  /** Projects that were read. */
  get projects(): readonly { readonly key: ProjectKey; readonly name: string }[] {
    return [...this.#projects.values()];
  }

  /** How far the first reading has come; nothing to read: total 0. */
  get progress(): ReadingProgress {
    let [done, total] = [0, 0];
    for (const { progress } of this.#databases.values()) {
      done += progress.done;
      total += progress.total;
    }
    return { done, total };
  }

  /** What cannot be read, and why. */
  get skipped(): readonly SkippedJournal[] {
    const troubles = new Map(this.#refused);
    for (const [name, { trouble }] of this.#databases) if (trouble) troubles.set(name, trouble);
    return Array.from(troubles, ([source, reason]) => ({ source, code: "unreadable", reason }));
  }

  /** Follows what was written, then goes on with what is still to be read, for about `budgetMs`. */
  async turn(budgetMs: number): Promise<ReaderStep> {
    const untilMs = performance.now() + budgetMs;
    await this.#findDatabases();
    let rows = 0;
    let more = false;
    const take = (step: ReaderStep) => {
      rows += step.rows;
      more ||= step.more;
    };
    for (const [name, database] of this.#databases) {
      if (this.#isSkippable(database)) continue;
      take(await this.#attempt(name, () => database.follow()));
      if (!database.isGone) continue;
      await database.close();
      this.#databases.delete(name);
    }
    this.#turns += 1;
    if (this.#options.database === undefined) {
      take(await this.#attempt("inbox", () => this.#inbox.follow()));
    }
    take(await this.#attempt("media", () => this.#savedFiles.follow()));
    const waiting = new Set<DatabaseReader>();
    for (let next = this.#next(waiting); next !== undefined; next = this.#next(waiting)) {
      more = true;
      if (performance.now() >= untilMs) break;
      const { database, task, name } = next;
      const step = await this.#attempt(name, () => database.doNext(task));
      take(step);
      // Its writer is at it: the next turn finds it again.
      if (!step.more) waiting.add(database);
    }
    return { rows, more };
  }

  /** What the system refuses here, or the store, costs nothing but what it refuses. */
  async #attempt(name: string, work: () => Promise<ReaderStep>): Promise<ReaderStep> {
    try {
      const step = await work();
      this.#refused.delete(name);
      return step;
    } catch (error) {
      if (error instanceof TrackioError && error.code === "invalid_argument") {
        this.#refused.set(name, `'${name}' is passed over: ${error.message}`);
        return { rows: 0, more: false };
      }
      const code = errorCode(error);
      const path = code === undefined ? undefined : (error as NodeJS.ErrnoException).path;
      // Also our own folder lies here.
      if (path === undefined || path.startsWith(this.#place.folder.storePath)) throw error;
      this.#refused.set(name, `${path} is passed over: it cannot be read (${code}).`);
      return { rows: 0, more: false };
    }
  }

  /** Until all that stands there now is folded. @param onProgress Told about rows. */
  async readAll(
    onProgress: (progress: ReadingProgress) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    let restingSinceMs: number | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const { more } = await this.turn(TURN_MS);
      onProgress(this.progress);
      if (more) {
        restingSinceMs = undefined;
        continue;
      }
      const isWhole = [...this.#databases.values()].every((database) => database.isSettled);
      restingSinceMs ??= performance.now();
      // What somebody writes without pause is never at an end.
      if (isWhole || performance.now() - restingSinceMs > MOST_REST_MS) return;
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
    }
  }

  async close(): Promise<void> {
    for (const database of this.#databases.values()) await database.close();
  }

  /** What is to be done next: runs are listed before they are read, but somebody may be waiting for the newest. */
  #next(
    without: ReadonlySet<DatabaseReader>,
  ):
    | { readonly name: string; readonly database: DatabaseReader; readonly task: RunTask }
    | undefined {
    this.#tasks += 1;
    const tasks: RunTask[] = this.#tasks % READ_EVERY === 0 ? ["read", "list"] : ["list", "read"];
    for (const task of tasks) {
      let newest: { name: string; database: DatabaseReader; ms: number } | undefined;
      for (const [name, database] of this.#databases) {
        const ms = without.has(database) ? undefined : database.newestMs(task);
        if (ms === undefined || (newest !== undefined && ms <= newest.ms)) continue;
        newest = { name, database, ms };
      }
      if (newest !== undefined) return { name: newest.name, database: newest.database, task };
    }
    return undefined;
  }

  #isSkippable(database: DatabaseReader): boolean {
    const isCold = database.modifiedMs < this.#place.now() - COLD_AFTER_MS;
    return isCold && database.isSettled && this.#turns % COLD_LOOK_EVERY !== 0;
  }

  async #findDatabases(): Promise<void> {
    const now = this.#place.now();
    if (now - this.#listedMs < LIST_EVERY_MS) return;
    this.#listedMs = now;
    const { database, root } = this.#options;
    for (const name of database === undefined ? databasesIn(root) : [database]) this.#take(name);
    if (this.#isBegun) return;
    this.#isBegun = true;
    if (this.#options.isImport) return;
    removeOldCopies(this.#place.folder, now);
    // What came from a database that was removed while nobody looked.
    for (const { key } of await this.#place.store.listProjects()) this.#take(key + DATABASE_ENDING);
  }

  #take(name: string): void {
    if (this.#databases.has(name)) return;
    const stem = name.slice(0, -DATABASE_ENDING.length);
    const key = projectKeyOfFile(stem);
    if (key === undefined) return;
    const { root, prefix, isImport } = this.#options;
    const project = this.#projectOf(key, stem);
    if (project === undefined) return;
    const file = new DatabaseFile(join(root, name), copiesPath(this.#place.folder));
    const options = { prefix: `${prefix}/${name}`, isImport };
    this.#databases.set(name, new DatabaseReader(this.#place, file, project, options));
  }

  #projectOf(key: ProjectKey, name: string): ProjectRuns | undefined {
    const { only } = this.#options;
    if (only !== undefined && only !== key) return undefined;
    let project = this.#projects.get(key);
    if (project === undefined) {
      const { folder, store, now } = this.#place;
      project = new ProjectRuns(folder, store, { key, name }, now);
      this.#projects.set(key, project);
    }
    return project;
  }
}

function copiesPath(folder: DataFolder): string {
  return join(folder.storePath, "copies");
}

/** What a process that was killed left. */
function removeOldCopies(folder: DataFolder, nowMs: number): void {
  for (const name of readNames(copiesPath(folder))) {
    const path = join(copiesPath(folder), name);
    const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
    if (nowMs - modifiedMs > COPY_LIFE_MS) rmSync(path, { recursive: true, force: true });
  }
}
