/** Answers queries in SQL over one project, one after the other, in a thread of a process that may be ended at any moment. */

import { parentPort, workerData } from "node:worker_threads";
import { openStoreForReading } from "../../../ingest/open-store.ts";
import { BlobFolder } from "../../../media/blob-folder.ts";
import { lowerThreadPriority } from "../../../media/thread-priority.ts";
import {
  type AnswerBytes,
  type QueryQuestion,
  type Refusal,
  refusalOf,
} from "../../reading/question.ts";
import { tableTextReader } from "../reads/trackio-source.ts";
import { ProjectDatabase } from "./project-database.ts";

export type QueryNews =
  /** The tables are there; from here on the query itself is run. */
  "prepared" | { readonly bytes: AnswerBytes } | { readonly refusal: Refusal };

lowerThreadPriority();
const port = parentPort!;
const { root } = workerData as { readonly root: string };
const tell = (news: QueryNews) => port.postMessage(news);
let database: ProjectDatabase | undefined;

port.on("message", (question: QueryQuestion) => void answer(question));

async function answer({ project, asWritten, query }: QueryQuestion): Promise<void> {
  try {
    database ??= await openDatabase(project);
    await database.prepare(query, asWritten);
    tell("prepared");
    const bytes = new TextEncoder().encode(database.ask(query, asWritten).join(""));
    port.postMessage({ bytes } satisfies QueryNews, [bytes.buffer]);
  } catch (error) {
    tell({ refusal: refusalOf(error) });
  }
}

async function openDatabase(project: QueryQuestion["project"]): Promise<ProjectDatabase> {
  const { folder, store } = await openStoreForReading(root);
  const blobs = new BlobFolder(folder);
  return new ProjectDatabase(
    { store, blobs, folder, readTableText: tableTextReader(blobs) },
    project,
  );
}
