import { dirname } from "node:path";
import { DataFolder } from "../../journal/data-folder.ts";
import { answerQuestion, type Source } from "../reading/answer-question.ts";
import type {
  AnswerBytes,
  QueryQuestion,
  Question,
  Reader,
  TableQuestion,
  TrackioQuestion,
} from "../reading/question.ts";
import { exportTable } from "../reading/read-table.ts";
import { ProjectDatabase } from "../trackio-api/query/project-database.ts";
import { answerTrackio } from "../trackio-api/reads/answer-trackio.ts";
import { tableTextReader } from "../trackio-api/reads/trackio-source.ts";

/** Answers on the calling thread, from a store in memory. */
export class LocalReader implements Reader {
  readonly #source: Source;

  /** The data folder is the one that the blobs lie in. */
  constructor(source: Omit<Source, "folder">) {
    const folder = new DataFolder(dirname(dirname(source.blobs.path)));
    this.#source = { ...source, folder };
  }

  async ask(question: Question): Promise<AnswerBytes> {
    return await answerQuestion(this.#source, question);
  }

  async askTrackio(question: TrackioQuestion): Promise<readonly AnswerBytes[]> {
    const pieces: AnswerBytes[] = [];
    const last = await answerTrackio(this.#source, question, (piece) => pieces.push(piece));
    return [...pieces, last];
  }

  async queryProject({ project, query, asWritten }: QueryQuestion): Promise<AnswerBytes> {
    const { store, blobs, folder } = this.#source;
    const source = { store, blobs, folder, readTableText: tableTextReader(blobs) };
    const database = new ProjectDatabase(source, project);
    try {
      await database.prepare(query, asWritten);
      return new TextEncoder().encode(database.ask(query, asWritten).join(""));
    } finally {
      database.close();
    }
  }

  async *exportTable(question: TableQuestion): AsyncGenerator<AnswerBytes, void, undefined> {
    const encoder = new TextEncoder();
    for await (const piece of exportTable(this.#source, question)) yield encoder.encode(piece);
  }

  async close(): Promise<void> {
    await this.#source.store.close();
  }
}
