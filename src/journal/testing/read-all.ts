/** A whole journal, and all journals of a folder, as what was logged. */

import type { EventLine, HeaderLine, KeyPath } from "../../protocol/journal-line.ts";
import type { Json } from "../../protocol/json.ts";
import { decodeValue, type Value } from "../../protocol/values.ts";
import type { DataFolder } from "../data-folder.ts";
import { createJournalCursor, type JournalCursor, readJournal } from "../journal-reader.ts";
import { listJournals } from "../list-journals.ts";
import { decodeStepField, type Step } from "../step-field.ts";

export interface ReadRecord {
  readonly number: number;
  readonly keys: readonly KeyPath[];
  /** Undefined where the journal says `null`. */
  readonly step: Step | undefined;
  readonly highest: Step | undefined;
  readonly timeMs: number;
  readonly values: readonly Value[];
  readonly id: string | undefined;
}

export interface ReadAll {
  readonly header: HeaderLine | undefined;
  readonly records: readonly ReadRecord[];
  readonly events: readonly EventLine[];
  readonly damagedLines: number;
  readonly tornBytes: number;
}

/** Reads to the end in pieces of about `pieceBytes`. */
export function readAll(
  path: string,
  pieceBytes?: number,
  cursor: JournalCursor = createJournalCursor(),
): ReadAll {
  const records: ReadRecord[] = [];
  const events: EventLine[] = [];
  let damagedLines = 0;
  for (;;) {
    const piece = readJournal(path, cursor, pieceBytes);
    damagedLines += piece.damagedLines;
    for (const entry of piece.entries) {
      if (entry.kind === "event") events.push(entry.event);
      if (entry.kind !== "record") continue;
      const [, step, timeMs, ...values] = entry.line;
      records.push({
        number: entry.number,
        keys: entry.keys,
        ...decodeStepField(step as Json),
        timeMs,
        values: values.slice(0, entry.keys.length).map(decodeValue),
        id: entry.id,
      });
    }
    if (piece.to === piece.from) {
      const { tornBytes } = piece;
      return { header: cursor.header, records, events, damagedLines, tornBytes };
    }
  }
}

/** All journals of a data folder. */
export function readFolder(folder: DataFolder): ReadAll[] {
  return [...listJournals(folder)].map((journal) => readAll(journal.path));
}
