/**
 * A process around the thread that answers queries. SQLite cannot be told to stop
 * in the middle of one, and a thread that is in it cannot be ended; a process
 * can. When the server is gone, however it went, this one ends itself.
 */

import { Worker } from "node:worker_threads";
import type { QueryQuestion } from "../../reading/question.ts";
import type { QueryNews } from "./query-thread.ts";

const [, , root] = process.argv;
const file = import.meta.url.endsWith(".ts") ? "./query-thread.ts" : "./query-thread.js";
const worker = new Worker(new URL(file, import.meta.url), { workerData: { root } });

worker.on("message", (news: QueryNews) => process.send?.(news));
worker.on("error", endNow);
process.on("message", (question: QueryQuestion) => worker.postMessage(question));
process.on("disconnect", endNow);

/** Also in the middle of a query, for which an orderly end would wait. */
function endNow(): void {
  process.kill(process.pid, "SIGKILL");
}
