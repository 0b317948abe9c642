/**
 * Up to which row all runs of a database are folded: kept in the store, as the
 * offset of a source of the project, so that opening the folder again need not
 * ask each run. It may lag behind what is folded, never run ahead of it.
 */

import type { Store } from "../../store/store.ts";
import type { DatabasePlan } from "./database-plan.ts";
import { TABLE_NAMES, type TableName } from "./database-shape.ts";
import { keepOffset } from "./keep-offset.ts";
import type { ProjectRuns } from "./project-runs.ts";

const KEEP_EVERY_MS = 2_000;

export class FollowedPlace {
  readonly #store: Store;
  readonly #project: ProjectRuns;
  readonly #prefix: string;
  readonly #isImport: boolean;
  readonly #rows = new Map<TableName, number>();
  /** As the store has them. */
  readonly #kept = new Map<TableName, number>();
  /** Tables whose runs have to be read one by one first. */
  readonly #unread = new Set<TableName>();
  #keptMs = Number.NEGATIVE_INFINITY;

  /** @param options.isImport Nothing is kept: another file of the same name may come the next time. */
  constructor(
    store: Store,
    project: ProjectRuns,
    options: { readonly prefix: string; readonly isImport: boolean },
  ) {
    this.#store = store;
    this.#project = project;
    this.#prefix = options.prefix;
    this.#isImport = options.isImport;
  }

  async begin({ shape, highest }: DatabasePlan): Promise<void> {
    this.#rows.clear();
    this.#kept.clear();
    this.#unread.clear();
    for (const { name, isIndexedByRun } of shape.values()) {
      const kept = this.#isImport ? 0 : await this.#store.offset(this.#sourceOf(name));
      this.#kept.set(name, kept);
      if (kept === 0 && isIndexedByRun) this.#unread.add(name);
      const from = isIndexedByRun ? (highest.get(name) ?? 0) : 0;
      this.#rows.set(name, kept === 0 ? from : kept - 1);
    }
  }

  /** Whether the database was read once, as far as the store knows. */
  async isKept(): Promise<boolean> {
    for (const table of TABLE_NAMES) {
      if ((await this.#store.offset(this.#sourceOf(table))) > 0) return true;
    }
    return false;
  }

  /** The row up to which the table is followed. */
  at(table: TableName): number {
    return this.#rows.get(table) ?? 0;
  }

  set(table: TableName, row: number): void {
    this.#rows.set(table, row);
  }

  /** Whether nothing of these tables has to be read run by run. */
  isComplete(tables: ReadonlySet<TableName>): boolean {
    return [...tables].every((table) => !this.#unread.has(table));
  }

  /** Rows that have to be read run by run, at most. */
  rowsToRead({ highest }: DatabasePlan): number {
    let rows = 0;
    for (const table of this.#unread) if (table !== "configs") rows += highest.get(table) ?? 0;
    return rows;
  }

  /** Tells the store, where it is time. Only when no run is left to be read by itself. */
  async keep(nowMs: number): Promise<void> {
    if (this.#isImport || nowMs - this.#keptMs < KEEP_EVERY_MS) return;
    for (const [table, row] of this.#rows) {
      if (this.#kept.get(table) !== row + 1) await this.#keepTable(table, row + 1);
    }
    this.#keptMs = nowMs;
  }

  /** The next opening has to ask each run. */
  async forget(tables: readonly TableName[] = TABLE_NAMES): Promise<void> {
    for (const table of tables) {
      await this.#store.forget(this.#sourceOf(table));
      this.#kept.set(table, 0);
    }
  }

  async #keepTable(table: TableName, offset: number): Promise<void> {
    await keepOffset(this.#store, this.#project, this.#sourceOf(table), offset);
    this.#kept.set(table, offset);
  }

  #sourceOf(table: TableName): string {
    return `${this.#prefix}#${table}`;
  }
}
