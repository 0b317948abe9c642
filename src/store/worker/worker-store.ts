import { Worker } from "node:worker_threads";
import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { KeyPath } from "../../protocol/journal-line.ts";
import { type BlobHash, MediaRef } from "../../protocol/media.ts";
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
import {
  type Answer,
  type Call,
  fromPlainError,
  fromThreadRow,
  type PagedMethod,
  type PlainMethod,
  type ThreadRow,
  type ThreadStart,
} from "./thread-messages.ts";

type CallOf<C> = C extends Call ? Omit<C, "id"> : never;

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * A `SqliteStore` in a thread of its own, so that the caller's event loop goes
 * on meanwhile. Calls are answered in the order in which they were made. An
 * open store keeps the process alive only while a call waits for its answer.
 */
export class WorkerStore implements Store {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;
  #ended: TrackioError | undefined;

  /** Use {@link WorkerStore.open}. */
  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answer: Answer) => this.#settle(answer));
    worker.on("error", (error) => this.#end("its thread failed", error));
    worker.on("exit", () => this.#end("it is closed"));
    worker.unref();
  }

  /**
   * Opens the store at `path` in a new thread; makes it where it is missing, unless it is to be read only.
   * @throws {@link TrackioError} as `SqliteStore.open`.
   */
  static async open(
    path: string,
    options: { readonly readOnly?: boolean } = {},
  ): Promise<WorkerStore> {
    // The sources are .ts, the package ships .js.
    const name = import.meta.url.endsWith(".ts") ? "./store-thread.ts" : "./store-thread.js";
    const workerData: ThreadStart = { path, readOnly: options.readOnly === true };
    const store = new WorkerStore(new Worker(new URL(name, import.meta.url), { workerData }));
    try {
      await store.#call({ kind: "open" });
    } catch (error) {
      await store.#worker.terminate();
      throw error;
    }
    return store;
  }

  fold(batch: FoldBatch): Promise<FoldOutcome> {
    return this.#plain("fold", [batch]);
  }

  offset(source: string): Promise<number> {
    return this.#plain("offset", [source]);
  }

  forget(source: string): Promise<void> {
    return this.#plain("forget", [source]);
  }

  listProjects(): Promise<readonly ProjectInfo[]> {
    return this.#plain("listProjects", []);
  }

  listRuns(
    project: ProjectKey,
    options?: { readonly runs?: readonly RunId[] },
  ): Promise<readonly RunInfo[]> {
    return this.#plain("listRuns", [project, options]);
  }

  findRun(project: ProjectKey, idOrName: string): Promise<RunInfo | undefined> {
    return this.#plain("findRun", [project, idOrName]);
  }

  listMetrics(
    project: ProjectKey,
    runs: readonly RunId[],
    lane?: Lane,
  ): Promise<readonly MetricSummary[]> {
    return this.#plain("listMetrics", [project, runs, lane]);
  }

  listKeys(project: ProjectKey, run: RunId, lane?: Lane): Promise<readonly KeyPath[]> {
    return this.#plain("listKeys", [project, run, lane]);
  }

  laneSize(project: ProjectKey, run: RunId, lane?: Lane): ReturnType<Store["laneSize"]> {
    return this.#plain("laneSize", [project, run, lane]);
  }

  readSeries(query: SeriesQuery): Promise<SeriesAnswer> {
    return this.#plain("readSeries", [query]);
  }

  readPoints(project: ProjectKey, run: RunId, key: string): AsyncIterable<readonly Point[]> {
    return this.#pages("readPoints", [project, run, key]);
  }

  async *readRows(project: ProjectKey, run: RunId): AsyncIterable<readonly Row[]> {
    for await (const page of this.#pages<ThreadRow>("readRows", [project, run])) {
      yield page.map(fromThreadRow);
    }
  }

  async *readRecords(query: RecordsQuery): AsyncIterable<readonly StoredRecord[]> {
    const known = new Map<string, readonly KeyPath[]>();
    for await (const page of this.#pages<StoredRecord>("readRecords", [query])) {
      yield withSharedKeys(page, known);
    }
  }

  listAlerts(project: ProjectKey, runs?: readonly RunId[]): Promise<readonly RunAlert[]> {
    return this.#plain("listAlerts", [project, runs]);
  }

  listTraces(query: TraceQuery): Promise<readonly RunTrace[]> {
    return this.#plain("listTraces", [query]);
  }

  listMedia(project: ProjectKey, runs: readonly RunId[]): Promise<readonly MediaSummary[]> {
    return this.#plain("listMedia", [project, runs]);
  }

  readMediaSteps(
    query: Pick<MediaQuery, "project" | "key" | "kind" | "runs">,
  ): Promise<readonly { readonly run: RunId; readonly steps: Float64Array }[]> {
    return this.#plain("readMediaSteps", [query]);
  }

  async readMedia(query: MediaQuery): Promise<readonly MediaItem[]> {
    const items = await this.#plain<readonly MediaItem[]>("readMedia", [query]);
    // Between threads an object loses its class.
    return items.map((item) => ({
      ...item,
      media: new MediaRef(item.media.kind, item.media.fields),
    }));
  }

  findTable(
    project: ProjectKey,
    run: RunId,
    key: string,
    options?: { readonly step?: number; readonly index?: number },
  ): Promise<LoggedTable | undefined> {
    return this.#plain("findTable", [project, run, key, options]);
  }

  listFiles(project: ProjectKey): Promise<readonly ProjectFile[]> {
    return this.#plain("listFiles", [project]);
  }

  listBlobs(project: ProjectKey, run?: RunId): AsyncIterable<readonly BlobHash[]> {
    return this.#pages("listBlobs", [project, run]);
  }

  unusedBlobs(blobs: readonly BlobHash[]): Promise<readonly BlobHash[]> {
    return this.#plain("unusedBlobs", [blobs]);
  }

  deleteRun(
    project: ProjectKey,
    run: RunId,
    options?: { readonly mayReturn?: boolean },
  ): Promise<boolean> {
    return this.#plain("deleteRun", [project, run, options]);
  }

  deleteProject(project: ProjectKey): Promise<boolean> {
    return this.#plain("deleteProject", [project]);
  }

  compact(budgetMs: number): Promise<boolean> {
    return this.#plain("compact", [budgetMs]);
  }

  size(): Promise<StoreSize> {
    return this.#plain("size", []);
  }

  sync(): Promise<void> {
    return this.#plain("sync", []);
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    await this.#call({ kind: "close" });
    await this.#worker.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #plain<T>(method: PlainMethod, args: readonly unknown[]): Promise<T> {
    return this.#call({ kind: "plain", method, args }) as Promise<T>;
  }

  async *#pages<T>(method: PagedMethod, args: readonly unknown[]): AsyncGenerator<readonly T[]> {
    const pages = this.#calls;
    await this.#call({ kind: "pages", method, args });
    try {
      for (;;) {
        const page = (await this.#call({ kind: "next", pages })) as readonly T[] | undefined;
        if (page === undefined) return;
        yield page;
      }
    } finally {
      if (!this.#ended) await this.#call({ kind: "return", pages });
    }
  }

  #call(call: CallOf<Call>): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ ...call, id });
    });
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (answer.kind === "value") pending?.resolve(answer.value);
    else pending?.reject(fromPlainError(answer.error));
  }

  #end(why: string, cause?: unknown): void {
    this.#ended ??= new TrackioError("unavailable", `The store answers no more: ${why}.`, {
      cause,
    });
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}

/** The records with one object for the keys of one key set, as it is within each page. */
function withSharedKeys(
  page: readonly StoredRecord[],
  known: Map<string, readonly KeyPath[]>,
): readonly StoredRecord[] {
  const shared = new Map<readonly KeyPath[], readonly KeyPath[]>();
  return page.map((record) => {
    let keys = shared.get(record.keys);
    if (keys === undefined) {
      const text = JSON.stringify(record.keys);
      keys = known.get(text) ?? record.keys;
      known.set(text, keys);
      shared.set(record.keys, keys);
    }
    return { ...record, keys };
  });
}
