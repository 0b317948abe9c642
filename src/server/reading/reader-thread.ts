/** One reader of the pool: answers one question after the other. Opens the store with the first one, so that the thread may begin before there is a store. */

import { parentPort, workerData } from "node:worker_threads";
import { openStoreForReading } from "../../ingest/open-store.ts";
import { runStatus } from "../../ingest/run-status.ts";
import { lowerThreadPriority } from "../../ingest/thread-priority.ts";
import { TrackioError } from "../../protocol/errors.ts";
import { answerQuestion, type Source } from "./answer-question.ts";
import type { AnswerBytes, Question, Refusal } from "./question.ts";

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
    source ??= await openSource();
    const bytes = await answerQuestion(source, question);
    port.postMessage({ id, bytes } satisfies ReaderResult, [bytes.buffer]);
  } catch (error) {
    port.postMessage({ id, refusal: refusalOf(error) } satisfies ReaderResult);
  }
}

async function openSource(): Promise<Source> {
  const { store, folder } = await openStoreForReading(root);
  return { store, statusOf: (run) => runStatus(run, Date.now(), folder) };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof TrackioError) return { code: error.code, message: error.message };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { message, stack };
}

async function close(): Promise<void> {
  await source?.store.close();
  port.close();
}
