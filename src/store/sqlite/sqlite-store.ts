import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { KeyPath } from "../../protocol/journal-line.ts";
import type { BlobHash } from "../../protocol/media.ts";
import type { Lane } from "../../protocol/run.ts";
import type {
  LoggedTable,
  MediaItem,
  MediaQuery,
  MediaSummary,
  ProjectFile,
} from "../media-reads.ts";
import type {
  FoldBatch,
  FoldOutcome,
  MetricSummary,
  Point,
  ProjectInfo,
  RecordsQuery,
  Row,
  RunAlert,
  RunInfo,
  RunTrace,
  SeriesAnswer,
  SeriesQuery,
  Store,
  StoredRecord,
  StoreSize,
  TraceQuery,
} from "../store.ts";
import { BlobLister, listFiles, unusedBlobs } from "./blob-references.ts";
import {
  findRun,
  laneSize,
  listMetrics,
  listProjects,
  listRuns,
  readOffset,
  runRow,
} from "./catalogue.ts";
import { compact } from "./compaction.ts";
import { Database } from "./database.ts";
import { deleteProject, deleteRun } from "./deletion.ts";
import { listAlerts, listTraces } from "./events.ts";
import { foldBatch } from "./fold.ts";
import { PackGuides } from "./id-packs.ts";
import { listKeys } from "./key-sets.ts";
import { listMedia, readMedia, readMediaSteps } from "./media-reader.ts";
import { readPoints, readRecords, readRows } from "./record-pages.ts";
import { readSeries } from "./series-reader.ts";
import { readSize } from "./store-size.ts";
import { findTable } from "./table-reader.ts";

/**
 * The store in one SQLite file; how it lies there is told in
 * `docs/format.md`. It works on the calling thread: who must not wait
 * uses `WorkerStore`.
 */
export class SqliteStore implements Store {
  readonly #db: Database;
  readonly #guides = new PackGuides();

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
    return foldBatch(this.#db, this.#guides, batch);
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
    lane?: Lane,
  ): Promise<readonly MetricSummary[]> {
    return this.#db.read(() => listMetrics(this.#db, project, runs, lane));
  }

  async readSeries(query: SeriesQuery): Promise<SeriesAnswer> {
    return this.#db.read(() => readSeries(this.#db, query));
  }

  async listKeys(project: ProjectKey, run: RunId, lane?: Lane): Promise<readonly KeyPath[]> {
    return this.#db.read(() => {
      const row = runRow(this.#db, project, run, lane);
      return row === undefined ? [] : listKeys(this.#db, row);
    });
  }

  async laneSize(project: ProjectKey, run: RunId, lane?: Lane) {
    return this.#db.read(() => laneSize(this.#db, project, run, lane));
  }

  async *readPoints(project: ProjectKey, run: RunId, key: string): AsyncIterable<readonly Point[]> {
    yield* readPoints(this.#db, { project, run }, key);
  }

  async *readRows(project: ProjectKey, run: RunId): AsyncIterable<readonly Row[]> {
    yield* readRows(this.#db, { project, run });
  }

  async *readRecords(query: RecordsQuery): AsyncIterable<readonly StoredRecord[]> {
    yield* readRecords(this.#db, query);
  }

  async listAlerts(project: ProjectKey, runs?: readonly RunId[]): Promise<readonly RunAlert[]> {
    return this.#db.read(() => listAlerts(this.#db, project, runs));
  }

  async listTraces(query: TraceQuery): Promise<readonly RunTrace[]> {
    return this.#db.read(() => listTraces(this.#db, query));
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

  async deleteRun(
    project: ProjectKey,
    run: RunId,
    options: { readonly mayReturn?: boolean } = {},
  ): Promise<boolean> {
    return deleteRun(this.#db, project, run, options.mayReturn === true);
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

  async sync(): Promise<void> {
    this.#db.sync();
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
