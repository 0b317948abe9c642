/**
 * Keeps the journals of this thread's open runs fresh: on the disk itself
 * within about a second, and touched at least every 30 s. The work is done by a
 * thread of its own, since a training loop may never yield; where that thread
 * cannot be (a bundle without its file), a timer does what it can.
 *
 * Law: nothing of this keeps a script alive, throws into it, or makes it wait.
 */

import { fsync } from "node:fs";
import type { Worker } from "node:worker_threads";
import { SIGN_INTERVAL_MS } from "../journal/process-liveness.ts";
import type { HeartbeatOrder } from "./heartbeat-worker.ts";
import { JournalKeeper } from "./journal-keeper.ts";

const ROUND_MS = 1_000;

export class Heartbeat {
  #paths: readonly string[] = [];
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** From now on these journals, and no others. Without any it stops. */
  follow(paths: readonly string[]): void {
    this.#paths = paths;
    if (paths.length === 0) this.#stop();
    else this.#worker?.postMessage(paths);
  }

  /** Begins to beat, once; takes about 2 ms, which is why a short script never pays for it. */
  start(): void {
    if (this.#worker !== undefined || this.#timer !== undefined || this.#paths.length === 0) return;
    try {
      this.#worker = this.#startWorker();
    } catch {
      this.#startTimer();
    }
  }

  #startWorker(): Worker {
    // The worker's file has the extension that this one has: .ts from source, .js as shipped.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const file = new URL(`./heartbeat-worker.${extension}`, import.meta.url);
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const order: HeartbeatOrder = {
      paths: this.#paths,
      roundMs: ROUND_MS,
      signIntervalMs: SIGN_INTERVAL_MS,
    };
    const worker = new Worker(file, {
      workerData: order,
      execArgv: [],
      name: "trackio heartbeat",
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    worker.on("error", () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      if (this.#paths.length > 0) this.#startTimer();
    });
    worker.unref();
    return worker;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.terminate().catch(() => undefined);
  }

  #startTimer(): void {
    // Not waited for: whoever runs on this thread is the script.
    const keeper = new JournalKeeper(SIGN_INTERVAL_MS, (fd) => fsync(fd, () => undefined));
    this.#timer = setInterval(() => {
      keeper.follow(this.#paths);
      keeper.beat(Date.now());
    }, ROUND_MS);
    this.#timer.unref();
  }
}
