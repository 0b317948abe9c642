/** The thread behind `Heartbeat`: it goes on beside a script that may never yield. */

import { fsyncSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { JournalKeeper } from "./journal-keeper.ts";

/** What the thread is started with; later messages are new `paths`. */
export interface HeartbeatOrder {
  readonly paths: readonly string[];
  readonly roundMs: number;
  readonly signIntervalMs: number;
}

const { roundMs, signIntervalMs, paths } = workerData as HeartbeatOrder;
const keeper = new JournalKeeper(signIntervalMs, fsyncSync);

keeper.follow(paths);
parentPort?.on("message", (wanted: readonly string[]) => keeper.follow(wanted));
setInterval(() => keeper.beat(Date.now()), roundMs);
