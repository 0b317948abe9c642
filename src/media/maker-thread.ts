/** The thread behind `MakerWorker`. */

import { setTimeout as later } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { DataFolder } from "../journal/data-folder.ts";
import type { BlobHash } from "../protocol/media.ts";
import { BlobFolder } from "./blob-folder.ts";
import { BlobMaker, type MakeOutcome, type MakerNews } from "./blob-maker.ts";
import { lowerThreadPriority } from "./thread-priority.ts";

/** What the thread is started with. */
export interface MakerOrder {
  readonly root: string;
  readonly lookEveryMs: number | undefined;
  readonly olderThanMs: number;
  /** In a thread `process.argv` names the thread's file. */
  readonly scriptPath: string | undefined;
}

/** What it is asked later. */
export type MakerQuestion = { readonly id: number; readonly hash: BlobHash } | "close";

/** What it tells. */
export type MakerTold =
  | "begun"
  | MakerNews
  | { readonly id: number; readonly outcome: MakeOutcome };

lowerThreadPriority();
// What libraries print is for nobody.
process.stdout.write = () => true;
process.stderr.write = () => true;
const port = parentPort!;
const { root, lookEveryMs, olderThanMs, scriptPath } = workerData as MakerOrder;
const tell = (told: MakerTold) => port.postMessage(told);
const closing = new AbortController();
const { signal } = closing;
const maker = new BlobMaker(new BlobFolder(new DataFolder(root)), { onNews: tell, scriptPath });

port.on("message", (question: MakerQuestion) => {
  if (question === "close") {
    closing.abort();
    endThread();
    return;
  }
  maker.make(question.hash, { signal }).then(
    (outcome) => tell({ id: question.id, outcome }),
    () => tell({ id: question.id, outcome: "pending" }),
  );
});
tell("begun");

/** Deno's port cannot be closed, its threads can. */
function endThread(): void {
  if (typeof port.close === "function") port.close();
  else (globalThis as { close?(): void }).close?.();
}

while (lookEveryMs !== undefined && !signal.aborted) {
  try {
    await later(lookEveryMs, undefined, { signal });
    await maker.makePending({ olderThanMs, signal });
  } catch {
    // To be closed, or a folder that cannot be read now: the next look may see more.
  }
}
