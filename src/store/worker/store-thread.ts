/** The thread of a `WorkerStore`: a `SqliteStore` that answers calls in the order in which they came. */

import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { SqliteStore } from "../sqlite/sqlite-store.ts";
import type { Row } from "../store.ts";
import {
  type Answer,
  buffersOf,
  type Call,
  type ThreadRow,
  type ThreadStart,
  toPlainError,
  toThreadRow,
} from "./thread-messages.ts";

class StoreThread {
  readonly #port: MessagePort;
  readonly #start: ThreadStart;
  readonly #pages = new Map<number, AsyncIterator<unknown>>();
  #store: SqliteStore | undefined;

  constructor(port: MessagePort, start: ThreadStart) {
    this.#port = port;
    this.#start = start;
  }

  async take(call: Call): Promise<void> {
    let answer: Answer;
    try {
      answer = { id: call.id, kind: "value", value: await this.#do(call) };
    } catch (error) {
      answer = { id: call.id, kind: "error", error: toPlainError(error) };
    }
    const isSeries = call.kind === "plain" && call.method === "readSeries";
    this.#port.postMessage(answer, isSeries ? Array.from(buffersOf(answer)) : []);
    if (call.kind === "close") this.#port.close();
  }

  async #do(call: Call): Promise<unknown> {
    if (call.kind === "open") {
      this.#store = await SqliteStore.open(this.#start.path, { readOnly: this.#start.readOnly });
      return undefined;
    }
    const store = this.#store;
    if (store === undefined) throw new Error("The store is not open.");
    switch (call.kind) {
      case "close":
        return store.close();
      case "plain": {
        const method = store[call.method] as (...args: readonly unknown[]) => Promise<unknown>;
        return method.apply(store, call.args as unknown[]);
      }
      case "pages": {
        const method = store[call.method] as (
          ...args: readonly unknown[]
        ) => AsyncIterable<unknown>;
        const pages =
          call.method === "readRows"
            ? threadRows(store.readRows(...(call.args as Parameters<SqliteStore["readRows"]>)))
            : method.apply(store, call.args as unknown[])[Symbol.asyncIterator]();
        this.#pages.set(call.id, pages);
        return undefined;
      }
      case "next": {
        const result = await this.#pages.get(call.pages)?.next();
        if (result?.done) this.#pages.delete(call.pages);
        return result?.done ? undefined : result?.value;
      }
      case "return":
        await this.#pages.get(call.pages)?.return?.();
        this.#pages.delete(call.pages);
        return undefined;
    }
  }
}

async function* threadRows(
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<readonly ThreadRow[]> {
  for await (const page of pages) yield page.map(toThreadRow);
}

if (parentPort) {
  const thread = new StoreThread(parentPort, workerData as ThreadStart);
  parentPort.on("message", (call: Call) => void thread.take(call));
}
