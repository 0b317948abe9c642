/**
 * Looks after the journals of this thread's runs: on the disk itself within
 * about a second, a sign of life at least every 30 s, and on their way to a
 * server where they are to go to one. The work is done by a thread of its own,
 * since a training loop may never yield; where that thread cannot be (a bundle
 * without its file), timers do what they can.
 *
 * Law: nothing of this keeps a script alive, throws into it, or makes it wait,
 * unless it says that it waits.
 */

import { fsync } from "node:fs";
import type { MessagePort, Worker } from "node:worker_threads";
import { SIGN_INTERVAL_MS } from "../journal/process-liveness.ts";
import { JournalKeeper } from "./journal-keeper.ts";
import type { ThreadOrder, ThreadStart } from "./journal-thread-worker.ts";
import type { Drained, OwnJournal, Sending, SendingNews } from "./remote/sending.ts";
import { steadyMs } from "./steady-clock.ts";

/** A journal that a run of this thread writes. */
export interface OpenJournal {
  readonly path: string;
  /** Where it is sent; absent for one that stays here. */
  readonly outgoing?: OwnJournal | undefined;
}

export type OnSendingNews = (
  news: Exclude<SendingNews, { readonly news: "drained" | "idle" }>,
) => void;

/** Somebody who waits, and what for. */
interface Waiting {
  readonly order: ThreadOrder;
  readonly settle: (drained: Drained) => void;
}

const ROUND_MS = 1_000;
/** The thread's own limit comes first; after this it counts as dead. */
const ANSWER_GRACE_MS = 500;
const NOTHING: Drained = {
  left: { bytes: 0, blobs: 0 },
  leftEarlier: { bytes: 0, blobs: 0 },
  isFutile: true,
};

export class JournalThread {
  #open: readonly OpenJournal[] = [];
  /** By path: what is not all on its server, open or not. */
  readonly #outgoing = new Map<string, OwnJournal>();
  readonly #listeners = new Set<OnSendingNews>();
  readonly #drains = new Map<number, Waiting>();
  readonly #answered = new Int32Array(new SharedArrayBuffer(4));
  /** Whether something was to be sent since the thread last said that nothing is. */
  #hasSent = false;
  #nextDrain = 1;
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<Sending> | undefined;

