/** Exports one table, a piece each time it is asked for one, so that a client that takes its time costs no memory. */

import { parentPort, workerData } from "node:worker_threads";
import { openStoreForReading } from "../../ingest/open-store.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { lowerThreadPriority } from "../../media/thread-priority.ts";
import { type AnswerBytes, type Refusal, refusalOf, type TableQuestion } from "./question.ts";
import { exportTable } from "./read-table.ts";

/** What the thread is started with. */
export interface ExportOrder {
  readonly root: string;
  readonly question: TableQuestion;
}

/** What it answers when it is asked for the next piece. */
export type ExportPiece = { readonly bytes: AnswerBytes } | { readonly refusal: Refusal } | "end";

lowerThreadPriority();
const port = parentPort!;
const { root, question } = workerData as ExportOrder;
const encoder = new TextEncoder();
const pieces = readPieces();

port.on("message", () => void next());

async function* readPieces(): AsyncGenerator<string, void, undefined> {
  const { store } = await openStoreForReading(root);
  try {
    yield* exportTable({ store, blobs: BlobFolder.at(root) }, question);
  } finally {
    await store.close();
  }
}

async function next(): Promise<void> {
  try {
    const { done, value } = await pieces.next();
    if (!done) {
      const bytes = encoder.encode(value);
      port.postMessage({ bytes } satisfies ExportPiece, [bytes.buffer]);
      return;
    }
    port.postMessage("end" satisfies ExportPiece);
  } catch (error) {
    port.postMessage({ refusal: refusalOf(error) } satisfies ExportPiece);
  }
  port.close();
}
