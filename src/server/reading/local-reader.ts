import { answerQuestion, type Source } from "./answer-question.ts";
import type { AnswerBytes, Question, Reader, TableQuestion } from "./question.ts";
import { exportTable } from "./read-table.ts";

/** Answers on the calling thread: where the store is in memory, or small. */
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
