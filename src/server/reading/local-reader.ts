import { answerQuestion, type Source } from "./answer-question.ts";
import type { AnswerBytes, Question, Reader } from "./question.ts";

/** Answers on the calling thread: where the store is in memory, or small. */
export class LocalReader implements Reader {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async ask(question: Question): Promise<AnswerBytes> {
    return await answerQuestion(this.#source, question);
  }

  async close(): Promise<void> {
    await this.#source.store.close();
  }
}
