/** One reader of the pool: answers one question after the other. Opens the store with the first one, so that the thread may begin before there is a store. */

import { parentPort, workerData } from "node:worker_threads";
import { openStoreForReading } from "../../ingest/open-store.ts";
import { runStatus } from "../../ingest/run-status.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { lowerThreadPriority } from "../../media/thread-priority.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { RunInfo } from "../../store/store.ts";
import { answerQuestion, type Source } from "./answer-question.ts";
import { type AnswerBytes, type Question, type Refusal, refusalOf } from "./question.ts";

export interface ReaderTask {
  readonly id: number;
  readonly question: Question;
}

export type ReaderResult =
  | { readonly id: number; readonly bytes: AnswerBytes }
  | { readonly id: number; readonly refusal: Refusal };

lowerThreadPriority();
const port = parentPort!;
const { root } = workerData as { readonly root: string };
let source: Source | undefined;

port.on("message", (task: ReaderTask | "close") => {
  void (task === "close" ? close() : answer(task));
});

async function answer({ id, question }: ReaderTask): Promise<void> {
  try {
    const bytes = await ask(question);
    port.postMessage({ id, bytes } satisfies ReaderResult, [bytes.buffer]);
  } catch (error) {
    port.postMessage({ id, refusal: refusalOf(error) } satisfies ReaderResult);
  }
}

/** A store that was replaced beneath an open one is opened, and asked, once more. */
async function ask(question: Question): Promise<AnswerBytes> {
  const wasOpen = source !== undefined;
  source ??= await openSource();
  try {
    return await answerQuestion(source, question);
  } catch (error) {
    if (!(error instanceof TrackioError) || error.code !== "unavailable") throw error;
    const { store } = source;
    source = undefined;
    await store.close();
    if (!wasOpen) throw error;
    source = await openSource();
    return await answerQuestion(source, question);
  }
}

async function openSource(): Promise<Source> {
  const { store, folder } = await openStoreForReading(root);
  const statusOf = (run: RunInfo) => runStatus(run, Date.now(), folder);
  return { store, blobs: new BlobFolder(folder), statusOf };
}

async function close(): Promise<void> {
  await source?.store.close();
  port.close();
}
