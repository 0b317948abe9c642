/** Records of any key sets, collected and given as columns. The inner loop of reading a folder: nothing is made per value. */

import type { KeyPath } from "../../protocol/journal-line.ts";
import type { Json } from "../../protocol/json.ts";
import { decodeNumber } from "../../protocol/values.ts";
import type { Column, RecordBlock } from "../../store/store.ts";

export interface NewRecord {
  readonly keys: readonly KeyPath[];
  /** One for each key, in the form of `encodeValue`. */
  readonly values: readonly Json[];
  readonly step: Json;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Rising from record to record. */
  readonly number: number;
  readonly id: string | undefined;
}

interface Group {
  readonly keys: readonly KeyPath[];
  readonly hasIds: boolean;
  readonly records: NewRecord[];
}

export class BlockBuilder {
  readonly #groups = new Map<string, Group>();
  #last: Group | undefined;

  add(record: NewRecord): void {
    const hasId = record.id !== undefined;
    const last = this.#last;
    if (last === undefined || last.hasIds !== hasId || !isSame(last.keys, record.keys)) {
      this.#last = this.#group(record.keys, hasId);
    }
    this.#last!.records.push(record);
  }

  /** One block for each key set, in the order of first use. */
  blocks(): RecordBlock[] {
    return [...this.#groups.values()].map(buildBlock);
  }

  #group(keys: readonly KeyPath[], hasIds: boolean): Group {
    const name = JSON.stringify([hasIds, keys]);
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { keys, hasIds, records: [] };
      this.#groups.set(name, group);
    }
    return group;
  }
}

/** Whether the keys are surely the same; those that are nested are told by their text. */
function isSame(a: readonly KeyPath[], b: readonly KeyPath[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function buildBlock({ keys, hasIds, records }: Group): RecordBlock {
  const count = records.length;
  const numbers = new Float64Array(count);
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    numbers[i] = records[i]!.number;
    times[i] = records[i]!.time;
  }
  return {
    keys,
    count,
    records: numbers,
    steps: buildColumn(records, (record) => record.step),
    times,
    columns: keys.map((_, key) => buildColumn(records, (record) => record.values[key] as Json)),
    ...(hasIds && { ids: records.map(({ id }) => id as string) }),
  };
}

function buildColumn(records: readonly NewRecord[], read: (record: NewRecord) => Json): Column {
  const values = new Float64Array(records.length);
  for (let i = 0; i < records.length; i++) {
    const value = read(records[i]!);
    const number = typeof value === "number" ? value : decodeNumber(value);
    if (typeof number !== "number") return { kind: "values", values: records.map(read) };
    values[i] = number;
  }
  return { kind: "numbers", values };
}
