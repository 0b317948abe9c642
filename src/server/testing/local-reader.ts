import { answerQuestion, type Source } from "../reading/answer-question.ts";
import type { AnswerBytes, Question, Reader, TableQuestion } from "../reading/question.ts";
import { exportTable } from "../reading/read-table.ts";

/** Answers on the calling thread, from a store in memory. */
export class LocalReader implements Reader {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async ask(question: Question): Promise<AnswerBytes> {
    return await answerQuestion(this.#source, question);
  }

  async *exportTable(question: TableQuestion): AsyncGenerator<AnswerBytes, void, undefined> {
    const encoder = new TextEncoder();
    for await (const piece of exportTable(this.#source, question)) yield encoder.encode(piece);
  }

  async close(): Promise<void> {
    await this.#source.store.close();
  }
}
