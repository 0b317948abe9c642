import type { KeyPath } from "../../protocol/journal-line.ts";
import { type KeySelection, selectKeys } from "../select-keys.ts";
import type { RecordsQuery, StoredRecord } from "../store.ts";
import type { MemoryLane } from "./memory-lane.ts";

/** The records of a lane that a query asks for. */
export function recordsOf(lane: MemoryLane, query: RecordsQuery): readonly StoredRecord[] {
  const { order = "step", from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
  const selections = new Map<string, KeySelection | undefined>();
  const selectionOf = (keys: readonly KeyPath[]) => {
    const name = JSON.stringify(keys);
    if (!selections.has(name)) selections.set(name, selectKeys(keys, query.keys));
    return selections.get(name);
  };
  const records = order === "step" ? lane.ordered() : lane.orderedByTime();
  return records
    .filter(({ step, time }) => {
      const x = order === "step" ? step : time;
      return x >= from && x <= to;
    })
    .flatMap(({ keys: all, step, time, values }) => {
      const selection = selectionOf(all);
      if (selection === undefined) return [];
      const { keys, columns } = selection;
      return [{ keys, step, time, values: columns.map((column) => values[column] ?? null) }];
    });
}
