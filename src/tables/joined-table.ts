/**
 * Several tables, or the parts of one, read as one: rows one after the other,
 * numbered from 0 over all; columns by name, in the order in which they come.
 * Of columns of the same name in one table, the first goes with the first of
 * the others, the second with the second.
 */

import { TrackioError } from "../protocol/errors.ts";
import type { TableColumn, TableColumnType } from "../protocol/media.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { type ColumnData, nullColumn, sizeOf } from "./column-data.ts";
import { numberNames } from "./column-names.ts";
import { PartPool } from "./part-pool.ts";
import { countUp } from "./sort-keys.ts";
import type { TablePart } from "./table-part.ts";
import type { TableSource } from "./table-source.ts";

/** The rows of one part. */
export interface Stretch {
  readonly path: string;
  readonly source: number;
  /** Rows of the joined table. */
  readonly from: number;
  readonly to: number;
  /** Place of its first row in its own table. */
  readonly firstRow: number;
}

const pool = new PartPool(64);
/** Of each thread that reads. */
const COLUMN_CACHE_BYTES = 128 * 1024 * 1024;
const columnCache = new BoundedCache<ColumnData>(COLUMN_CACHE_BYTES);
/** Columns that the cache does not take. */
const tooLarge = new Set<string>();

/** Row `places[i]` of the data is the i-th that was asked for. */
export interface RowsOfColumn {
  readonly data: ColumnData;
  readonly places: ArrayLike<number>;
}

/**
 * Rows of columns that may be decoded whole instead of the pages alone that hold
 * what is wanted; what was is kept, so that the next reads find it.
 */
export interface Allowance {
  rows: number;
}

export class JoinedTable {
  readonly columns: readonly TableColumn[];
  readonly stretches: readonly Stretch[];
  readonly rowCount: number;
  readonly #names: readonly string[];

  constructor(sources: readonly TableSource[]) {
    const { columns, names } = joinColumns(sources);
    this.columns = columns;
    this.#names = names;
    const stretches: Stretch[] = [];
    let from = 0;
    sources.forEach(({ parts }, source) => {
      let firstRow = 0;
      for (const { path, rows } of parts) {
        if (rows > 0 && path !== undefined) {
          stretches.push({ path, source, from, to: from + rows, firstRow });
          from += rows;
        }
        firstRow += rows;
      }
    });
    this.stretches = stretches;
    this.rowCount = from;
  }

  /** The stretch that has the row. */
  stretchAt(row: number): Stretch {
    let low = 0;
    let high = this.stretches.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.stretches[middle] as Stretch).to > row) high = middle;
      else low = middle + 1;
    }
    const stretch = this.stretches[low];
    if (stretch === undefined) throw new RangeError(`There is no row ${row}.`);
    return stretch;
  }

  /** All rows of a stretch in one column; kept for the next time where there is room. */
  readWhole(stretch: Stretch, column: number): Promise<ColumnData> {
    return this.#read(stretch, column, readWholeCached, (type) =>
      nullColumn(type, stretch.to - stretch.from),
    );
  }

  /** Single rows, rising, counted from the stretch's first. */
  readRows(
    stretch: Stretch,
    column: number,
    rows: readonly number[],
    allowance: Allowance,
  ): Promise<RowsOfColumn> {
    const wanted = rows.length;
    return this.#read(
      stretch,
      column,
      (part, place, version) => {
        const key = keyOf(version, place);
        const isWhole = columnCache.has(key) || takeAllowance(allowance, part, key);
        if (isWhole) return { data: readWholeCached(part, place, version), places: rows };
        return { data: part.readRows(place, rows), places: countUp(wanted) };
      },
      (type) => ({ data: nullColumn(type, wanted), places: countUp(wanted) }),
    );
  }

  #read<Result>(
    stretch: Stretch,
    column: number,
    read: (part: TablePart, place: number, version: string) => Result,
    readNulls: (type: TableColumnType) => Result,
  ): Promise<Result> {
    return pool.use(stretch.path, (part, version) => {
      checkRows(part, stretch);
      const place = placesOf(part).get(this.#names[column] as string);
      if (place !== undefined) return read(part, place, version);
      return readNulls(this.columns[column]?.type ?? "json");
    });
  }
}

function takeAllowance(allowance: Allowance, { rowCount }: TablePart, key: string): boolean {
  if (allowance.rows < rowCount || tooLarge.has(key)) return false;
  allowance.rows -= rowCount;
  return true;
}

function keyOf(version: string, place: number): string {
  return `${version}\0${place}`;
}

function readWholeCached(part: TablePart, place: number, version: string): ColumnData {
  const key = keyOf(version, place);
  const held = columnCache.get(key);
  if (held !== undefined) return held;
  const data = part.readColumn(place, 0, part.rowCount);
  const sizeBytes = sizeOf(data);
  if (!columnCache.hasRoomFor(sizeBytes)) tooLarge.add(key);
  columnCache.set(key, data, sizeBytes);
  return data;
}

function checkRows(part: TablePart, { from, to, path }: Stretch): void {
  if (part.rowCount === to - from) return;
  throw new TrackioError(
    "damaged",
    `The part of a table in ${path} has ${part.rowCount} rows where its record names ${to - from}.`,
  );
}

const knownPlaces = new WeakMap<TablePart, ReadonlyMap<string, number>>();

/** Where the part has which column. */
function placesOf(part: TablePart): ReadonlyMap<string, number> {
  let places = knownPlaces.get(part);
  if (places === undefined) {
    places = new Map(
      numberNames(part.columns.map(({ name }) => name)).map((name, place) => [name, place]),
    );
    knownPlaces.set(part, places);
  }
  return places;
}

function joinColumns(sources: readonly TableSource[]): {
  columns: TableColumn[];
  names: string[];
} {
  const joined = new Map<string, TableColumn>();
  for (const { columns } of sources) {
    const names = numberNames(columns.map(({ name }) => name));
    columns.forEach(({ name, type }, place) => {
      const key = names[place] as string;
      const known = joined.get(key);
      const isSame = known === undefined || known.type === type;
      joined.set(key, { name, type: isSame ? type : "json" });
    });
  }
  return { columns: [...joined.values()], names: [...joined.keys()] };
}
