/**
 * A maker in a thread of its own, from the outside: in a training script, where
 * the loop may never yield, and in a server, whose event loop must not wait.
 *
 * Laws: it keeps no process alive, throws nothing into it and prints nothing;
 * where its thread cannot be, what is pending waits for another maker.
 */

import type { Worker } from "node:worker_threads";
import type { BlobHash } from "../protocol/media.ts";
import type { MakeOutcome, MakerNews } from "./blob-maker.ts";
import type { MakerOrder, MakerQuestion, MakerTold } from "./maker-thread.ts";

export interface MakerWorkerOptions {
  /** How long after the start the first look for pending blobs comes, and each next one after the one before. Default: no looks, only what `make` asks for. */
  readonly lookEveryMs?: number;
  /** What a look makes: all that has been pending for so long. Default 0. */
  readonly olderThanMs?: number;
  /** Of all makings of this worker. Must not throw. */
  readonly onNews?: (news: MakerNews) => void;
}

/** A thread that died is begun again after so long, but not one that could not begin. */
const RESTART_AFTER_MS = 5_000;
/** Work that does not hear is ended; another maker goes on. */
const CLOSE_LIMIT_MS = 2_000;

export class MakerWorker {
  readonly #order: MakerOrder;
  readonly #onNews: (news: MakerNews) => void;
  readonly #waiting = new Map<number, (outcome: MakeOutcome) => void>();
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #nextQuestion = 0;
  #hasBegun = false;
  #isClosed = false;

  /** Begins to make blobs of the data folder `root`. Takes about 2 ms of the caller. */
  static start(root: string, options: MakerWorkerOptions = {}): MakerWorker {
    const worker = new MakerWorker(root, options);
    worker.#begin();
    return worker;
  }

  private constructor(root: string, options: MakerWorkerOptions) {
    const { lookEveryMs, olderThanMs = 0, onNews = () => undefined } = options;
    this.#order = { root, lookEveryMs, olderThanMs, scriptPath: process.argv[1] };
    this.#onNews = onNews;
  }

  /** Makes one blob, after those that were asked for before it; `pending` where the thread is not there or ends before it is done. */
  make(hash: BlobHash): Promise<MakeOutcome> {
    const worker = this.#worker;
    if (worker === undefined || this.#isClosed) return Promise.resolve("pending");
    const id = this.#nextQuestion++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      worker.postMessage({ id, hash } satisfies MakerQuestion);
    });
  }

  /**
   * Ends the thread; what it is making stays pending, and programs that it started end.
   * @param options.isAwaited Whether the process is to live until then. Default true.
   */
  async close({ isAwaited = true }: { readonly isAwaited?: boolean } = {}): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise((resolve) => worker.once("exit", resolve));
    worker.postMessage("close" satisfies MakerQuestion);
    const limit = setTimeout(() => worker.terminate(), CLOSE_LIMIT_MS);
    if (!isAwaited) limit.unref();
    await gone;
    clearTimeout(limit);
  }

  #begin(): void {
    try {
      this.#worker = this.#startThread();
    } catch {
      // No more threads to be had: another maker will see what is pending.
      this.#worker = undefined;
    }
  }

  #startThread(): Worker {
    // Rooms lie beside each other from source and as shipped, also where this module is part of a bundle in another room.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const file = new URL(`../media/maker-thread.${extension}`, import.meta.url);
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const worker = new Worker(file, {
      workerData: this.#order,
      execArgv: [],
      name: "trackio maker",
      // Not to the script's terminal. Nor is it read: a stream that is keeps the process alive, also behind unref().
      stdout: true,
      stderr: true,
    });
    worker.on("message", (told: MakerTold) => this.#hear(told));
    worker.on("error", () => undefined);
    worker.on("exit", () => this.#lose(worker));
    worker.unref();
    return worker;
  }

  #hear(told: MakerTold): void {
    if (told === "begun") this.#hasBegun = true;
    else if ("news" in told) this.#onNews(told);
    else {
      this.#waiting.get(told.id)?.(told.outcome);
      this.#waiting.delete(told.id);
    }
  }

  #lose(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const resolve of this.#waiting.values()) resolve("pending");
    this.#waiting.clear();
    if (this.#isClosed || !this.#hasBegun) return;
    this.#hasBegun = false;
    this.#restart = setTimeout(() => this.#begin(), RESTART_AFTER_MS);
    this.#restart.unref();
  }
}
