/**
 * Records of a journal as columns. This is the inner loop of every fold, so a
 * column is numbers in one array and nothing is made per value; only a column
 * that holds something else than numbers keeps its values as they were written.
 */

import { FIRST_VALUE, type JournalRecord } from "../journal/journal-reader.ts";
import type { KeyPath } from "../protocol/journal-line.ts";
import type { Json } from "../protocol/json.ts";
import { decodeNumber } from "../protocol/values.ts";
import type { Column, RecordBlock } from "../store/store.ts";

/** One block for each key set, in the order of first use; records in the order given. */
export function buildBlocks(records: readonly JournalRecord[]): RecordBlock[] {
  const groups = new Map<readonly KeyPath[], JournalRecord[]>();
  let keys: readonly KeyPath[] | undefined;
  let group: JournalRecord[] = [];
  for (const record of records) {
    if (record.keys !== keys) {
      keys = record.keys;
      group = groups.get(keys) ?? [];
      groups.set(keys, group);
    }
    group.push(record);
  }
  return [...groups].map(([groupKeys, members]) => buildBlock(groupKeys, members));
}

function buildBlock(keys: readonly KeyPath[], records: readonly JournalRecord[]): RecordBlock {
  const count = records.length;
  const numbers = new Float64Array(count);
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const record = records[i]!;
    numbers[i] = record.number;
    times[i] = record.line[2];
  }
  const hasIds = records[0]?.id !== undefined;
  return {
    keys,
    count,
    records: numbers,
    steps: buildColumn(records, stepOf),
    times,
    columns: keys.map((_, column) => {
      const at = column + FIRST_VALUE;
      return buildColumn(records, (record) => record.line[at] as Json);
    }),
    ...(hasIds ? { ids: records.map(({ id }) => id as string) } : {}),
  };
}

function buildColumn(
  records: readonly JournalRecord[],
  read: (record: JournalRecord) => Json,
): Column {
  const count = records.length;
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const value = read(records[i]!);
    const number = decodeNumber(value);
    if (typeof number !== "number") return { kind: "values", values: records.map(read) };
    values[i] = number;
  }
  return { kind: "numbers", values };
}

/** The step of a record, without the highest so far that may stand beside it; null where the store is to tell it. */
export function stepOf(record: JournalRecord): Json {
  const step = record.line[1];
  return Array.isArray(step) ? (step[0] as Json) : (step as Json);
}
