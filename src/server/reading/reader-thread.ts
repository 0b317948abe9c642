/** One reader of the pool: answers one question after the other. Opens the store with the first one, so that the thread may begin before there is a store. */

import { parentPort, workerData } from "node:worker_threads";
import { openStoreForReading } from "../../ingest/open-store.ts";
import { runStatus } from "../../ingest/run-status.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { lowerThreadPriority } from "../../media/thread-priority.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { RunInfo } from "../../store/store.ts";
import { answerTrackio } from "../trackio-api/reads/answer-trackio.ts";
import { answerQuestion, type Source } from "./answer-question.ts";
import {
  type AnswerBytes,
  type Question,
  type Refusal,
  refusalOf,
  type TrackioQuestion,
} from "./question.ts";

export interface ReaderTask {
  readonly id: number;
  readonly question: Question | TrackioQuestion;
}

export type ReaderResult =
  /** There is more to come. */
  | { readonly id: number; readonly piece: AnswerBytes }
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
    const bytes = await ask(question, (piece) => {
      port.postMessage({ id, piece } satisfies ReaderResult, [piece.buffer]);
    });
    port.postMessage({ id, bytes } satisfies ReaderResult, [bytes.buffer]);
  } catch (error) {
    port.postMessage({ id, refusal: refusalOf(error) } satisfies ReaderResult);
  }
}

/** The last piece of the answer. A store that was replaced beneath an open one is opened, and asked, once more. */
async function ask(
  question: Question | TrackioQuestion,
  give: (piece: AnswerBytes) => void,
): Promise<AnswerBytes> {
  let isBegun = false;
  const work = (from: Source) => {
    if (question.ask !== "trackio") return answerQuestion(from, question);
    return answerTrackio(from, question, (piece) => {
      isBegun = true;
      give(piece);
    });
  };
  const wasOpen = source !== undefined;
  source ??= await openSource();
  try {
    return await work(source);
  } catch (error) {
    if (!(error instanceof TrackioError) || error.code !== "unavailable") throw error;
    const { store } = source;
    source = undefined;
    await store.close();
    if (!wasOpen || isBegun) throw error;
    source = await openSource();
    return await work(source);
  }
}

async function openSource(): Promise<Source> {
  const { store, folder } = await openStoreForReading(root);
  const statusOf = (run: RunInfo) => runStatus(run, Date.now(), folder);
  return { folder, store, blobs: new BlobFolder(folder), statusOf };
}

async function close(): Promise<void> {
  await source?.store.close();
  port.close();
}
