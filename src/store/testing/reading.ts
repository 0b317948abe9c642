/** Reading a store whole, for tests. */

import type { RunId } from "../../protocol/ids.ts";
import type { BlobHash } from "../../protocol/media.ts";
import type { Lane } from "../../protocol/run.ts";
import type { Point, RecordsQuery, Row, SeriesAxis, Store, StoredRecord } from "../store.ts";
import { PROJECT, RUN } from "./batches.ts";

export async function readOne(
  store: Store,
  query: {
    readonly key?: string;
    readonly axis?: SeriesAxis;
    readonly lane?: Lane;
    readonly from?: number;
    readonly to?: number;
    readonly buckets?: number | { readonly origin: number; readonly width: number };
  },
) {
  const { key = "loss", axis = "step", buckets = 1000, ...range } = query;
  const series = [{ run: RUN, key }];
  const answer = await store.readSeries({ project: PROJECT, series, axis, buckets, ...range });
  return { ...answer, series: answer.series[0]! };
}

export async function allRows(store: Store, run: RunId = RUN): Promise<Row[]> {
  return pagesOf(store.readRows(PROJECT, run));
}

export async function allPoints(store: Store, key: string): Promise<Point[]> {
  return pagesOf(store.readPoints(PROJECT, RUN, key));
}

export async function allRecords(
  store: Store,
  query: Partial<RecordsQuery> = {},
): Promise<StoredRecord[]> {
  return pagesOf(store.readRecords({ project: PROJECT, run: RUN, ...query }));
}

/** Sorted. */
export async function allBlobs(store: Store, run?: RunId): Promise<BlobHash[]> {
  return (await pagesOf(store.listBlobs(PROJECT, run))).sort();
}

async function pagesOf<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

export async function compactAll(store: Store): Promise<void> {
  for (let slice = 0; await store.compact(1000); slice++) {
    if (slice > 1000) throw new Error("Compaction comes to no end.");
  }
}

export function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
