/** What a piece of a journal says to the store. */

import {
  FIRST_VALUE,
  type JournalEntry,
  type JournalPiece,
  type JournalRecord,
} from "../journal/journal-reader.ts";
import type { JournalFile } from "../journal/list-journals.ts";
import type { EventLine, HeaderLine } from "../protocol/journal-line.ts";
import type { Json } from "../protocol/json.ts";
import { readSavedFile } from "../protocol/media.ts";
import type { Alert, Config, RunEnd, Trace } from "../protocol/run.ts";
import { decodeNumber } from "../protocol/values.ts";
import type { FoldBatch } from "../store/store.ts";
import { isDecodable, isRunName, readAlert, readTrace } from "./event-facts.ts";
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
  const { config, summary, end, name } = facts;
  return {
    source: file.source,
    from: piece.from,
    to: piece.to,
    run: origin.run,
    writer: origin.writer,
    ...(origin.lane === undefined ? {} : { lane: origin.lane }),
    blocks: buildBlocks(facts.records),
    ...(config === undefined ? {} : { config }),
    ...(summary === undefined ? {} : { summary }),
    ...(end === undefined ? {} : { end }),
    ...(facts.files.length === 0 ? {} : { files: facts.files }),
    ...(facts.alerts.length === 0 ? {} : { alerts: facts.alerts }),
    ...(facts.traces.length === 0 ? {} : { traces: facts.traces }),
    ...(name === undefined ? {} : { name }),
    ...(facts.isClosed ? { closed: true } : {}),
    seenAt: seenAt(file, origin, facts),
    damagedLines: piece.damagedLines + facts.damagedLines,
  };
}

/**
 * When the newest line was written. A script may give its records any time; what was seen was written by then. What a
 * Trackio client sends late has the time at which it was logged, and shows all the same that the client is there.
 */
function seenAt(file: JournalFile, { run }: JournalOrigin, facts: Facts): number {
  if (run.client === "trackio") return facts.hasLife ? file.modifiedMs : run.createdAt;
  return Math.min(facts.newestMs ?? run.createdAt, file.modifiedMs + CLOCK_SLACK_MS);
}

class Facts {
  readonly records: JournalRecord[] = [];
  readonly files: NonNullable<FoldBatch["files"]>[number][] = [];
  readonly alerts: Alert[] = [];
  readonly traces: Trace[] = [];
  config: Config | undefined;
  summary: Config | undefined;
  end: RunEnd | "running" | undefined;
  name: string | undefined;
  isClosed = false;
  newestMs: number | undefined;
  /** Whether something came of the run itself. */
  hasLife = false;
  damagedLines = 0;
  readonly #runEndedAt: number | undefined;

  constructor(runEndedAt: number | undefined) {
    this.#runEndedAt = runEndedAt;
  }

  add(entry: JournalEntry): void {
    if (entry.kind === "record") this.#addRecord(entry);
    else if (entry.kind === "header") this.#addHeader(entry.header);
    else this.#addEvent(entry.event);
  }

  #addRecord(record: JournalRecord): void {
    const time = record.line[2];
    // JSON reads 1e999 as Infinity, which is neither a step nor a time; nor is an integer that is beyond all floats a step.
    const isInTime =
      Number.isFinite(time) && Number.isFinite(Number(decodeNumber(stepOf(record)) ?? 0));
    if (!isInTime || !isReadable(record.line as readonly Json[])) {
      this.damagedLines += 1;
      return;
    }
    this.records.push(record);
    this.#noteLife(time);
  }

  #addHeader({ time, config, resumed }: HeaderLine): void {
    this.#noteTime(time);
    // Else it may have been begun only to say something of the run, such as another name; what follows tells.
    if (config !== undefined || resumed !== undefined) this.#noteLife(time);
    if (!isReadableConfig(config)) this.damagedLines += 1;
    else if (config !== undefined) this.config = config;
  }

  #addEvent(event: EventLine): void {
    const { time, config, summary, end, file, alert, trace, name, closed } = event;
    // What is said of a run is no life of it.
    if (name === undefined && closed === undefined) this.#noteLife(time);
    const saved = file === undefined ? undefined : readSavedFile(file);
    const told = alert === undefined ? undefined : readAlert(alert, time);
    const traced = trace === undefined ? undefined : readTrace(trace, time);
    const isReadable =
      isReadableConfig(config) &&
      isReadableConfig(summary) &&
      isEnd(end) &&
      (file === undefined || (saved !== undefined && Number.isFinite(time))) &&
      (alert === undefined || told !== undefined) &&
      (trace === undefined || traced !== undefined) &&
      (name === undefined || isRunName(name)) &&
      (closed === undefined || closed === true);
    if (!isReadable) {
      this.damagedLines += 1;
      return;
    }
    if (config !== undefined) this.config = config;
    if (summary !== undefined) this.summary = { ...this.summary, ...summary };
    if (end !== undefined) this.end = end;
    if (saved !== undefined) this.files.push({ ...saved, time });
    if (told !== undefined) this.alerts.push(told);
    if (traced !== undefined) this.traces.push(traced);
    if (name !== undefined) this.name = name;
    if (closed) this.isClosed = true;
  }

  /** After an end of this journal whatever follows is life; after another's, what is newer. */
  #noteLife(timeMs: number): void {
    this.hasLife = true;
    this.#noteTime(timeMs);
    if (this.end !== undefined) this.end = "running";
    else if (this.#runEndedAt !== undefined && timeMs > this.#runEndedAt) this.end = "running";
  }

  #noteTime(timeMs: number): void {
    if (timeMs > (this.newestMs ?? Number.NEGATIVE_INFINITY)) this.newestMs = timeMs;
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
