/** Which rows of a joined table a query has, and in which order; remembered, since the next page has the same. */

import { createHash } from "node:crypto";
import { TrackioError } from "../protocol/errors.ts";
import type { TableColumn } from "../protocol/media.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { sliceColumn } from "./column-data.ts";
import { type CheckedFilter, checkFilter, markPassing } from "./filter-rows.ts";
import type { JoinedTable, Stretch } from "./joined-table.ts";
import { orderByKeys } from "./sort-keys.ts";
import { type ColumnPiece, sortRows } from "./sort-rows.ts";
import type { CheckedTableQuery, TableSource } from "./table-source.ts";

/** Of each thread that reads; an order has four bytes a row. */
const ORDER_CACHE_BYTES = 64 * 1024 * 1024;
const orderCache = new BoundedCache<Uint32Array>(ORDER_CACHE_BYTES);

/** Texts of so many rows are looked at together. */
const ROWS_AT_ONCE = 16_384;

export interface FoundRows {
  /** Rows of the joined table in the order of the query; undefined: all, as they are. */
  readonly order: Uint32Array | undefined;
  /** It was asked for before. */
  readonly isKnown: boolean;
}

export async function findRows(
  table: JoinedTable,
  sources: readonly TableSource[],
  query: CheckedTableQuery,
): Promise<FoundRows> {
  const { sort, filters } = query;
  if (table.columns.length > 0) checkQuery(table, query);
  if (sort === undefined && filters.length === 0) return { order: undefined, isKnown: false };
  // The name of a part's file tells its content.
  const asked = JSON.stringify([
    sources.map(({ columns, parts }) => [columns, parts]),
    sort,
    filters,
  ]);
  const key = createHash("sha256").update(asked).digest("base64");
  const known = orderCache.get(key);
  if (known !== undefined) return { order: known, isKnown: true };
  const passing = filters.length === 0 ? undefined : await filterRows(table, filters);
  const order = sort === undefined ? passing : await sortBy(table, passing, sort);
  if (order !== undefined) orderCache.set(key, order, order.byteLength);
  return { order, isKnown: false };
}

/** A table without columns has none to sort by; asked for a step at which it was not yet there, it has no rows, and that is no error. */
function checkQuery({ columns }: JoinedTable, query: CheckedTableQuery): void {
  const places = [
    ...(query.columns ?? []),
    ...query.filters.map(({ column }) => column ?? 0),
    ...(query.sort === undefined || query.sort.column === -1 ? [] : [query.sort.column]),
  ];
  const wrong = places.find((place) => columns[place] === undefined);
  if (wrong !== undefined) {
    throw new TrackioError(
      "invalid_argument",
      `The table has no column number ${wrong}; its columns are 0 to ${columns.length - 1}.`,
    );
  }
  query.filters.forEach(checkFilter);
}

async function filterRows(
  table: JoinedTable,
  filters: readonly CheckedFilter[],
): Promise<Uint32Array> {
  const found: Uint32Array[] = [];
  for (const stretch of table.stretches) found.push(await filterStretch(table, stretch, filters));
  const rows = new Uint32Array(found.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const some of found) {
    rows.set(some, at);
    at += some.length;
  }
  return rows;
}

async function filterStretch(
  table: JoinedTable,
  stretch: Stretch,
  filters: readonly CheckedFilter[],
): Promise<Uint32Array> {
  const length = stretch.to - stretch.from;
  const failed = new Uint8Array(length);
  for (const filter of filters) {
    const passed = new Uint8Array(length);
    const columns = filter.column === undefined ? table.columns.keys() : [filter.column];
    for (const column of columns) {
      const { type } = table.columns[column] as TableColumn;
      const data = await table.readWhole(stretch, column);
      for (let from = 0; from < length; from += ROWS_AT_ONCE) {
        const to = Math.min(length, from + ROWS_AT_ONCE);
        markPassing(filter, type, sliceColumn(data, from, to), passed.subarray(from, to));
      }
    }
    for (let row = 0; row < length; row += 1) if (passed[row] === 0) failed[row] = 1;
  }
  const rows = new Uint32Array(failed.reduce((sum, flag) => sum - flag, length));
  let at = 0;
  for (let row = 0; row < length; row += 1) {
    if (failed[row] !== 0) continue;
    rows[at] = stretch.from + row;
    at += 1;
  }
  return rows;
}

async function sortBy(
  table: JoinedTable,
  rows: Uint32Array | undefined,
  { column, descending }: NonNullable<CheckedTableQuery["sort"]>,
): Promise<Uint32Array | undefined> {
  if (column === -1) return interleave(table, rows, descending);
  if (table.columns.length === 0) return rows;
  const pieces: ColumnPiece[] = [];
  for (const stretch of table.stretches) {
    pieces.push({ from: stretch.from, data: await table.readWhole(stretch, column) });
  }
  return sortRows(pieces, rows, descending);
}

/** By the place in their own table; those of the same place by source. */
function interleave(
  table: JoinedTable,
  given: Uint32Array | undefined,
  isDescending: boolean,
): Uint32Array {
  const length = given?.length ?? table.rowCount;
  const places = new Uint32Array(length);
  const sources = new Uint32Array(length);
  const flip = isDescending ? 0xffffffff : 0;
  let index = 0;
  for (const { from, to, source, firstRow } of table.stretches) {
    for (; index < length; index += 1) {
      const row = given === undefined ? index : (given[index] as number);
      if (row >= to) break;
      places[index] = (firstRow + row - from) ^ flip;
      sources[index] = source;
    }
  }
  const order = orderByKeys(places, sources);
  return given === undefined ? order : order.map((i) => given[i] as number);
}
