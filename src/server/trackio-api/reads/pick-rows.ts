/**
 * The rows of a run that one answer has room for. The records are gone through
 * twice, first to learn how many of which keys there are: so nothing is held but
 * what is answered, however long the run.
 */

import type { ProjectKey, RunId } from "../../../protocol/ids.ts";
import type { KeyPath } from "../../../protocol/journal-line.ts";
import type { Store, StoredRecord } from "../../../store/store.ts";
import { isScalar } from "./record-text.ts";
import { isKept, shareRows } from "./sample-rows.ts";

export interface RowsWanted {
  readonly project: ProjectKey;
  readonly run: RunId;
  readonly lane?: "system";
  /** Rows that the answer has at most. */
  readonly limit: number;
  readonly scalarsOnly: boolean;
}

/** Which group a record belongs to; undefined where it has no room among others. */
type GroupOf = (record: StoredRecord) => number | undefined;

/** Records by time, all of them or a sample that shows every key. */
export async function* pickRecords(
  store: Store,
  wanted: RowsWanted,
): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  const { project, run, lane, limit } = wanted;
  const size = await store.laneSize(project, run, lane);
  const query = { project, run, order: "time", ...(lane === undefined ? {} : { lane }) } as const;
  if ((size?.recordCount ?? 0) <= limit) return yield* store.readRecords(query);
  const groupOf = wanted.scalarsOnly ? groupByScalars() : groupByKeys();
  const sizes: number[] = [];
  for await (const page of store.readRecords(query)) {
    for (const record of page) {
      const group = groupOf(record);
      if (group !== undefined) sizes[group] = (sizes[group] ?? 0) + 1;
    }
  }
  const shares = shareRows(sizes, limit);
  const passed = sizes.map(() => 0);
  for await (const page of store.readRecords(query)) {
    yield page.filter((record) => {
      const group = groupOf(record);
      // What came since the first time is for the next answer.
      if (group === undefined || group >= sizes.length) return false;
      const index = passed[group]!;
      passed[group] = index + 1;
      return isKept(index, sizes[group]!, shares[group]!);
    });
  }
}

/** By the keys of the first level, in whatever order. */
function groupByKeys(): GroupOf {
  const groups = new Groups();
  const byKeySet = new WeakMap<readonly KeyPath[], number>();
  return ({ keys }) => {
    let group = byKeySet.get(keys);
    if (group === undefined) {
      group = groups.of(keys.map((key) => (typeof key === "string" ? key : key[0])));
      byKeySet.set(keys, group);
    }
    return group;
  };
}

/**
 * By the keys whose values are scalars. What stands deeper never is one, so that the values are looked at as they lie; the
 * usual record has a number under every key.
 */
function groupByScalars(): GroupOf {
  const groups = new Groups();
  const byKeySet = new WeakMap<readonly KeyPath[], ScalarKeys>();
  return ({ keys, values }) => {
    let scalars = byKeySet.get(keys);
    if (scalars === undefined) {
      scalars = { places: placesOfNames(keys), groups: new Map() };
      byKeySet.set(keys, scalars);
    }
    let signature = "";
    for (const place of scalars.places) signature += isScalar(values[place]!) ? "1" : "0";
    const known = scalars.groups.get(signature);
    if (known !== undefined || scalars.groups.has(signature)) return known;
    const names = scalars.places.filter((_, i) => signature[i] === "1").map((at) => keys[at]!);
    const group = names.length === 0 ? undefined : groups.of(names as string[]);
    scalars.groups.set(signature, group);
    return group;
  };
}

interface ScalarKeys {
  /** Of the keys that are no paths. */
  readonly places: readonly number[];
  /** By which of them have scalars. */
  readonly groups: Map<string, number | undefined>;
}

function placesOfNames(keys: readonly KeyPath[]): number[] {
  return keys.flatMap((key, place) => (typeof key === "string" ? place : []));
}

/** Numbers sets of names in the order of their first appearance. */
class Groups {
  readonly #numbers = new Map<string, number>();

  of(names: readonly string[]): number {
    const signature = JSON.stringify([...new Set(names)].sort());
    const known = this.#numbers.get(signature);
    if (known !== undefined) return known;
    this.#numbers.set(signature, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
