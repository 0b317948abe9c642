/** What a piece of a journal says to the store. */

import type { JournalEntry, JournalPiece, JournalRecord } from "../journal/journal-reader.ts";
import type { JournalFile } from "../journal/list-journals.ts";
import { readSavedFile } from "../protocol/media.ts";
import type { Config, RunEnd } from "../protocol/run.ts";
import { decodeValue, type Json } from "../protocol/values.ts";
import type { FoldBatch } from "../store/store.ts";
import type { JournalOrigin } from "./journal-origin.ts";
import { buildBlocks, FIRST_VALUE, stepOf } from "./record-blocks.ts";

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
    ...(facts.files.length === 0 ? {} : { files: facts.files }),
    // A script may give its records any time; what was seen was written by then.
    seenAt: Math.min(facts.newestMs ?? origin.run.createdAt, file.modifiedMs + CLOCK_SLACK_MS),
    damagedLines: piece.damagedLines + facts.damagedLines,
  };
}

class Facts {
  readonly records: JournalRecord[] = [];
  readonly files: NonNullable<FoldBatch["files"]>[number][] = [];
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
    const isInTime = Number.isFinite(time) && (typeof step !== "number" || Number.isFinite(step));
    if (!isInTime || !isReadable(record.line as readonly Json[])) {
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
    const { summary, end, file } = entry.kind === "header" ? {} : entry.event;
    const saved = file === undefined ? undefined : readSavedFile(file);
    const isReadable =
      isReadableConfig(config) &&
      isReadableConfig(summary) &&
      isEnd(end) &&
      (file === undefined || (saved !== undefined && Number.isFinite(time)));
    if (!isReadable) {
      this.damagedLines += 1;
      return;
    }
    if (config !== undefined) this.config = config;
    if (summary !== undefined) this.summary = { ...this.summary, ...summary };
    if (end !== undefined) this.end = end;
    if (saved !== undefined) this.files.push({ ...saved, time });
  }

  /** After an end of this journal whatever follows is life; after another's, what is newer. */
  #noteLife(timeMs: number): void {
    if (timeMs > (this.newestMs ?? Number.NEGATIVE_INFINITY)) this.newestMs = timeMs;
    if (this.end !== undefined) this.end = "running";
    else if (this.#runEndedAt !== undefined && timeMs > this.#runEndedAt) this.end = "running";
  }
}

/** Whether every value is of a form that can be given back: a row with one that cannot could never be read. */
function isReadable(line: readonly Json[]): boolean {
  for (let i = FIRST_VALUE; i < line.length; i++) {
    const value = line[i];
    if (typeof value === "object" && value !== null && !isDecodable(value)) return false;
  }
  return true;
}

function isReadableConfig(config: Config | undefined): boolean {
  if (config === undefined) return true;
  const isObject = typeof config === "object" && config !== null && !Array.isArray(config);
  return isObject && Object.values(config).every(isDecodable);
}

function isEnd(end: RunEnd | undefined): boolean {
  return end === undefined || end?.state === "finished" || end?.state === "failed";
}

function isDecodable(value: Json): boolean {
  try {
    decodeValue(value);
    return true;
  } catch {
    // A form that this version does not know: its line is counted as damaged.
    return false;
  }
}