  /** From now on these journals, and no others; those that ended are still sent. Without anything to do it stops. */
  follow(journals: readonly OpenJournal[]): void {
    this.#open = journals;
    for (const { path, outgoing } of journals) {
      if (outgoing === undefined) continue;
      this.#outgoing.set(path, outgoing);
      this.#hasSent = true;
    }
    // What sends says itself when it has nothing to do: it may yet send what earlier scripts left.
    if (this.#isIdle && !this.#hasSent) this.#stop();
    else this.#order(this.#followOrder());
  }

  /** Begins, once; takes about 2 ms, which is why a short script that sends nothing never pays for it. */
  start(): void {
    if (this.#worker !== undefined || this.#timer !== undefined || this.#isIdle) return;
    try {
      this.#worker = this.#startWorker();
    } catch {
      this.#startTimer();
    }
  }

  /** Told what becomes of journals that are sent; must not throw. */
  listen(listener: OnSendingNews): void {
    this.#listeners.add(listener);
  }

  unlisten(listener: OnSendingNews): void {
    this.#listeners.delete(listener);
  }

  /**
   * Waits until the servers have all of these journals and of what they name, so long at most. Keeps the script alive
   * meanwhile. Undefined where nobody can tell what is left.
   */
  drain(paths: readonly string[], timeoutMs: number): Promise<Drained | undefined> {
    if (!this.#isSending(paths)) return Promise.resolve(NOTHING);
    this.start();
    return new Promise((resolve) => {
      const id = this.#nextDrain++;
      const settle = (drained: Drained | undefined): void => {
        clearTimeout(timer);
        this.#drains.delete(id);
        resolve(drained);
      };
      const timer = setTimeout(() => settle(undefined), timeoutMs + ANSWER_GRACE_MS);
      const order = drainOrder(id, paths, timeoutMs);
      this.#drains.set(id, { order, settle });
      this.#order(order);
    });
  }

  /**
   * The same without yielding: nothing else of this thread goes on meanwhile. For the end of a script. Where there is no
   * thread, nobody can wait so.
   */
  drainNow(paths: readonly string[], timeoutMs: number): Drained | undefined {
    if (!this.#isSending(paths)) return NOTHING;
    this.start();
    if (this.#worker === undefined) return NOTHING;
    let drained: Drained | undefined;
    const id = this.#nextDrain++;
    const order = drainOrder(id, paths, timeoutMs);
    const settle = (told: Drained): void => {
      drained = told;
    };
    this.#drains.set(id, { order, settle });
    this.#order(order);
    const untilMs = steadyMs() + timeoutMs + ANSWER_GRACE_MS;
    for (;;) {
      const last = Atomics.load(this.#answered, 0);
      // Answers of others may have come right behind this one's: what was told counts, and not whose number stands there.
      this.hear();
      const leftMs = untilMs - steadyMs();
      if (drained !== undefined || leftMs <= 0) break;
      Atomics.wait(this.#answered, 0, last, leftMs);
    }
    this.#drains.delete(id);
    return drained;
  }

  /** Takes what the thread has told so far; for a script that does not yield. */
  hear(): void {
    const port = this.#port;
    if (port === undefined) return;
    const { receiveMessageOnPort } = process.getBuiltinModule("node:worker_threads");
    for (;;) {
      const received = receiveMessageOnPort(port) as { readonly message: SendingNews } | undefined;
      if (received === undefined) return;
      this.#hear(received.message);
    }
  }

  get #isIdle(): boolean {
    return this.#open.length === 0 && this.#outgoing.size === 0;
  }

  #isSending(paths: readonly string[]): boolean {
    return paths.some((path) => this.#outgoing.has(path));
  }

  #followOrder(): ThreadOrder {
    const outgoing = [...this.#outgoing.values()];
    return { order: "follow", open: this.#open.map(({ path }) => path), outgoing };
  }

  #order(order: ThreadOrder): void {
    if (this.#worker !== undefined) this.#worker.postMessage(order);
    else if (this.#timer !== undefined) this.#obey(order);
  }

  #hear(told: SendingNews): void {
    if (told.news === "drained") {
      this.#drains.get(told.id)?.settle(told);
      return;
    }
    if (told.news === "idle") {
      this.#hasSent = false;
      if (this.#isIdle) this.#stop();
      return;
    }
    if (told.news === "settled") this.#outgoing.delete(told.path);
    for (const listener of [...this.#listeners]) listener(told);
  }

  #startWorker(): Worker {
    // The worker's file has the extension that this one has: .ts from source, .js as shipped.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const file = new URL(`./journal-thread-worker.${extension}`, import.meta.url);
    const { MessageChannel, Worker } = process.getBuiltinModule("node:worker_threads");
    const { port1: port, port2: news } = new MessageChannel();
    const start: ThreadStart = {
      orders: [this.#followOrder()],
      roundMs: ROUND_MS,
      signIntervalMs: SIGN_INTERVAL_MS,
      news,
      answered: this.#answered,
    };
    const worker = new Worker(file, {
      workerData: start,
      transferList: [news],
      execArgv: [],
      name: "trackio journals",
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    worker.on("error", () => this.#lose(worker));
    worker.unref();
    port.on("message", (told: SendingNews) => this.#hear(told));
    port.unref();
    this.#port = port;
    return worker;
  }

  #lose(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#closePort();
    if (!this.#isIdle) this.#startTimer();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#sending?.then((sending) => sending.close()).catch(() => undefined);
    this.#sending = undefined;
    const worker = this.#worker;
    this.#worker = undefined;
    this.#closePort();
    worker?.terminate().catch(() => undefined);
  }

  #closePort(): void {
    this.#port?.close();
    this.#port = undefined;
  }

  #startTimer(): void {
    // Not waited for: whoever runs on this thread is the script.
    const keeper = new JournalKeeper(SIGN_INTERVAL_MS, (fd) => fsync(fd, () => undefined));
    this.#timer = setInterval(() => {
      keeper.follow(this.#open.map(({ path }) => path));
      keeper.beat(Date.now());
    }, ROUND_MS);
    this.#timer.unref();
    this.#obey(this.#followOrder());
    // Of a thread that could not begin, or died.
    for (const { order } of this.#drains.values()) this.#obey(order);
  }

  /** What the thread would do, on this one. */
  #obey(order: ThreadOrder): void {
    if (this.#outgoing.size === 0 && this.#sending === undefined) return;
    this.#sending ??= loadSending().then(
      ({ Sending }) =>
        new Sending({
          signIntervalMs: SIGN_INTERVAL_MS,
          tell: (told) => this.#hear(told),
          isBackground: true,
        }),
    );
    this.#sending
      .then((sending) => {
        if (order.order === "drain") sending.drain(order.id, order.paths, order.untilMs);
        else sending.follow(order.outgoing, order.open);
      })
      .catch((error: unknown) => this.#cannotSend(error));
  }

  /** All stays on this machine. */
  #cannotSend(error: unknown): void {
    const [reason] = String(error).split("\n", 1);
    const message = `the part of trackio that sends does not load (${reason}); where a bundler made one file of this script, mark "trackio" as external`;
    for (const { serverUrl } of this.#outgoing.values()) {
      const told = { news: "trouble", serverUrl, kind: "local", message } as const;
      for (const listener of [...this.#listeners]) listener(told);
    }
  }
}

function drainOrder(id: number, paths: readonly string[], timeoutMs: number): ThreadOrder {
  return { order: "drain", id, paths, untilMs: Date.now() + timeoutMs };
}

/** By its place beside this file, so that no bundle of ours holds it twice. */
function loadSending(): Promise<typeof import("./remote/sending.ts")> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return import(new URL(`./remote/sending.${extension}`, import.meta.url).href);
}

/** One for all runs of this thread. */
export const journalThread = new JournalThread();
