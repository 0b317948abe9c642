/** Which records of a batch are new: of those with the same id only the first is. */

import type { Json } from "../../protocol/json.ts";
import type { Column, RecordBlock } from "../store.ts";
import type { Database } from "./database.ts";
import type { PackGuides } from "./id-packs.ts";
import { takeIds } from "./record-ids.ts";

/** The blocks without the records whose ids the lane has, which are counted; the ids of the others are its own from now on. */
export function newRecords(
  db: Database,
  guides: PackGuides,
  lane: number,
  blocks: readonly RecordBlock[],
): { readonly blocks: readonly RecordBlock[]; readonly repeatedRecords: number } {
  const named = blocks.filter((block) => block.ids !== undefined);
  if (named.length === 0) return { blocks, repeatedRecords: 0 };
  const ids = named.flatMap((block) => block.ids ?? []);
  const records = named.length === 1 ? named[0]!.records : joined(named);
  const repeated = takeIds(db, guides, lane, ids, records);
  const repeatedRecords = repeated.reduce((sum, mark) => sum + mark, 0);
  if (repeatedRecords === 0) return { blocks, repeatedRecords };
  let from = 0;
  const kept = blocks.map((block) => {
    if (block.ids === undefined) return block;
    const marks = repeated.subarray(from, from + block.count);
    from += block.count;
    return marks.includes(1) ? withoutMarked(block, marks) : block;
  });
  return { blocks: kept, repeatedRecords };
}

function joined(blocks: readonly RecordBlock[]): Float64Array {
  const records = new Float64Array(blocks.reduce((sum, { count }) => sum + count, 0));
  let from = 0;
  for (const block of blocks) {
    records.set(block.records, from);
    from += block.count;
  }
  return records;
}

function withoutMarked(block: RecordBlock, marks: Uint8Array): RecordBlock {
  const isKept = (_: unknown, row: number) => marks[row] === 0;
  const kept = (column: Column): Column =>
    column.kind === "numbers"
      ? { kind: "numbers", values: column.values.filter(isKept) }
      : { kind: "values", values: column.values.filter(isKept) as readonly Json[] };
  const records = block.records.filter(isKept);
  return {
    keys: block.keys,
    count: records.length,
    records,
    steps: kept(block.steps),
    times: block.times.filter(isKept),
    columns: block.columns.map(kept),
  };
}
