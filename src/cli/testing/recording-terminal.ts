import type { Terminal } from "../terminal.ts";

/** A terminal that keeps what was written to it, answers from a list, and has a clock that stands still. */
export class RecordingTerminal implements Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly width: number | undefined;
  readonly canAsk: boolean;
  readonly canDraw: boolean;
  /** What was printed as an answer. */
  printed = "";
  /** What was noted beside it. */
  notes = "";
  /** Epoch milliseconds that {@link now} tells. */
  time: number;
  readonly #answers: string[];

  constructor(
    options: {
      readonly env?: NodeJS.ProcessEnv;
      readonly width?: number;
      readonly answers?: readonly string[];
      readonly canDraw?: boolean;
      readonly time?: number;
    } = {},
  ) {
    this.env = options.env ?? {};
    this.width = options.width;
    this.canAsk = options.answers !== undefined;
    this.canDraw = options.canDraw ?? false;
    this.time = options.time ?? 1_700_000_000_000;
    this.#answers = [...(options.answers ?? [])];
  }

  async print(answer: string | Uint8Array): Promise<void> {
    this.printed += typeof answer === "string" ? answer : Buffer.from(answer).toString("utf8");
  }

  note(text: string): void {
    this.notes += text;
  }

  async ask(question: string): Promise<string | undefined> {
    this.notes += question;
    return this.#answers.shift();
  }

  now(): number {
    return this.time;
  }
}
