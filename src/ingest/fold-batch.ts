/** What a piece of a journal says to the store. */

import type { JournalEntry, JournalPiece, JournalRecord } from "../journal/journal-reader.ts";
import type { JournalFile } from "../journal/list-journals.ts";
import type { Config, RunEnd } from "../protocol/run.ts";
import type { FoldBatch } from "../store/store.ts";
import type { JournalOrigin } from "./journal-origin.ts";
import { buildBlocks, stepOf } from "./record-blocks.ts";

/** How much later than its file's last change a line may say it was written: clocks are coarse. */
const CLOCK_SLACK_MS = 1_000;

/**
 * The batch of `piece`.
 * @param runEndedAt When the run ended, as the store knows it; what was written later makes it run again.
 */
export function createFoldBatch(
  file: JournalFile,
  origin: JournalOrigin,
  piece: JournalPiece,
  runEndedAt: number | undefined,
): FoldBatch {
  const facts = new Facts(runEndedAt);
  for (const entry of piece.entries) facts.add(entry);
  const { config, summary, end } = facts;
  return {
    source: file.source,
    from: piece.from,
    to: piece.to,
    run: origin.run,
    writer: origin.writer,
    blocks: buildBlocks(facts.records),
    ...(config === undefined ? {} : { config }),
    ...(summary === undefined ? {} : { summary }),
    ...(end === undefined ? {} : { end }),
    // A script may give its records any time; what was seen was written by then.
    seenAt: Math.min(facts.newestMs ?? origin.run.createdAt, file.modifiedMs + CLOCK_SLACK_MS),
    damagedLines: piece.damagedLines + facts.damagedLines,
  };
}

class Facts {
  readonly records: JournalRecord[] = [];
  config: Config | undefined;
  summary: Config | undefined;
  end: RunEnd | "running" | undefined;
  newestMs: number | undefined;
  damagedLines = 0;
  readonly #runEndedAt: number | undefined;

  constructor(runEndedAt: number | undefined) {
    this.#runEndedAt = runEndedAt;
  }

  add(entry: JournalEntry): void {
    if (entry.kind === "record") this.#addRecord(entry);
    else this.#addFacts(entry);
  }

  #addRecord(record: JournalRecord): void {
    const step = stepOf(record);
    const time = record.line[2];
    // JSON reads 1e999 as Infinity, which is neither a step nor a time.
    if (!Number.isFinite(time) || (typeof step === "number" && !Number.isFinite(step))) {
      this.damagedLines += 1;
      return;
    }
    this.records.push(record);
    this.#noteLife(time);
  }

  #addFacts(entry: Exclude<JournalEntry, JournalRecord>): void {
    const { time } = entry.kind === "header" ? entry.header : entry.event;
    this.#noteLife(time);
    const { config } = entry.kind === "header" ? entry.header : entry.event;
    if (config !== undefined) this.config = config;
    if (entry.kind === "header") return;
    const { summary, end } = entry.event;
    if (summary !== undefined) this.summary = { ...this.summary, ...summary };
    if (end !== undefined) this.end = end;
  }

  /** After an end of this journal whatever follows is life; after another's, what is newer. */
  #noteLife(timeMs: number): void {
    if (timeMs > (this.newestMs ?? Number.NEGATIVE_INFINITY)) this.newestMs = timeMs;
    if (this.end !== undefined) this.end = "running";
    else if (this.#runEndedAt !== undefined && timeMs > this.#runEndedAt) this.end = "running";
  }
}
