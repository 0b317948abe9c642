/**
 * What a command knows of the place where it runs. Commands write and ask
 * through it alone, so that a test can hold one of its own.
 */

import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** Columns of standard output; absent where it is no terminal, and then nothing is shortened. */
  readonly width: number | undefined;
  /** Whether somebody can be asked. */
  readonly canAsk: boolean;
  /** Whether standard error is a terminal, on which a progress bar may be drawn. */
  readonly canDraw: boolean;
  /** Writes an answer, text or bytes. Resolves when more may be written. */
  print(answer: string | Uint8Array): Promise<void>;
  /** Writes what is not the answer: notes, errors, progress. */
  note(text: string): void;
  /** Asks a question on the terminal; undefined where input ended without an answer. */
  ask(question: string): Promise<string | undefined>;
  /** Epoch milliseconds. */
  now(): number;
}

/** The terminal of this process. A reader that goes away (`trackio export | head`) ends it quietly. */
export function openTerminal(): Terminal {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    env: process.env,
    width: process.stdout.isTTY ? process.stdout.columns : undefined,
    canAsk: Boolean(process.stdin.isTTY && process.stderr.isTTY),
    canDraw: Boolean(process.stderr.isTTY),
    print: async (answer) => {
      if (!process.stdout.write(answer)) await once(process.stdout, "drain");
    },
    note: (text) => {
      process.stderr.write(text);
    },
    ask,
    now: Date.now,
  };
}

/** The terminal's own line editing is enough, and leaves Ctrl-C what it is everywhere. Nothing more is read afterwards. */
async function ask(question: string): Promise<string | undefined> {
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    for await (const line of lines) return line;
    process.stderr.write("\n");
    return undefined;
  } finally {
    // A terminal that is still being read would keep the process alive.
    process.stdin.destroy();
  }
}
