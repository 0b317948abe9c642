/** Appends records and events by one write, as a server does that takes them by the batch. */

import type { EventLine } from "../../protocol/journal-line.ts";
import type { JournalWriter, KeySet, RecordFields } from "../journal-writer.ts";

/** A line of a batch. */
export type BatchLine =
  | { readonly set: KeySet; readonly record: RecordFields }
  | { readonly event: EventLine };

export function appendBatch(journal: JournalWriter, lines: readonly BatchLine[]): void {
  const named: KeySet[] = [];
  let text = "";
  for (const line of lines) {
    if ("event" in line) text += `${JSON.stringify(line.event)}\n`;
    else {
      const { set, record } = line;
      if (set.number === undefined) {
        text += journal.nameSet(set);
        named.push(set);
      }
      text += `${JSON.stringify([set.number, ...record.slice(1)])}\n`;
    }
  }
  if (text !== "") journal.appendLines(text, named);
}
