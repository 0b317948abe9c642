import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { seriesKey } from "../../protocol/journal-line.ts";
import type { BlobHash } from "../../protocol/media.ts";
import { decodeNumber, decodeValue, type Json, type Value } from "../../protocol/values.ts";
import { rowValues } from "../record-values.ts";
import type {
  Column,
  FoldBatch,
  FoldOutcome,
  LoggedTable,
  MediaItem,
  MediaQuery,
  MediaSummary,
  MetricSummary,
  Point,
  ProjectFile,
  ProjectInfo,
  Row,
  RunInfo,
  SeriesAnswer,
  SeriesQuery,
  Store,
  StoreSize,
} from "../store.ts";
import { BlobLister, listFiles, unusedBlobs } from "./blob-references.ts";
import {
  findRun,
  listMetrics,
  listProjects,
  listRuns,
  readOffset,
  requireRun,
} from "./catalogue.ts";
import { compact } from "./compaction.ts";
import { Database } from "./database.ts";
import { deleteProject, deleteRun } from "./deletion.ts";
import { foldBatch } from "./fold.ts";
import { listKeySets } from "./key-sets.ts";
import { readLongValue } from "./long-values.ts";
import { listMedia, readMedia, readMediaSteps } from "./media-reader.ts";
import { type PageRecord, RowReader } from "./row-reader.ts";
import { readSeries } from "./series-reader.ts";
import { readSize } from "./store-size.ts";
import { findTable } from "./table-reader.ts";

/** Records in a page of an iteration. */
const PAGE_RECORDS = 4096;
/** A page whose long values have so many characters is given before it is full. */
const PAGE_LONG_CHARACTERS = 16_000_000;

/**
 * The store in one SQLite file; how it lies there is told in
 * `docs/format.md`. It works on the calling thread: who must not wait
 * uses `WorkerStore`.
 */
export class SqliteStore implements Store {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Opens the store at `path`; makes it where it is missing, unless it is to be read only.
   * @throws {@link TrackioError} `not_found`, `conflict` (a newer version wrote it), `damaged`, `busy`, `unavailable`.
   */
  static async open(
    path: string,
    options: { readonly readOnly?: boolean } = {},
  ): Promise<SqliteStore> {
    return new SqliteStore(new Database(path, options));
  }

