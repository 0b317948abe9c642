import { type KeyPath, seriesKey } from "../../protocol/journal-line.ts";
import type { Config, RunEnd, RunIdentity, RunState, Writer } from "../../protocol/run.ts";
import { decodeNumber, decodeValue, type Json } from "../../protocol/values.ts";
import { columnJson } from "../record-values.ts";
import type { FoldBatch, MediaSummary, MetricSummary, RunInfo } from "../store.ts";
import { type MemoryMedia, mediaOfRecord, mediaSummary, mediaUnder } from "./memory-media.ts";

export interface MemoryRecord {
  readonly step: number | bigint;
  readonly time: number;
  readonly writer: number;
  readonly record: number;
  readonly keys: readonly KeyPath[];
  readonly values: readonly Json[];
}

export interface MemoryPoint {
  readonly step: number | bigint;
  readonly time: number;
  readonly value: number | bigint;
}

interface MemoryWriter extends Writer {
  readonly source: string;
  seenAt: number;
  ended: boolean;
}

/** A run of a `MemoryStore`: its facts and its records. */
export class MemoryRun {
  readonly identity: RunIdentity;
  state: RunState = "running";
  updatedAt: number;
  #end: RunEnd | undefined;
  #endedAt: number | undefined;
  #config: Config = {};
  #summary: Config = {};
  #damagedLines = 0;
  readonly #writers: MemoryWriter[] = [];
  readonly #records: MemoryRecord[] = [];
  /** In the order in which they were first logged. */
  readonly #keys = new Set<string>();
  /** By key and kind, in the order in which they were first logged. */
  readonly #mediaKeys = new Map<string, Pick<MediaSummary, "key" | "kind">>();
  #isOrdered = true;

  constructor(identity: RunIdentity, seenAt: number) {
    this.identity = identity;
    this.updatedAt = seenAt;
  }

  /** Adds what the batch says; tells what is new. */
  take(batch: FoldBatch): {
    readonly from?: { readonly step: number; readonly time: number };
    readonly newKeys: boolean;
    readonly media?: boolean;
  } {
    const writer = this.#writerOf(batch);
    const keyCount = this.#keys.size + this.#mediaKeys.size;
    let hasMedia = (batch.files?.length ?? 0) > 0;
    let [step, time] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const record of recordsOf(batch, writer)) {
      this.#records.push(record);
      step = Math.min(step, Number(record.step));
      time = Math.min(time, record.time);
      record.keys.forEach((path, column) => {
        if (decodeNumber(record.values[column] ?? null) !== undefined) {
          this.#keys.add(seriesKey(path));
        }
      });
      for (const { key, media } of mediaOfRecord(record)) {
        const name = JSON.stringify([key, media.kind]);
        if (!this.#mediaKeys.has(name)) this.#mediaKeys.set(name, { key, kind: media.kind });
        hasMedia = true;
      }
    }
    this.#isOrdered = false;
    this.#takeFacts(batch, writer);
    return {
      ...(step < Number.POSITIVE_INFINITY && { from: { step, time } }),
      newKeys: this.#keys.size + this.#mediaKeys.size > keyCount,
      ...(hasMedia && { media: true }),
    };
  }

