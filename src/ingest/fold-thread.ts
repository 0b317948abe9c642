/** The one thread of a server that writes the store. */

import { parentPort, workerData } from "node:worker_threads";
import { lowerThreadPriority } from "../media/thread-priority.ts";
import { TrackioError } from "../protocol/errors.ts";
import { FoldLoop } from "./fold-loop.ts";
import type { FoldThreadMessage, FoldThreadOrder } from "./fold-worker.ts";
import { openStoreForFolding } from "./open-store.ts";

lowerThreadPriority();
const port = parentPort!;
const { root } = workerData as { readonly root: string };
const tell = (message: FoldThreadMessage) => port.postMessage(message);

try {
  const { folder, store } = await openStoreForFolding(root);
  const closing = new AbortController();
  const loop = new FoldLoop(folder, store, tell);
  port.on("message", (order: FoldThreadOrder) => {
    if (order === "close") closing.abort();
    else loop.catchUp(order.catchUp);
  });
  tell({ news: "ready" });
  await loop.run(closing.signal);
  await store.close();
} catch (error) {
  const { message } = error instanceof Error ? error : new Error(String(error));
  const code = error instanceof TrackioError ? error.code : "internal";
  tell({ news: "failed", code, message });
}
port.close();
