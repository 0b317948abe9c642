/**
 * Whole tables as CSV, each made in a thread of its own: an export takes as long
 * as its client's line, and must keep no question of a page waiting.
 */

import { Worker } from "node:worker_threads";
import { TrackioError } from "../../protocol/errors.ts";
import type { ExportOrder, ExportPiece } from "./export-thread.ts";
import { type AnswerBytes, errorOf, type TableQuestion } from "./question.ts";

/** One more is refused as `busy`: each may hold a whole table in memory. */
const MAX_EXPORTS = 4;
/** A client that takes nothing for so long is taken for gone. */
const IDLE_LIMIT_MS = 5 * 60_000;

export class TableExporter {
  readonly #root: string;
  readonly #exports = new Set<TableExport>();

  /** @param root The data folder; its store must be there. */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * The pieces of the table, each made when it is taken. Return ends the export, and `signal` does, also in the middle of a piece.
   * @throws {@link TrackioError} `busy` where too many exports run; while it is read what `readTable` throws.
   */
  begin(
    question: TableQuestion,
    signal?: AbortSignal,
  ): AsyncGenerator<AnswerBytes, void, undefined> {
    if (this.#exports.size >= MAX_EXPORTS) {
      const message = `${MAX_EXPORTS} tables are being exported already; try again when one is done.`;
      throw new TrackioError("busy", message);
    }
    const one = new TableExport({ root: this.#root, question });
    this.#exports.add(one);
    signal?.addEventListener("abort", () => void one.close(), { once: true });
    return this.#pieces(one);
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#exports, (one) => one.close()));
  }

  async *#pieces(one: TableExport): AsyncGenerator<AnswerBytes, void, undefined> {
    try {
      for (;;) {
        const bytes = await one.next();
        if (bytes === undefined) return;
        yield bytes;
      }
    } finally {
      this.#exports.delete(one);
      await one.close();
    }
  }
}

class TableExport {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<AnswerBytes | undefined> | undefined;
  #trouble: unknown;
  #idle: NodeJS.Timeout | undefined;

  constructor(order: ExportOrder) {
    const file = import.meta.url.endsWith(".ts") ? "./export-thread.ts" : "./export-thread.js";
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: order });
    this.#worker.on("message", (piece: ExportPiece) => this.#take(piece));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("The export was ended.")));
  }

  /** The next piece; undefined at the end. */
  next(): Promise<AnswerBytes | undefined> {
    clearTimeout(this.#idle);
    if (this.#trouble !== undefined) return Promise.reject(this.#trouble);
    this.#waiting = Promise.withResolvers();
    this.#worker.postMessage("next");
    return this.#waiting.promise;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#worker.terminate();
  }

  #take(piece: ExportPiece): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (piece === "end") waiting?.resolve(undefined);
    else if ("refusal" in piece) waiting?.reject(errorOf(piece.refusal));
    else {
      this.#idle = setTimeout(() => void this.#worker.terminate(), IDLE_LIMIT_MS);
      this.#idle.unref();
      waiting?.resolve(piece.bytes);
    }
  }

  #fail(error: unknown): void {
    this.#trouble ??= error;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
