/** The thread behind `JournalThread`: it goes on beside a script that may never yield. */

import { fsyncSync } from "node:fs";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { JournalKeeper } from "./journal-keeper.ts";
import type { OwnJournal, Sending, SendingNews } from "./remote/sending.ts";

/** What the thread is to do from now on. */
export type ThreadOrder =
  | {
      readonly order: "follow";
      /** Journals that the script writes, and no others. */
      readonly open: readonly string[];
      /** Those that are to be sent, also when they have ended. */
      readonly outgoing: readonly OwnJournal[];
    }
  | {
      readonly order: "drain";
      readonly id: number;
      readonly paths: readonly string[];
      /** Epoch milliseconds: the thread itself may take a while to begin. */
      readonly untilMs: number;
    };

export interface ThreadStart {
  readonly orders: readonly ThreadOrder[];
  readonly roundMs: number;
  readonly signIntervalMs: number;
  /** Takes {@link SendingNews}. */
  readonly news: MessagePort;
  /** Holds the id of the last drain that was answered, for a script that waits without yielding. */
  readonly answered: Int32Array<SharedArrayBuffer>;
}

const { orders, roundMs, signIntervalMs, news, answered } = workerData as ThreadStart;
const keeper = new JournalKeeper(signIntervalMs, fsyncSync);
/** Loaded with the first journal that is to be sent. */
let sending: Promise<Sending> | undefined;

for (const order of orders) obey(order);
parentPort?.on("message", obey);
setInterval(() => keeper.beat(Date.now()), roundMs);

function obey(order: ThreadOrder): void {
  if (order.order === "follow") keeper.follow(order.open);
  if (order.order === "follow" && order.outgoing.length === 0 && sending === undefined) return;
  sending ??= load();
  // Promises keep the order of the orders.
  void sending.then((loaded) => {
    if (order.order === "drain") loaded.drain(order.id, order.paths, order.untilMs);
    else loaded.follow(order.outgoing, order.open);
  });
}

async function load(): Promise<Sending> {
  const { Sending } = await import("./remote/sending.ts");
  return new Sending({ signIntervalMs, tell });
}

function tell(told: SendingNews): void {
  news.postMessage(told);
  if (told.news !== "drained") return;
  Atomics.store(answered, 0, told.id);
  Atomics.notify(answered, 0);
}
