/**
 * The lines of a page's journal, in the form of all journals. A line whose
 * picture is still being read waits for it, and those behind it wait with it:
 * lines stand in the order of their calls.
 */

import type { KeySet, RecordFields } from "../../journal/journal-writer.ts";
import {
  type EventLine,
  type HeaderLine,
  JOURNAL_VERSION,
  type KeyPath,
} from "../../protocol/journal-line.ts";

interface Waiting {
  /** Undefined once there is nothing to wait for. */
  awaited: Promise<unknown> | undefined;
  text(): string;
}

export class LineWriter {
  readonly #sets = new Map<string, KeySet>();
  readonly #onText: (text: string) => void;
  #nextSet = 0;
  #waiting: Waiting[] = [];

  /** @param onText Takes whole lines, in order. */
  constructor(onText: (text: string) => void) {
    this.#onText = onText;
  }

  /** Settles when no line waits any more. */
  async settled(): Promise<void> {
    while (this.#waiting[0] !== undefined) await this.#waiting[0].awaited;
  }

  begin(header: Omit<HeaderLine, "trackio">): void {
    this.#onText(`${JSON.stringify({ trackio: JOURNAL_VERSION, ...header })}\n`);
  }

  /** The key set of these keys in this order; the same object for the same keys. */
  keySet(keys: readonly KeyPath[]): KeySet {
    const name = JSON.stringify(keys);
    let set = this.#sets.get(name);
    if (set === undefined) {
      set = { keys, ids: false, number: undefined };
      this.#sets.set(name, set);
    }
    return set;
  }

  /** @param awaited What the record's values wait for; never rejected. */
  append(set: KeySet, record: RecordFields, awaited?: Promise<unknown>): void {
    let first = "";
    if (set.number === undefined) {
      set.number = this.#nextSet++;
      first = `${JSON.stringify({ set: set.number, keys: set.keys })}\n`;
    }
    record[0] = set.number;
    if (awaited === undefined) {
      this.#add(`${first}${JSON.stringify(record)}\n`);
      return;
    }
    // The next call fills the same fields.
    const fields = [...record];
    this.#wait({ awaited, text: () => `${first}${JSON.stringify(fields)}\n` });
  }

  appendEvent(event: EventLine): void {
    this.#add(`${JSON.stringify(event)}\n`);
  }

  #add(text: string): void {
    if (this.#waiting.length === 0) this.#onText(text);
    else this.#waiting.push({ awaited: undefined, text: () => text });
  }

  #wait(line: Waiting): void {
    this.#waiting.push(line);
    line.awaited?.then(() => {
      line.awaited = undefined;
      while (this.#waiting[0] !== undefined && this.#waiting[0].awaited === undefined) {
        this.#onText((this.#waiting.shift() as Waiting).text());
      }
    });
  }
}
