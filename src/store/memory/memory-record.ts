import type { KeyPath } from "../../protocol/journal-line.ts";
import type { Json } from "../../protocol/json.ts";
import { decodeValue } from "../../protocol/values.ts";
import { columnJson } from "../record-values.ts";
import type { RecordBlock } from "../store.ts";

/** What one call of `log()` is in a `MemoryStore`. */
export interface MemoryRecord {
  readonly step: number | bigint;
  readonly time: number;
  readonly writer: number;
  readonly record: number;
  readonly keys: readonly KeyPath[];
  readonly values: readonly Json[];
}

/** The records of blocks that the writer of this place in its lane wrote. */
export function* recordsOf(
  blocks: readonly RecordBlock[],
  writer: number,
): Generator<MemoryRecord> {
  for (const { keys, count, records, steps, times, columns } of blocks) {
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

/** By the order in which they were written, writer after writer. */
export function compareWritten(a: MemoryRecord, b: MemoryRecord): number {
  return a.writer - b.writer || a.record - b.record;
}
