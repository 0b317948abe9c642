/**
 * Readers in threads of their own, so that the event loop only moves bytes. A
 * question goes to a reader that is free, else waits its turn; a reader that
 * dies fails its own question alone and is replaced.
 *
 * A large table takes a second to sort, and its reader then has it in memory.
 * So one reader is always kept from tables, and from what Trackio clients ask
 * (which may be all rows of a run), for the questions that take milliseconds;
 * and a table goes to the reader that has read it before.
 */

import { Worker } from "node:worker_threads";
import { TrackioError } from "../../protocol/errors.ts";
import { ProjectQueries } from "../trackio-api/query/project-queries.ts";
import {
  type AnswerBytes,
  errorOf,
  type QueryQuestion,
  type Question,
  type Reader,
  type TableQuestion,
  type TrackioQuestion,
} from "./question.ts";
import type { ReaderResult, ReaderTask } from "./reader-thread.ts";
import { TableExporter } from "./table-exporter.ts";

/** Questions that may wait; one more is refused as `busy`. */
const MAX_WAITING = 1_000;
/** A reader is known for the tables that it has read last; what it keeps of them is bounded by itself. */
const MAX_TABLES_KNOWN = 16;

interface Waiting {
  readonly task: ReaderTask;
  /** Names the table that is asked for. */
  readonly table: string | undefined;
  /** It may take seconds: a table, or what a Trackio client asks for, which may be all rows of a run. */
  readonly isLong: boolean;
  /** What has come of the answer. */
  readonly pieces: AnswerBytes[];
  readonly resolve: (pieces: readonly AnswerBytes[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  /** What it has read, the last one last. */
  readonly tables: Set<string>;
  current: Waiting | undefined;
}

export class ReaderPool implements Reader {
  readonly #root: string;
  readonly #size: number;
  readonly #threads = new Set<Thread>();
  readonly #exporter: TableExporter;
  readonly #queries: ProjectQueries;
  #waiting: Waiting[] = [];
  #nextId = 0;
  #isClosed = false;

  /**
   * @param root The data folder; its store must be there.
   * @param size How many threads read at once; each begins when it is first needed.
   */
  constructor(root: string, size: number) {
    this.#root = root;
    this.#size = size;
    this.#exporter = new TableExporter(root);
    this.#queries = new ProjectQueries(root);
  }

  /** Begins the first thread before there is a question for it. */
  warmUp(): void {
    if (this.#threads.size === 0 && !this.#isClosed) this.#start();
  }

  async ask(question: Question, signal?: AbortSignal): Promise<AnswerBytes> {
    const [bytes] = await this.#ask(question, signal);
    return bytes!;
  }

  askTrackio(question: TrackioQuestion, signal?: AbortSignal): Promise<readonly AnswerBytes[]> {
    return this.#ask(question, signal);
  }

  #ask(
    question: Question | TrackioQuestion,
    signal?: AbortSignal,
  ): Promise<readonly AnswerBytes[]> {
    if (this.#isClosed) {
      return Promise.reject(new TrackioError("unavailable", "The server is closing; ask again."));
    }
    if (this.#waiting.length >= MAX_WAITING) {
      const message = `${MAX_WAITING} reads are waiting already; try again in a second.`;
      return Promise.reject(new TrackioError("busy", message));
    }
    return new Promise((resolve, reject) => {
      const task = { id: this.#nextId++, question };
      const table = tableOf(question);
      const isLong = table !== undefined || question.ask === "trackio";
      const waiting = { task, table, isLong, pieces: [], resolve, reject };
      this.#waiting.push(waiting);
      signal?.addEventListener("abort", () => this.#drop(waiting, signal), { once: true });
      this.#next();
    });
  }

  async queryProject(question: QueryQuestion, signal?: AbortSignal): Promise<AnswerBytes> {
    return await this.#queries.ask(question, signal);
  }

  exportTable(
    question: TableQuestion,
    signal?: AbortSignal,
  ): AsyncGenerator<AnswerBytes, void, undefined> {
    return this.#exporter.begin(question, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closing = new TrackioError("unavailable", "The server is closing; ask again.");
    for (const waiting of this.#waiting.splice(0)) waiting.reject(closing);
    const ended = Array.from(this.#threads, async ({ worker }) => {
      const gone = new Promise((resolve) => worker.once("exit", resolve));
      worker.postMessage("close");
      await gone;
    });
    await Promise.all([...ended, this.#exporter.close(), this.#queries.close()]);
  }

  #drop(waiting: Waiting, signal: AbortSignal): void {
    if (!this.#waiting.includes(waiting)) return;
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.reject(signal.reason);
  }

  #next(): void {
    for (const waiting of [...this.#waiting]) {
      if (this.#threads.size === this.#size && this.#free().length === 0) return;
      if (waiting.isLong && this.#longCount() >= Math.max(1, this.#size - 1)) continue;
      const thread =
        waiting.table === undefined ? this.#anyThread() : this.#threadOf(waiting.table);
      if (thread === undefined) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      try {
        thread.worker.postMessage(waiting.task);
      } catch (error) {
        // It cannot be told to a thread, e.g. since it is nested too deep; the thread is free for the next.
        waiting.reject(error);
        continue;
      }
      thread.current = waiting;
    }
  }

  #longCount(): number {
    return [...this.#threads].filter(({ current }) => current?.isLong).length;
  }

  #free(): Thread[] {
    return [...this.#threads].filter(({ current }) => current === undefined);
  }

  /** The free one that has least to do with tables; undefined where none is free. */
  #anyThread(): Thread | undefined {
    const [free] = this.#free().sort((a, b) => a.tables.size - b.tables.size);
    return free ?? (this.#threads.size < this.#size ? this.#start() : undefined);
  }

  /** For a table: the one that knows it, even where it has to be waited for. */
  #threadOf(table: string): Thread | undefined {
    const threads = [...this.#threads];
    const home = threads.find(({ tables }) => tables.has(table));
    if (home !== undefined && home.current !== undefined) return undefined;
    const thread = home ?? this.#anyThread();
    if (thread === undefined) return undefined;
    thread.tables.delete(table);
    thread.tables.add(table);
    const [oldest] = thread.tables;
    if (thread.tables.size > MAX_TABLES_KNOWN) thread.tables.delete(oldest!);
    return thread;
  }

  #start(): Thread {
    const file = import.meta.url.endsWith(".ts") ? "./reader-thread.ts" : "./reader-thread.js";
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { root: this.#root } });
    const thread: Thread = { worker, tables: new Set(), current: undefined };
    this.#threads.add(thread);
    worker.on("message", (result: ReaderResult) => this.#settle(thread, result));
    worker.on("error", (error) => this.#bury(thread, error));
    worker.on("exit", () => this.#bury(thread, new Error("The reader thread ended.")));
    return thread;
  }

  #settle(thread: Thread, result: ReaderResult): void {
    const waiting = thread.current;
    if ("piece" in result) {
      waiting?.pieces.push(result.piece);
      return;
    }
    thread.current = undefined;
    if ("bytes" in result) waiting?.resolve([...waiting.pieces, result.bytes]);
    else waiting?.reject(errorOf(result.refusal));
    this.#next();
  }

  #bury(thread: Thread, error: unknown): void {
    if (!this.#threads.delete(thread)) return;
    thread.current?.reject(error);
    if (!this.#isClosed) this.#next();
  }
}

function tableOf(question: Question | TrackioQuestion): string | undefined {
  if (question.ask !== "table") return undefined;
  const { project, query } = question;
  return JSON.stringify([project, query.key, query.sources.map(({ run }) => run)]);
}
