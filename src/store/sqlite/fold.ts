/**
 * Folding a batch: one transaction in which the offset, the facts of the run,
 * the summaries of its series and its records move together. Records wait in
 * the tail of their key set and writer until they fill a chunk; they go into a
 * segment that ends where they begin. What is out of order waits until there
 * is enough of it to be worth sorting.
 */

import { seriesKey } from "../../protocol/journal-line.ts";
import { decodeNumber } from "../../protocol/values.ts";
import { checkBatch } from "../check-batch.ts";
import type { FoldBatch, FoldOutcome, RecordBlock } from "../store.ts";
import { tellSteps } from "../tell-steps.ts";
import { takeFile } from "./blob-references.ts";
import { isDeleted, readOffset, writeOffset } from "./catalogue.ts";
import type { Database } from "./database.ts";
import { takeAlerts, takeTraces } from "./events.ts";
import type { PackGuides } from "./id-packs.ts";
import { ensureKeySet, ensureSeries, type KeySet, linkSeries, seriesOfKeySet } from "./key-sets.ts";
import { keepLongValues } from "./long-values.ts";
import { takeMedia } from "./media-fold.ts";
import { newRecords } from "./new-records.ts";
import { columnNumbers, type Records, stepAt } from "./records.ts";
import { ensureRun, ensureWriter, lastStepOf, writeFacts } from "./run-facts.ts";
import {
  addColumn,
  blockOrder,
  emptyStats,
  encodeStats,
  readStats,
  writeStats,
} from "./series-stats.ts";
import { takeRecords } from "./waiting-records.ts";

/** Folds a batch; all or nothing. */
export function foldBatch(db: Database, guides: PackGuides, batch: FoldBatch): FoldOutcome {
  return db.write(() => {
    if (isDeleted(db, batch.run.projectKey, batch.run.id)) return { outcome: "deleted" };
    const offset = readOffset(db, batch.source);
    if (batch.from !== offset) return { outcome: "moved", offset };
    checkBatch(batch);
    const rows = ensureRun(db, batch);
    const { run, lane } = rows;
    const writer = ensureWriter(db, lane, batch);
    const { blocks: untold, repeatedRecords } = newRecords(db, guides, lane, batch.blocks);
    const blocks = tellSteps(untold, () => lastStepOf(db, lane));
    const taken = takeBlocks(db, lane, writer, blocks);
    const media = takeMedia(db, lane, writer, blocks);
    for (const file of batch.files ?? []) takeFile(db, run, file);
    takeAlerts(db, run, batch.alerts ?? []);
    takeTraces(db, run, batch.traces ?? []);
    writeFacts(db, rows, writer, batch, taken);
    writeOffset(db, batch.source, batch.to);
    const { step, time } = taken;
    const hasMedia = media.hasMedia || (batch.files?.length ?? 0) > 0;
    return {
      outcome: "folded",
      ...(taken.count > 0 && { from: { step, time } }),
      newKeys: taken.newKeys || media.newKeys,
      ...(hasMedia && { media: true }),
      ...(repeatedRecords > 0 && { repeatedRecords }),
    };
  });
}

interface Taken {
  count: number;
  newKeys: boolean;
  /** Lowest step and time. */
  step: number;
  time: number;
  lastStep: number | bigint | undefined;
}

/** The new records of a key set. */
interface Piece {
  readonly keySet: KeySet;
  readonly records: Records;
}

function takeBlocks(
  db: Database,
  run: number,
  writer: number,
  blocks: readonly RecordBlock[],
): Taken {
  const [step, time] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  // However a journal is cut into batches: what was written first comes first.
  const pieces = blocks
    .filter((block) => block.count > 0)
    .sort((a, b) => a.records[0]! - b.records[0]!)
    .map((block) => ({
      keySet: ensureKeySet(db, run, block.keys),
      records: recordsOf(block, writer),
    }));
  const newKeys = makeSeries(db, run, pieces);
  const taken: Taken = { count: 0, newKeys, step, time, lastStep: undefined };
  for (const { keySet, records } of pieces) {
    const steps = columnNumbers(records.steps);
    const order = blockOrder(records, steps);
    for (const { series, number } of seriesOfKeySet(db, keySet.id)) {
      const stats = readStats(db, series);
      addColumn(stats, records, steps, records.columns[number]!, order);
      writeStats(db, series, stats);
    }
    takeRecords(db, keySet.id, writer, keepLongValues(db, keySet.id, records));
    taken.count += records.count;
    taken.step = Math.min(taken.step, order.minStep);
    taken.time = Math.min(taken.time, order.minTime);
    const last = stepAt(records.steps, order.lastRow);
    if (taken.lastStep === undefined || last > taken.lastStep) taken.lastStep = last;
  }
  return taken;
}

function recordsOf(block: RecordBlock, writer: number): Records {
  const { count, steps, times, records, columns } = block;
  return { count, steps, times, records, writers: new Float64Array(count).fill(writer), columns };
}

/** Links the columns that have their first number to their series, in the order of those numbers. True where a series is new. */
function makeSeries(db: Database, run: number, pieces: readonly Piece[]): boolean {
  const firsts = pieces.flatMap(({ keySet, records }) => {
    const known = new Set(seriesOfKeySet(db, keySet.id).map(({ number }) => number));
    if (known.size === keySet.keys.length) return [];
    return keySet.keys.flatMap((path, number) => {
      const row = known.has(number) ? -1 : firstNumber(records, number);
      return row < 0 ? [] : [{ keySet, path, number, record: records.records[row]! }];
    });
  });
  firsts.sort((a, b) => a.record - b.record || a.number - b.number);
  let hasNew = false;
  for (const { keySet, path, number } of firsts) {
    const series = ensureSeries(db, run, seriesKey(path), encodeStats(emptyStats()));
    linkSeries(db, series.id, keySet.id, number);
    hasNew ||= series.isNew;
  }
  return hasNew;
}

/** The first record whose value in the column is a number; −1 where there is none. */
function firstNumber(records: Records, number: number): number {
  const column = records.columns[number]!;
  if (column.kind === "numbers") return 0;
  return column.values.findIndex((json) => decodeNumber(json) !== undefined);
}
