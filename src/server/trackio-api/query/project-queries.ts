/**
 * Queries in SQL, each project in a thread of its own: a query may run for ever,
 * and the only way to stop it is to end its thread. A thread that has answered
 * is kept for a while, since it has the project's tables.
 */

import { Worker } from "node:worker_threads";
import { TrackioError } from "../../../protocol/errors.ts";
import { type AnswerBytes, errorOf, type QueryQuestion } from "../../reading/question.ts";
import type { QueryNews } from "./query-thread.ts";

export interface QueryLimits {
  /** For the tables of a large project; 5 minutes unless told. */
  readonly prepareMs?: number;
  /** For the query itself; 30 s unless told. */
  readonly queryMs?: number;
  /** A thread goes when nobody asked for so long; a minute unless told. */
  readonly idleMs?: number;
}

/** Projects whose tables are kept at once. */
const MAX_THREADS = 2;
/** Queries that may wait; one more is refused. */
const MAX_WAITING = 50;

export class ProjectQueries {
  readonly #root: string;
  readonly #limits: Required<QueryLimits>;
  readonly #threads = new Map<string, QueryThread>();
  #waitingCount = 0;

  /** @param root The data folder; its store must be there. */
  constructor(
    root: string,
    { prepareMs = 300_000, queryMs = 30_000, idleMs = 60_000 }: QueryLimits = {},
  ) {
    this.#root = root;
    this.#limits = { prepareMs, queryMs, idleMs };
  }

  /**
   * The answer's JSON text.
   * @throws {@link TrackioError} what is wrong with the query, in SQLite's words; `busy` where too many wait, or it takes too long.
   */
  async ask(question: QueryQuestion, signal?: AbortSignal): Promise<AnswerBytes> {
    if (this.#waitingCount >= MAX_WAITING) {
      throw new TrackioError("busy", `${MAX_WAITING} queries are waiting already; try again soon.`);
    }
    this.#waitingCount += 1;
    try {
      const thread = await this.#threadOf(question.project);
      signal?.throwIfAborted();
      return await thread.ask(question);
    } finally {
      this.#waitingCount -= 1;
    }
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#threads.values(), (thread) => thread.end()));
  }

  /** That of the project; where there are too many already, in place of the one that has waited longest. */
  async #threadOf(project: string): Promise<QueryThread> {
    const known = this.#threads.get(project);
    if (known !== undefined) return known;
    while (this.#threads.size >= MAX_THREADS) {
      const [oldest] = this.#threads.values();
      await oldest!.whenFree();
      await oldest!.end();
    }
    const existing = this.#threads.get(project);
    if (existing !== undefined) return existing;
    const thread = new QueryThread(this.#root, this.#limits, () => {
      if (this.#threads.get(project) === thread) this.#threads.delete(project);
    });
    this.#threads.set(project, thread);
    return thread;
  }
}

class QueryThread {
  readonly #worker: Worker;
  readonly #limits: Required<QueryLimits>;
  readonly #onEnd: () => void;
  #queue: Promise<unknown> = Promise.resolve();
  #current: PromiseWithResolvers<AnswerBytes> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(root: string, limits: Required<QueryLimits>, onEnd: () => void) {
    const file = import.meta.url.endsWith(".ts") ? "./query-thread.ts" : "./query-thread.js";
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: { root } });
    this.#limits = limits;
    this.#onEnd = onEnd;
    this.#worker.on("message", (news: QueryNews) => this.#take(news));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () =>
      this.#fail(new TrackioError("unavailable", "The query was ended.")),
    );
  }

  /** One query after the other. */
  ask(question: QueryQuestion): Promise<AnswerBytes> {
    const answer = this.#queue.then(() => this.#ask(question));
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  async whenFree(): Promise<void> {
    await this.#queue;
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#onEnd();
    await this.#worker.terminate();
  }

  #ask(question: QueryQuestion): Promise<AnswerBytes> {
    this.#current = Promise.withResolvers();
    this.#limit(this.#limits.prepareMs, "to read the project");
    this.#worker.postMessage(question);
    return this.#current.promise;
  }

  #take(news: QueryNews): void {
    if (news === "prepared") {
      this.#limit(this.#limits.queryMs, "to answer");
      return;
    }
    clearTimeout(this.#timer);
    const current = this.#current;
    this.#current = undefined;
    if ("bytes" in news) current?.resolve(news.bytes);
    else current?.reject(errorOf(news.refusal));
    this.#timer = setTimeout(() => void this.end(), this.#limits.idleMs).unref();
  }

  #limit(limitMs: number, what: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const message = `The query took more than ${limitMs / 1000} s ${what}; ask for less.`;
      this.#fail(new TrackioError("busy", message));
    }, limitMs);
  }

  #fail(error: unknown): void {
    this.#current?.reject(error);
    this.#current = undefined;
    void this.end();
  }
}
