/**
 * One database of a Trackio folder, read for the first time and then followed.
 *
 * At first each run is listed, then read by itself, the newest run first; what
 * is written meanwhile is followed by row id, past the runs that are still to be
 * read. Of each run and table the store knows which row was folded last; that
 * this row is still there, and still of this run, tells that nothing was deleted
 * or written anew: upstream renames a run by writing its rows anew. How far all
 * runs together are followed is kept too, so that opening the folder again costs
 * by the runs and not by the rows.
 *
 * Law: after a look that found nothing new the store has what the database has,
 * whatever was done to it meanwhile, but for runs that were deleted here.
 */

import { existsSync } from "node:fs";
import { trackioRunId } from "../trackio/trackio-names.ts";
import { DamagedRuns } from "./damaged-runs.ts";
import type { DatabaseFile, DatabaseView } from "./database-file.ts";
import { type DatabasePlan, findRewritten, type PlannedRun, readPlan } from "./database-plan.ts";
import type { PieceLimits, TrackioRow } from "./database-rows.ts";
import { DatabaseRuns } from "./database-runs.ts";
import { TABLE_NAMES, type TableName } from "./database-shape.ts";
import { FollowedPlace } from "./followed-place.ts";
import { type KnownRun, newKnownRun, type RunTask } from "./known-run.ts";
import type { ProjectRuns } from "./project-runs.ts";
import { readNewRows } from "./read-new-rows.ts";
import { type RunPiece, readConfigs, readRunPieces } from "./read-run-pieces.ts";
import type { ReaderOptions, ReaderStep } from "./reader-step.ts";
import { type FoldingPlace, RowFolder } from "./row-folder.ts";
import { timeOf } from "./translate-rows.ts";

/** What is read at once: it takes some 30 ms to read, and about as long to fold. */
const PIECE: PieceLimits = { rows: 4_096, bytes: 4 * 1024 ** 2 };
/** Runs listed at once. */
const LIST_RUNS = 64;
/** Between two looks at the last rows of all runs, while something is written. */
const CHECK_EVERY_MS = 2_000;
/** A file that is away for less is being replaced. */
const GONE_AFTER_MS = 2_000;

const NOTHING: ReaderStep = { rows: 0, more: false };

export class DatabaseReader {
  readonly #place: FoldingPlace;
  readonly #file: DatabaseFile;
  readonly #project: ProjectRuns;
  readonly #options: ReaderOptions;
  readonly #rows: RowFolder;
  readonly #runs = new DatabaseRuns();
  readonly #followed: FollowedPlace;
  #plan: DatabasePlan | undefined;
  /** Which file and which tables the plan is of. */
  #planned = "";
  #seenStamp: string | undefined;
  #modifiedMs = 0;
  #goneSinceMs: number | undefined;
  #isGone = false;
  #mustCheck = false;
  #checkedStamp: string | undefined;
  #checkedMs = Number.NEGATIVE_INFINITY;
  #trouble: string | undefined;
  readonly #damaged = new DamagedRuns();
  #totalRows = 0;
  #doneRows = 0;

  constructor(
    place: FoldingPlace,
    file: DatabaseFile,
    project: ProjectRuns,
    options: ReaderOptions,
  ) {
    this.#place = place;
    this.#file = file;
    this.#project = project;
    this.#options = options;
    this.#rows = new RowFolder(place);
    this.#followed = new FollowedPlace(place.store, project, options);
  }

  /** Why it, or some of it, is left as it is; a sentence for people. */
  get trouble(): string | undefined {
    return this.#trouble ?? this.#damaged.reason;
  }

  /** Time of the newest run that is still to be listed or read; undefined where there is none. */
  newestMs(task: RunTask): number | undefined {
    return this.#runs.next(task, 1)[0]?.newestMs;
  }

