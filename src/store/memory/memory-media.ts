import type { RunId } from "../../protocol/ids.ts";
import { seriesKey } from "../../protocol/journal-line.ts";
import {
  type BlobHash,
  blobsOf,
  type MediaKind,
  type MediaRef,
  mediaIn,
  type TableFields,
  type TablePart,
} from "../../protocol/media.ts";
import { decodeValue } from "../../protocol/values.ts";
import { mediaStep } from "../media-in-records.ts";
import type { LoggedTable, MediaItem, MediaSummary } from "../media-reads.ts";
import type { MemoryRecord } from "./memory-record.ts";

/** A picture, video, sound or table, and where a record names it. */
export interface MemoryMedia {
  readonly key: string;
  readonly step: number;
  readonly time: number;
  readonly writer: number;
  readonly record: number;
  /** Among the media of its record. */
  readonly place: number;
  readonly media: MediaRef;
}

/** Media of all kinds under all keys of a record, in the order of its keys. */
export function mediaOfRecord(record: MemoryRecord): MemoryMedia[] {
  const { time, writer } = record;
  const found = record.keys.flatMap((path, column) =>
    mediaIn(decodeValue(record.values[column] ?? null)).map((media) => ({
      key: seriesKey(path),
      media,
    })),
  );
  return found.map(({ key, media }, place) => ({
    key,
    step: mediaStep(record.step),
    time,
    writer,
    record: record.record,
    place,
    media,
  }));
}

/** Those of one kind under one key, by step, writer, record and place. */
export function mediaUnder(
  all: readonly MemoryMedia[],
  key: string,
  kind: MediaKind,
): readonly MemoryMedia[] {
  return all
    .filter((item) => item.key === key && item.media.kind === kind)
    .toSorted((a, b) => a.step - b.step || compareWritten(a, b));
}

export function mediaSummary(run: RunId, items: readonly MemoryMedia[]): MediaSummary {
  const { key, media } = items[0]!;
  const perStep = Map.groupBy(items, ({ step }) => step);
  return {
    run,
    key,
    kind: media.kind,
    itemCount: items.length,
    stepCount: perStep.size,
    mostAtOnce: Math.max(...Array.from(perStep.values(), (some) => some.length)),
    firstStep: Math.min(...perStep.keys()),
    lastStep: Math.max(...perStep.keys()),
    lastTime: Math.max(...items.map(({ time }) => time)),
  };
}

/** Items as a page has them, newest step first. */
export function newestFirst(run: RunId, items: readonly MemoryMedia[]): MediaItem[] {
  const perStep = Map.groupBy(items, ({ step }) => step);
  return Array.from(perStep.values())
    .toReversed()
    .flatMap((some) =>
      some.map(({ key, step, time, media }, index) => ({ run, key, step, time, index, media })),
    );
}

/** `item`, a table, with the parts that records written before it name. */
export function wholeTable(
  run: RunId,
  all: readonly MemoryMedia[],
  item: MemoryMedia,
): LoggedTable {
  const fields = item.media.fields as TableFields;
  let earlier: TablePart[] = [];
  for (const other of all.toSorted(compareWritten)) {
    if (compareWritten(other, item) >= 0) break;
    if (other.media.kind !== "table") continue;
    const { table, before, parts } = other.media.fields as TableFields;
    if (table === fields.table) earlier = before === 0 ? [...parts] : [...earlier, ...parts];
  }
  if (fields.before === 0) earlier = [];
  const earlierRows = earlier.reduce((sum, { rows }) => sum + rows, 0);
  return {
    run,
    step: item.step,
    time: item.time,
    columns: fields.columns,
    parts: [...earlier, ...fields.parts],
    ...(fields.caption !== undefined && { caption: fields.caption }),
    missingRows: Math.max(0, fields.before - earlierRows),
  };
}

export function blobsUsed(all: readonly MemoryMedia[]): ReadonlySet<BlobHash> {
  return new Set(all.flatMap(({ media }) => blobsOf(media)));
}

/** By the order in which records were written, writer after writer. */
function compareWritten(a: MemoryMedia, b: MemoryMedia): number {
  return a.writer - b.writer || a.record - b.record || a.place - b.place;
}