  async fold(batch: FoldBatch): Promise<FoldOutcome> {
    return foldBatch(this.#db, batch);
  }

  async offset(source: string): Promise<number> {
    return this.#db.read(() => readOffset(this.#db, source));
  }

  async forget(source: string): Promise<void> {
    this.#db.write(() => this.#db.run("DELETE FROM sources WHERE source = ?", source));
  }

  async listProjects(): Promise<readonly ProjectInfo[]> {
    return this.#db.read(() => listProjects(this.#db));
  }

  async listRuns(
    project: ProjectKey,
    options: { readonly runs?: readonly RunId[] } = {},
  ): Promise<readonly RunInfo[]> {
    return this.#db.read(() => listRuns(this.#db, project, options.runs));
  }

  async findRun(project: ProjectKey, idOrName: string): Promise<RunInfo | undefined> {
    return this.#db.read(() => findRun(this.#db, project, idOrName));
  }

  async listMetrics(
    project: ProjectKey,
    runs: readonly RunId[],
  ): Promise<readonly MetricSummary[]> {
    return this.#db.read(() => listMetrics(this.#db, project, runs));
  }

  async readSeries(query: SeriesQuery): Promise<SeriesAnswer> {
    return this.#db.read(() => readSeries(this.#db, query));
  }

  async *readPoints(project: ProjectKey, run: RunId, key: string): AsyncIterable<readonly Point[]> {
    for await (const page of this.#pages(project, run, (name) => name === key)) {
      const points = page.flatMap(({ step, time, columns, row }) =>
        columns.flatMap((column) => {
          const value = numberAt(column, row);
          return value === undefined ? [] : [{ step, time, value }];
        }),
      );
      if (points.length > 0) yield points;
    }
  }

  async *readRows(project: ProjectKey, run: RunId): AsyncIterable<readonly Row[]> {
    const keys = new Map<number, Parameters<typeof rowValues>[0]>();
    for await (const page of this.#pages(project, run, () => true)) {
      const isKnown = page.every(({ keySet }) => keys.has(keySet));
      if (!isKnown) {
        const row = requireRun(this.#db, project, run);
        for (const keySet of listKeySets(this.#db, row)) keys.set(keySet.id, keySet.keys);
      }
      let rows: Row[] = [];
      let longCharacters = 0;
      for (const { keySet, step, time, columns, row } of page) {
        const values = columns.map((column): Value => {
          if (column.kind === "numbers") return column.values[row] as number;
          const json = column.values[row] ?? null;
          const long = this.#longValue(project, run, json);
          longCharacters += long?.text.length ?? 0;
          return decodeValue(long === undefined ? json : long.value);
        });
        rows.push({ step, time, values: rowValues(keys.get(keySet) ?? [], values) });
        if (longCharacters < PAGE_LONG_CHARACTERS) continue;
        yield rows;
        rows = [];
        longCharacters = 0;
      }
      if (rows.length > 0) yield rows;
    }
  }

  /** Read apart from its page, so that the run may be gone by now. */
  #longValue(project: ProjectKey, run: RunId, json: Json): ReturnType<typeof readLongValue> {
    if (typeof json !== "object" || json === null) return undefined;
    return this.#db.read(() => {
      requireRun(this.#db, project, run);
      return readLongValue(this.#db, json);
    });
  }

  async listMedia(project: ProjectKey, runs: readonly RunId[]): Promise<readonly MediaSummary[]> {
    return this.#db.read(() => listMedia(this.#db, project, runs));
  }

  async readMediaSteps(
    query: Pick<MediaQuery, "project" | "key" | "kind" | "runs">,
  ): Promise<readonly { readonly run: RunId; readonly steps: Float64Array }[]> {
    return this.#db.read(() => readMediaSteps(this.#db, query));
  }

  async readMedia(query: MediaQuery): Promise<readonly MediaItem[]> {
    return this.#db.read(() => readMedia(this.#db, query));
  }

  async findTable(
    project: ProjectKey,
    run: RunId,
    key: string,
    options: { readonly step?: number; readonly index?: number } = {},
  ): Promise<LoggedTable | undefined> {
    return this.#db.read(() => findTable(this.#db, project, run, key, options));
  }

  async listFiles(project: ProjectKey): Promise<readonly ProjectFile[]> {
    return this.#db.read(() => listFiles(this.#db, project));
  }

  async *listBlobs(project: ProjectKey, run?: RunId): AsyncIterable<readonly BlobHash[]> {
    const lister = new BlobLister(project, run);
    for (;;) {
      const page = this.#db.read(() => lister.readPage(this.#db));
      if (page.length === 0) return;
      yield page;
    }
  }

  async unusedBlobs(blobs: readonly BlobHash[]): Promise<readonly BlobHash[]> {
    return this.#db.read(() => unusedBlobs(this.#db, blobs));
  }

  async deleteRun(project: ProjectKey, run: RunId): Promise<boolean> {
    return deleteRun(this.#db, project, run);
  }

  async deleteProject(project: ProjectKey): Promise<boolean> {
    return deleteProject(this.#db, project);
  }

  async compact(budgetMs: number): Promise<boolean> {
    return compact(this.#db, budgetMs);
  }

  async size(): Promise<StoreSize> {
    return this.#db.read(() => readSize(this.#db));
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Pages of records, in order, with the columns whose key is wanted. */
  async *#pages(
    project: ProjectKey,
    run: RunId,
    isWanted: (key: string) => boolean,
  ): AsyncIterable<readonly PageRecord[]> {
    const reader = new RowReader();
    for (;;) {
      const page = this.#db.read(() => {
        const selection = new Map<number, readonly number[]>();
        for (const { id, keys } of listKeySets(this.#db, requireRun(this.#db, project, run))) {
          const numbers = keys.flatMap((path, number) =>
            isWanted(seriesKey(path)) ? [number] : [],
          );
          if (numbers.length > 0 || keys.length === 0) selection.set(id, numbers);
        }
        return reader.readPage(this.#db, selection, PAGE_RECORDS);
      });
      if (page.length === 0) return;
      yield page;
    }
  }
}

function numberAt(column: Column, row: number): number | bigint | undefined {
  return column.kind === "numbers" ? column.values[row] : decodeNumber(column.values[row] ?? null);
}
