/**
 * Readers in threads of their own, so that the event loop only moves bytes. A
 * question goes to a reader that is free, else waits its turn; a reader that
 * dies fails its own question alone and is replaced.
 */

import { Worker } from "node:worker_threads";
import { TrackioError } from "../../protocol/errors.ts";
import type { AnswerBytes, Question, Reader, Refusal } from "./question.ts";
import type { ReaderResult, ReaderTask } from "./reader-thread.ts";

/** Questions that may wait; one more is refused as `busy`. */
const MAX_WAITING = 1_000;

interface Waiting {
  readonly task: ReaderTask;
  readonly resolve: (bytes: AnswerBytes) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  current: Waiting | undefined;
}

export class ReaderPool implements Reader {
  readonly #root: string;
  readonly #size: number;
  readonly #threads = new Set<Thread>();
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
  }

  /** Begins the first thread before there is a question for it. */
  warmUp(): void {
    if (this.#threads.size === 0 && !this.#isClosed) this.#start();
  }

  ask(question: Question, signal?: AbortSignal): Promise<AnswerBytes> {
    if (this.#isClosed) {
      return Promise.reject(new TrackioError("unavailable", "The server is closing; ask again."));
    }
    if (this.#waiting.length >= MAX_WAITING) {
      const message = `${MAX_WAITING} reads are waiting already; try again in a second.`;
      return Promise.reject(new TrackioError("busy", message));
    }
    return new Promise((resolve, reject) => {
      const waiting = { task: { id: this.#nextId++, question }, resolve, reject };
      this.#waiting.push(waiting);
      signal?.addEventListener("abort", () => this.#drop(waiting, signal), { once: true });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closing = new TrackioError("unavailable", "The server is closing; ask again.");
    for (const waiting of this.#waiting.splice(0)) waiting.reject(closing);
    await Promise.all(
      Array.from(this.#threads, async ({ worker }) => {
        const gone = new Promise((resolve) => worker.once("exit", resolve));
        worker.postMessage("close");
        await gone;
      }),
    );
  }

  #drop(waiting: Waiting, signal: AbortSignal): void {
    if (!this.#waiting.includes(waiting)) return;
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.reject(signal.reason);
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const free = [...this.#threads].find(({ current }) => current === undefined);
      const thread = free ?? (this.#threads.size < this.#size ? this.#start() : undefined);
      if (thread === undefined) return;
      thread.current = this.#waiting.shift()!;
      thread.worker.postMessage(thread.current.task);
    }
  }

  #start(): Thread {
    const file = import.meta.url.endsWith(".ts") ? "./reader-thread.ts" : "./reader-thread.js";
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { root: this.#root } });
    const thread: Thread = { worker, current: undefined };
    this.#threads.add(thread);
    worker.on("message", (result: ReaderResult) => this.#settle(thread, result));
    worker.on("error", (error) => this.#bury(thread, error));
    worker.on("exit", () => this.#bury(thread, new Error("The reader thread ended.")));
    return thread;
  }

  #settle(thread: Thread, result: ReaderResult): void {
    const waiting = thread.current;
    thread.current = undefined;
    if ("bytes" in result) waiting?.resolve(result.bytes);
    else waiting?.reject(errorOf(result.refusal));
    this.#next();
  }

  #bury(thread: Thread, error: unknown): void {
    if (!this.#threads.delete(thread)) return;
    thread.current?.reject(error);
    if (!this.#isClosed) this.#next();
  }
}

function errorOf({ code, message, stack }: Refusal): Error {
  if (code !== undefined) return new TrackioError(code, message);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
