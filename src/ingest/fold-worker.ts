/** The fold loop in a thread of its own, from the outside. */

import { Worker } from "node:worker_threads";
import { type ErrorCode, TrackioError } from "../protocol/errors.ts";
import type { CaughtUp, FoldNews } from "./fold-loop.ts";

export type FoldThreadMessage =
  | FoldNews
  | CaughtUp
  | { readonly news: "ready" }
  | { readonly news: "failed"; readonly code: ErrorCode; readonly message: string };

export type FoldThreadOrder = "close" | { readonly catchUp: number };

const RESTART_AFTER_MS = 1_000;

export class FoldWorker {
  readonly #root: string;
  readonly #onNews: (news: FoldNews) => void;
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #waiting = new Map<number, () => void>();
  #nextRequest = 0;

  /**
   * Begins to fold the data folder `root` and returns when its store is open.
   * A thread that dies later is told as trouble and begun again.
   * @throws {@link TrackioError} where the store cannot be opened for writing.
   */
  static async start(root: string, onNews: (news: FoldNews) => void): Promise<FoldWorker> {
    const worker = new FoldWorker(root, onNews);
    try {
      await worker.#begin();
      return worker;
    } catch (error) {
      await worker.close();
      throw error;
    }
  }

  private constructor(root: string, onNews: (news: FoldNews) => void) {
    this.#root = root;
    this.#onNews = onNews;
  }

  /**
   * Resolves when all that stands on disk now is in the store, or after `limitMs`, whichever comes first.
   * @returns whether it is in the store.
   */
  async catchUp(limitMs: number): Promise<boolean> {
    const worker = this.#worker;
    if (worker === undefined || this.#isClosed) return false;
    const request = this.#nextRequest++;
    return await new Promise((resolve) => {
      const settle = (isDone: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(request);
        resolve(isDone);
      };
      const timer = setTimeout(() => settle(false), limitMs);
      this.#waiting.set(request, () => settle(true));
      worker.postMessage({ catchUp: request } satisfies FoldThreadOrder);
    });
  }

  /** Ends the thread after what it is folding now. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise((resolve) => worker.once("exit", resolve));
    worker.postMessage("close" satisfies FoldThreadOrder);
    await gone;
  }

  #begin(): Promise<void> {
    const file = import.meta.url.endsWith(".ts") ? "./fold-thread.ts" : "./fold-thread.js";
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { root: this.#root } });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.on("message", (message: FoldThreadMessage) => {
        if (message.news === "ready") resolve();
        else if (message.news === "failed") reject(new TrackioError(message.code, message.message));
        else if (message.news === "caught up") this.#waiting.get(message.request)?.();
        else this.#onNews(message);
      });
      worker.on("error", (error) => {
        this.#onNews({ news: "trouble", message: error.message });
        reject(error);
      });
      worker.on("exit", () => {
        this.#worker = undefined;
        reject(new TrackioError("internal", "The fold thread ended before it was ready."));
        this.#beginLater();
      });
    });
  }

  #beginLater(): void {
    if (this.#isClosed) return;
    this.#restart = setTimeout(() => {
      this.#begin().catch((error: unknown) => {
        this.#onNews({ news: "trouble", message: String(error) });
      });
    }, RESTART_AFTER_MS);
  }
}