  info(): RunInfo {
    const lastStep = this.ordered().at(-1)?.step;
    return {
      ...this.identity,
      state: this.state,
      ...(this.#end && { end: this.#end }),
      ...(this.#endedAt !== undefined && { endedAt: this.#endedAt }),
      updatedAt: this.updatedAt,
      recordCount: this.#records.length,
      ...(lastStep !== undefined && { lastStep: Number(lastStep) }),
      damagedLines: this.#damagedLines,
      config: this.#config,
      summary: this.#summary,
      writers:
        this.state === "running"
          ? this.#writers.filter((w) => !w.ended).map(({ ended: _, ...writer }) => writer)
          : [],
    };
  }

  /** Of all its writers. */
  sources(): readonly string[] {
    return this.#writers.map(({ source }) => source);
  }

  /** All records by (step, writer, record). */
  ordered(): readonly MemoryRecord[] {
    if (!this.#isOrdered) {
      this.#records.sort(
        (a, b) => compare(a.step, b.step) || a.writer - b.writer || a.record - b.record,
      );
      this.#isOrdered = true;
    }
    return this.#records;
  }

  /** All points of a series in the order of records. */
  points(key: string): readonly MemoryPoint[] {
    return this.ordered().flatMap(({ step, time, keys, values }) =>
      keys.flatMap((path, column) => {
        const value = seriesKey(path) === key ? decodeNumber(values[column] ?? null) : undefined;
        return value === undefined ? [] : [{ step, time, value }];
      }),
    );
  }

  summaries(): readonly MetricSummary[] {
    return Array.from(this.#keys, (key) => this.#summaryOf(key));
  }

  /** All pictures, videos, sounds and tables. */
  media(): readonly MemoryMedia[] {
    return this.#records.flatMap(mediaOfRecord);
  }

  mediaSummaries(): readonly MediaSummary[] {
    const all = this.media();
    return Array.from(this.#mediaKeys.values(), ({ key, kind }) =>
      mediaSummary(this.identity.id, mediaUnder(all, key, kind)),
    );
  }

  sizeBytes(): number {
    return this.#records.reduce((sum, { values }) => sum + 32 + JSON.stringify(values).length, 0);
  }

  #summaryOf(key: string): MetricSummary {
    const points = this.points(key);
    const values = points.map((point) => Number(point.value));
    const finite = values.filter(Number.isFinite);
    const last = points.at(-1);
    return {
      run: this.identity.id,
      key,
      count: values.length,
      min: finite.reduce((a, b) => Math.min(a, b), finite[0] ?? Number.NaN),
      max: finite.reduce((a, b) => Math.max(a, b), finite[0] ?? Number.NaN),
      mean: finite.reduce((a, b) => a + b, 0) / finite.length,
      last: Number(last?.value),
      lastStep: Number(last?.step),
      nanCount: values.filter(Number.isNaN).length,
      posInfCount: values.filter((value) => value === Number.POSITIVE_INFINITY).length,
      negInfCount: values.filter((value) => value === Number.NEGATIVE_INFINITY).length,
    };
  }

  /** Number of the batch's writer in the run. */
  #writerOf(batch: FoldBatch): number {
    const known = this.#writers.findIndex((writer) => writer.source === batch.source);
    if (known >= 0) return known;
    this.#writers.push({ ...batch.writer, source: batch.source, seenAt: 0, ended: false });
    return this.#writers.length - 1;
  }

  #takeFacts(batch: FoldBatch, ordinal: number): void {
    const writer = this.#writers[ordinal]!;
    writer.seenAt = Math.max(writer.seenAt, batch.seenAt);
    this.updatedAt = Math.max(this.updatedAt, batch.seenAt);
    this.#damagedLines += batch.damagedLines;
    if (batch.config) this.#config = batch.config;
    if (batch.summary) this.#summary = { ...this.#summary, ...batch.summary };
    if (batch.end === undefined) return;
    const end = batch.end === "running" ? undefined : batch.end;
    writer.ended = end !== undefined;
    this.state = end?.state ?? "running";
    this.#end = end;
    this.#endedAt = end && batch.seenAt;
  }
}

function* recordsOf(batch: FoldBatch, writer: number): Generator<MemoryRecord> {
  for (const { keys, count, records, steps, times, columns } of batch.blocks) {
    for (let row = 0; row < count; row++) {
      yield {
        step:
          steps.kind === "numbers"
            ? (steps.values[row] as number)
            : (decodeValue(steps.values[row]!) as number | bigint),
        time: times[row]!,
        writer,
        record: records[row]!,
        keys,
        values: columns.map((column) => columnJson(column, row)),
      };
    }
  }
}

function compare(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
