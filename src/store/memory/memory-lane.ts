import { type KeyPath, seriesKey } from "../../protocol/journal-line.ts";
import type { Writer } from "../../protocol/run.ts";
import { decodeNumber } from "../../protocol/values.ts";
import type { MediaSummary } from "../media-reads.ts";
import type { FoldBatch } from "../store.ts";
import { tellSteps } from "../tell-steps.ts";
import { type MemoryMedia, mediaOfRecord } from "./memory-media.ts";
import { compareWritten, type MemoryRecord, recordsOf } from "./memory-record.ts";

export interface MemoryPoint {
  readonly step: number | bigint;
  readonly time: number;
  readonly value: number | bigint;
}

export interface MemoryWriter extends Writer {
  readonly source: string;
  seenAt: number;
  ended: boolean;
}

/** What a batch added to a lane. */
export interface AddedRecords {
  readonly from?: { readonly step: number; readonly time: number };
  readonly newKeys: boolean;
  readonly media: boolean;
  readonly repeatedRecords?: number;
}

/** A lane of a run of a `MemoryStore`: its writers and its records. */
export class MemoryLane {
  readonly writers: MemoryWriter[] = [];
  readonly #records: MemoryRecord[] = [];
  readonly #ids = new Set<string>();
  /** By their JSON, in the order in which they came. */
  readonly #keyPaths = new Map<string, KeyPath>();
  /** In the order in which they were first logged. */
  readonly #seriesKeys = new Set<string>();
  /** By key and kind, in the order in which they were first logged. */
  readonly #mediaKeys = new Map<string, Pick<MediaSummary, "key" | "kind">>();
  #isOrdered = true;

  /** Adds the records of a batch whose ids are new. */
  take(batch: FoldBatch, writer: MemoryWriter): AddedRecords {
    const ordinal = this.writers.indexOf(writer);
    const keyCount = this.#seriesKeys.size + this.#mediaKeys.size;
    const repeated = this.#repeatedRecords(batch);
    let hasMedia = false;
    let [step, time] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    const isNew = (record: number) => !repeated.has(record);
    const blocks = tellSteps(batch.blocks, () => this.lastStep, isNew);
    const records = Array.from(recordsOf(blocks, ordinal)).sort(compareWritten);
    for (const record of records) {
      if (!isNew(record.record)) continue;
      this.#records.push(record);
      step = Math.min(step, Number(record.step));
      time = Math.min(time, record.time);
      hasMedia = this.#noteKeys(record) || hasMedia;
    }
    this.#isOrdered = false;
    return {
      ...(step < Number.POSITIVE_INFINITY && { from: { step, time } }),
      newKeys: this.#seriesKeys.size + this.#mediaKeys.size > keyCount,
      media: hasMedia,
      ...(repeated.size > 0 && { repeatedRecords: repeated.size }),
    };
  }

  /** The batch's writer; made where it is new. */
  writerOf(batch: FoldBatch): MemoryWriter {
    const known = this.writers.find((writer) => writer.source === batch.source);
    if (known) return known;
    const writer = { ...batch.writer, source: batch.source, seenAt: 0, ended: false };
    this.writers.push(writer);
    return writer;
  }

  get recordCount(): number {
    return this.#records.length;
  }

  get lastStep(): number | bigint | undefined {
    return this.ordered().at(-1)?.step;
  }

  /** All records by (step, writer, record). */
  ordered(): readonly MemoryRecord[] {
    if (!this.#isOrdered) {
      this.#records.sort((a, b) => compare(a.step, b.step) || compareWritten(a, b));
      this.#isOrdered = true;
    }
    return this.#records;
  }

  /** All records by (time, writer, record). */
  orderedByTime(): readonly MemoryRecord[] {
    return this.#records.toSorted((a, b) => a.time - b.time || compareWritten(a, b));
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

  /** Keys of series, in the order in which they were first logged. */
  seriesKeys(): readonly string[] {
    return Array.from(this.#seriesKeys);
  }

  keyPaths(): readonly KeyPath[] {
    return Array.from(this.#keyPaths.values());
  }

  mediaKeys(): readonly Pick<MediaSummary, "key" | "kind">[] {
    return Array.from(this.#mediaKeys.values());
  }

  /** All pictures, videos, sounds, tables and files. */
  media(): readonly MemoryMedia[] {
    return this.#records.flatMap(mediaOfRecord);
  }

  sizeBytes(): number {
    return this.#records.reduce((sum, { values }) => sum + 32 + JSON.stringify(values).length, 0);
  }

  /** Numbers of the batch's records whose ids are known, from earlier batches or from records written before them. */
  #repeatedRecords({ blocks }: FoldBatch): ReadonlySet<number> {
    const named = blocks.flatMap(({ ids, records }) =>
      (ids ?? []).map((id, row) => ({ id, record: records[row]! })),
    );
    const repeated = new Set<number>();
    for (const { id, record } of named.sort((a, b) => a.record - b.record)) {
      if (this.#ids.has(id)) repeated.add(record);
      this.#ids.add(id);
    }
    return repeated;
  }

  /** Takes note of what the record has under its keys; true where there are media. */
  #noteKeys(record: MemoryRecord): boolean {
    record.keys.forEach((path, column) => {
      const name = JSON.stringify(path);
      if (!this.#keyPaths.has(name)) this.#keyPaths.set(name, path);
      if (decodeNumber(record.values[column] ?? null) === undefined) return;
      this.#seriesKeys.add(seriesKey(path));
    });
    const media = mediaOfRecord(record);
    for (const { key, media: ref } of media) {
      const name = JSON.stringify([key, ref.kind]);
      if (!this.#mediaKeys.has(name)) this.#mediaKeys.set(name, { key, kind: ref.kind });
    }
    return media.length > 0;
  }
}

function compare(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