  get #hasTasks(): boolean {
    return this.newestMs("list") !== undefined || this.newestMs("read") !== undefined;
  }

  /** Rows that the first reading has to read, at most, and has read. */
  get progress(): { readonly done: number; readonly total: number } {
    const total = this.#totalRows;
    return { done: Math.min(this.#doneRows, total), total };
  }

  /** Whether the file is gone, and its runs with it. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether all that is there is folded, and all runs were looked at once. */
  get isSettled(): boolean {
    if (this.#trouble !== undefined || this.#isGone) return true;
    const isChecked = this.#checkedMs > Number.NEGATIVE_INFINITY;
    return this.#seenStamp !== undefined && isChecked && !this.#hasTasks;
  }

  /** When the file was last written, epoch milliseconds. */
  get modifiedMs(): number {
    return this.#modifiedMs;
  }

  /** Follows what was written since the last time. Costs three `stat`s where nothing was. */
  async follow(): Promise<ReaderStep> {
    const look = this.#file.look(this.#place.now());
    if (look === undefined) return await this.#followNothing();
    this.#goneSinceMs = undefined;
    this.#modifiedMs = look.modifiedMs;
    for (const run of this.#damaged.takeDue(this.#place.now())) {
      if (this.#runs.get(run.value) === run) this.#runs.setTask(run, "list");
    }
    if (look.stamp === this.#seenStamp && !this.#isCheckDue()) return await this.#rest();
    const shown = this.#read((view) => `${look.identity} ${schemaVersion(view)}`);
    if (shown === undefined) return NOTHING;
    if (this.#plan === undefined || shown.value !== this.#planned) {
      if (!(await this.#begin(shown.value))) return NOTHING;
    }
    return await this.#followRows();
  }

  /** Does a piece of the task, the newest runs first. */
  async doNext(task: RunTask): Promise<ReaderStep> {
    const plan = this.#plan;
    const isList = task === "list";
    const runs = this.#runs.next(task, LIST_RUNS);
    const [first] = runs;
    if (plan === undefined || first === undefined) return NOTHING;
    const readPieces = isList ? readConfigs : readRunPieces;
    const readFrom = (some: readonly KnownRun[]) =>
      this.#read((view) => readPieces(view, plan.shape, some, PIECE));
    let read = readFrom(runs);
    // What is damaged may be of another one than the first.
    if (this.#trouble !== undefined && runs.length > 1) read = readFrom([first]);
    if (this.#trouble !== undefined) return this.#passOver(first, this.#trouble);
    if (read === undefined) return NOTHING;
    let rows = 0;
    for (const piece of read.value) {
      const { run, table, left, isLast } = piece;
      // One that an earlier piece has shown to be deleted, or to be begun anew.
      if (run.task !== task) continue;
      // Without rows a run is made, but only once.
      if ((isList || piece.rows.length > 0) && !(await this.#foldPiece(piece))) continue;
      if (table !== "configs") rows += piece.rows.length;
      run.range = left;
      if (left === undefined) run.readTables.add(table);
      if (isLast) this.#runs.setTask(run, isList ? "read" : undefined);
    }
    this.#doneRows += rows;
    this.#endReading();
    return { rows, more: true };
  }

  #endReading(): void {
    if (this.#hasTasks) return;
    this.#seenStamp = undefined;
    // Fewer than were thought, where some had been deleted.
    this.#doneRows = Number.POSITIVE_INFINITY;
  }

  async close(): Promise<void> {
    this.#file.close();
    await this.#keepFollowed(Number.POSITIVE_INFINITY);
  }

  #read<T>(
    work: (view: DatabaseView) => T,
  ): { readonly value: T; readonly stamp: string | undefined } | undefined {
    const read = this.#file.read(work, this.#place.now());
    this.#trouble = read.outcome === "unreadable" ? read.reason : undefined;
    return read.outcome === "read" ? read : undefined;
  }

  /** Nothing was written. */
  async #rest(): Promise<ReaderStep> {
    await this.#keepFollowed(this.#place.now());
    return NOTHING;
  }

  async #keepFollowed(nowMs: number): Promise<void> {
    if (!this.#hasTasks && this.#damaged.reason === undefined) await this.#followed.keep(nowMs);
  }

  /** Goes on without the rest of a run that cannot be read. */
  #passOver(run: KnownRun, reason: string): ReaderStep {
    this.#damaged.add(run, reason, this.#place.now());
    this.#trouble = undefined;
    this.#runs.setTask(run, undefined);
    this.#endReading();
    return { rows: 0, more: true };
  }

  #isCheckDue(): boolean {
    return this.#mustCheck && this.#place.now() - this.#checkedMs >= CHECK_EVERY_MS;
  }

  /** Finds out which runs there are, and what of them is to be read. */
  async #begin(planned: string): Promise<boolean> {
    const read = this.#read(readPlan);
    if (read === undefined) return false;
    const plan = read.value;
    this.#runs.clear();
    this.#damaged.clear();
    await this.#followed.begin(plan);
    const inOrder = [...plan.runs.values()].toSorted((a, b) => (a.firstMs ?? 0) - (b.firstMs ?? 0));
    for (const run of inOrder) await this.#meet(run);
    await this.#removeAbsent();
    this.#plan = plan;
    this.#planned = planned;
    this.#mustCheck = true;
    this.#checkedMs = Number.NEGATIVE_INFINITY;
    this.#doneRows = 0;
    this.#totalRows = this.#hasTasks ? this.#followed.rowsToRead(plan) : 0;
    return true;
  }

  /** Takes up a run of the plan. */
  async #meet(planned: PlannedRun): Promise<void> {
    const id = trackioRunId(planned.value, planned.name);
    if (id === undefined || this.#project.isDeleted(id)) return;
    const createdAt = planned.firstMs ?? planned.newestMs ?? this.#modifiedMs;
    const isKnown = await this.#project.isKnown(id);
    const identity = await this.#project.identityOf({ id, name: planned.name, createdAt });
    const offsets = new Map<TableName, number>();
    for (const table of isKnown ? planned.tables : []) {
      const offset = await this.#place.store.offset(this.#sourceOf(table, id));
      if (offset > 0) offsets.set(table, offset);
    }
    const isComplete = offsets.size > 0 && this.#followed.isComplete(planned.tables);
    this.#runs.add({
      ...newKnownRun(planned.value, identity, planned.newestMs ?? createdAt),
      offsets,
      task: isComplete ? undefined : offsets.size > 0 ? "read" : "list",
    });
  }

  /** Runs that came from here once, and are gone. */
  async #removeAbsent(): Promise<void> {
    if (this.#options.isImport) return;
    const present = new Set(this.#runs.all().map(({ id }) => id));
    for (const run of await this.#project.inStore()) {
      if (run.client !== "trackio" || present.has(run.id)) continue;
      const offsets = new Map<TableName, number>();
      for (const table of TABLE_NAMES) {
        const offset = await this.#place.store.offset(this.#sourceOf(table, run.id));
        if (offset > 0) offsets.set(table, offset);
      }
      if (offsets.size > 0) await this.#withdraw({ ...newKnownRun(run.id, run, 0), offsets });
    }
  }

  async #followRows(): Promise<ReaderStep> {
    const { shape } = this.#plan!;
    const checksAll = this.#isCheckDue();
    const { isImport } = this.#options;
    const read = this.#read((view) => {
      const pieces = readNewRows(view, shape, (table) => this.#followed.at(table), PIECE);
      const touched = new Set(pieces.flatMap(({ rows }) => rows.map(({ run }) => run)));
      const known = this.#runs.all();
      const checked = checksAll ? known : known.filter(({ value }) => touched.has(value));
      const rewritten = findRewritten(view, shape, checked, isImport);
      return { pieces, rewritten: rewritten.filter((run) => run.isThere || !isImport) };
    });
    if (read === undefined) return NOTHING;
    const { pieces, rewritten } = read.value;
    if (checksAll) {
      this.#checkedMs = this.#place.now();
      this.#checkedStamp = read.stamp;
    }
    this.#mustCheck = read.stamp === undefined || read.stamp !== this.#checkedStamp;
    for (const { run, isThere } of rewritten) await this.#readAnew(run, isThere);
    let rows = 0;
    for (const piece of pieces) {
      await this.#foldFollowed(piece.table, piece.rows);
      this.#followed.set(piece.table, piece.rows.at(-1)?.id ?? piece.highest);
      rows += piece.rows.length;
    }
    const isWhole = pieces.every((piece) => piece.isWhole) && rewritten.length === 0;
    this.#seenStamp = isWhole ? read.stamp : undefined;
    if (isWhole) await this.#rest();
    return { rows, more: !isWhole };
  }

  async #foldFollowed(table: TableName, rows: readonly TrackioRow[]): Promise<void> {
    // Runs of a table that is not in order of its runs are only ever followed.
    const isIndexed = this.#plan?.shape.get(table)?.isIndexedByRun === true;
    for (const [value, ofRun] of Map.groupBy(rows, (row) => row.run)) {
      // A config alone is what upstream leaves of a run that it deletes.
      if (table === "configs" && this.#runs.get(value) === undefined) continue;
      const run = this.#runs.get(value) ?? (await this.#meetNew(value, ofRun[0]!));
      if (run === undefined || (run.task !== undefined && isIndexed)) continue;
      await this.#foldPiece({ run, table, rows: ofRun });
    }
  }

  /** A run that was not there before: it is read by itself, with all that it has. */
  async #meetNew(value: string, row: TrackioRow): Promise<KnownRun | undefined> {
    const id = trackioRunId(value, row.name);
    if (id === undefined || this.#project.isDeleted(id)) return undefined;
    const createdAt = timeOf(row.timestamp) ?? this.#modifiedMs;
    const identity = await this.#project.identityOf({ id, name: row.name, createdAt });
    const run = newKnownRun(value, identity, createdAt);
    run.task = "list";
    this.#runs.add(run);
    return run;
  }

  /** False where nothing of the run is to be read any more, or all of it anew. */
  async #foldPiece({
    run,
    table,
    rows,
  }: Pick<RunPiece, "run" | "table" | "rows">): Promise<boolean> {
    if (run.isDeleted) return false;
    const outcome = await this.#rows.fold({
      run: run.identity,
      source: this.#sourceOf(table, run.id),
      table,
      offset: run.offsets.get(table) ?? 0,
      rows: run.keepsOwn ? rows.filter(({ ownId }) => ownId !== undefined) : rows,
      modifiedMs: this.#modifiedMs,
      name: run.name,
    });
    switch (outcome.outcome) {
      case "folded":
        run.name = outcome.name;
        if (outcome.offset > 0) run.offsets.set(table, outcome.offset);
        return true;
      case "deleted":
        run.isDeleted = true;
        this.#runs.setTask(run, undefined);
        return false;
      case "moved":
        // Somebody else folds here as well, or withdrew the run: what is there now counts.
        run.offsets.set(table, outcome.offset);
        this.#runs.setTask(run, "read");
        return false;
    }
  }

  /** A run whose rows are others than those that were folded. */
  async #readAnew(run: KnownRun, isThere: boolean): Promise<void> {
    await this.#withdraw(run);
    await this.#followed.forget();
    run.offsets.clear();
    if (isThere) this.#runs.setTask(run, "list");
    else this.#runs.remove(run);
  }

  /** Takes from the store what came from here. */
  async #withdraw(run: KnownRun): Promise<void> {
    const { folder, store, onChange } = this.#place;
    const { key } = this.#project;
    // What our own scripts, or Trackio clients over the wire, logged to the same run stays.
    run.keepsOwn = existsSync(folder.runFolder(key, run.id));
    if (run.keepsOwn) {
      for (const table of run.offsets.keys()) await store.forget(this.#sourceOf(table, run.id));
      return;
    }
    await store.deleteRun(key, run.id, { mayReturn: true });
    onChange({ project: key, run: run.id, newKeys: true, media: true, facts: true });
  }

  async #followNothing(): Promise<ReaderStep> {
    const now = this.#place.now();
    this.#goneSinceMs ??= now;
    const wasThere = this.#plan !== undefined;
    if (this.#isGone || (wasThere && now - this.#goneSinceMs < GONE_AFTER_MS)) return NOTHING;
    this.#runs.clear();
    if (wasThere || (await this.#followed.isKept())) {
      await this.#removeAbsent();
      await this.#followed.forget();
    }
    this.#isGone = true;
    return NOTHING;
  }

  #sourceOf(table: TableName, run: string): string {
    return `${this.#options.prefix}#${table}/${run}`;
  }
}

/** Changes with the tables. */
function schemaVersion(view: DatabaseView): number {
  return view.rows("PRAGMA schema_version")[0]?.[0] as number;
}
