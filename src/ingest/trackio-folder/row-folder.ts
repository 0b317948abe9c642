/**
 * Rows of one run into the store. How far a source is folded, the store keeps;
 * what is here is its copy, which can be lost.
 *
 * Laws: each row is folded once, whoever else reads the folder; a row that came
 * over the wire too is kept once, by its id; a run that was deleted here stays
 * deleted.
 */

import { hostname } from "node:os";
import type { DataFolder } from "../../journal/data-folder.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { Config, Lane, RunIdentity, Writer } from "../../protocol/run.ts";
import type { FoldBatch, FoldOutcome, Store } from "../../store/store.ts";
import type { FoldChange } from "../fold-report.ts";
import type { KeepText } from "../trackio/translate-typed.ts";
import type { TrackioRow } from "./database-rows.ts";
import type { TableName } from "./database-shape.ts";
import { stepOf, type TranslatedRows, translateRows } from "./translate-rows.ts";

export interface FoldingPlace {
  readonly folder: DataFolder;
  readonly store: Store;
  readonly keepText: KeepText;
  readonly onChange: (change: FoldChange) => void;
  readonly now: () => number;
}

export interface RowsToFold {
  readonly run: RunIdentity;
  readonly source: string;
  readonly table: TableName;
  /** How far the source is folded: rows below are in the store. */
  readonly offset: number;
  /** Ids rising. */
  readonly rows: readonly TrackioRow[];
  /** When the file that they lie in was last written, epoch milliseconds. */
  readonly modifiedMs: number;
  /** The run's name as far as it is known. */
  readonly name: string;
}

export type RowsOutcome =
  | { readonly outcome: "folded"; readonly offset: number; readonly name: string }
  /** The store has another offset than was thought. */
  | { readonly outcome: "moved"; readonly offset: number }
  | { readonly outcome: "deleted" };

/** Clocks are coarse. */
const CLOCK_SLACK_MS = 1_000;

export class RowFolder {
  readonly #place: FoldingPlace;

  constructor(place: FoldingPlace) {
    this.#place = place;
  }

  /** Folds the rows; without any, only makes the run where it is new. */
  async fold(given: RowsToFold): Promise<RowsOutcome> {
    const rows = given.rows.filter(({ id }) => id >= given.offset);
    const translated = rows.length === 0 ? undefined : await this.#translate(given, rows);
    const batch = batchOf(given, rows, translated);
    let outcome: FoldOutcome;
    try {
      outcome = await this.#place.store.fold(batch);
    } catch (error) {
      if (rows.length === 0 || !isOfRows(error)) throw error;
      return await this.#foldApart({ ...given, rows });
    }
    if (outcome.outcome === "deleted") return outcome;
    if (outcome.outcome === "moved") {
      if (outcome.offset <= given.offset || rows.length === 0) return outcome;
      return await this.fold({ ...given, rows, offset: outcome.offset });
    }
    const { run } = given;
    this.#place.onChange({
      project: run.projectKey,
      run: run.id,
      ...(outcome.from !== undefined && batch.lane === undefined && { from: outcome.from }),
      newKeys: outcome.newKeys,
      ...(outcome.media !== undefined && { media: outcome.media }),
      facts: given.offset === 0 || batch.config !== undefined || batch.name !== undefined,
    });
    return { outcome: "folded", offset: batch.to, name: translated?.name || given.name };
  }

  /** Of rows that the store cannot take together those that it can; the others are counted. */
  async #foldApart(given: RowsToFold): Promise<RowsOutcome> {
    const { rows } = given;
    if (rows.length === 1) {
      const batch = batchOf(given, rows, undefined);
      const outcome = await this.#place.store.fold({ ...batch, damagedLines: 1 });
      if (outcome.outcome !== "folded") return outcome;
      return { outcome: "folded", offset: batch.to, name: given.name };
    }
    const middle = rows.length >> 1;
    const first = await this.fold({ ...given, rows: rows.slice(0, middle) });
    if (first.outcome !== "folded") return first;
    const { offset, name } = first;
    return await this.fold({ ...given, rows: rows.slice(middle), offset, name });
  }

  async #translate(
    { run, table }: RowsToFold,
    rows: readonly TrackioRow[],
  ): Promise<TranslatedRows> {
    return translateRows(table, rows, {
      keepText: this.#place.keepText,
      nextStep: rows.some(hasNoStep) ? await this.#nextStep(run, table) : 0,
      firstTimeMs: run.createdAt,
    });
  }

  async #nextStep(run: RunIdentity, table: TableName): Promise<number> {
    const size = await this.#place.store.laneSize(run.projectKey, run.id, laneOf(table));
    return size?.lastStep === undefined ? 0 : Math.floor(Number(size.lastStep)) + 1;
  }
}

function hasNoStep({ step }: TrackioRow): boolean {
  return typeof step !== "number" && stepOf(step) === undefined;
}

/** Whether the store says that it cannot take what it was given, whatever its own state. */
function isOfRows(error: unknown): boolean {
  return error instanceof TrackioError && error.code === "invalid_argument";
}

export function laneOf(table: TableName): Lane | undefined {
  return table === "system_metrics" ? "system" : undefined;
}

function batchOf(
  given: RowsToFold,
  rows: readonly TrackioRow[],
  translated: TranslatedRows | undefined,
): FoldBatch {
  const { run, source, table, offset, modifiedMs } = given;
  const lane = laneOf(table);
  const newestMs = translated?.newestMs ?? run.createdAt;
  const config: Config | undefined = translated?.config;
  const name = translated?.name;
  return {
    source,
    from: offset,
    to: rows.length === 0 ? offset : rows.at(-1)!.id + 1,
    run,
    writer: writerOf(table),
    ...(lane !== undefined && { lane }),
    blocks: translated?.blocks ?? [],
    ...(config !== undefined && { config }),
    ...(translated !== undefined && translated.alerts.length > 0 && { alerts: translated.alerts }),
    ...(translated !== undefined && translated.traces.length > 0 && { traces: translated.traces }),
    ...(name !== undefined && name !== "" && name !== given.name && { name }),
    closed: true,
    seenAt: Math.min(newestMs, modifiedMs + CLOCK_SLACK_MS),
    damagedLines: translated?.damagedRows ?? 0,
  };
}

/** Nobody who could be seen to live: the file tells how new it is. */
function writerOf(table: TableName): Writer {
  return { id: `trackio-${table}`, host: hostname(), pid: 0 };
}
