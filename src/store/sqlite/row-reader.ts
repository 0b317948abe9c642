/**
 * Reading records in order, page by page. Each page is read on a state of its
 * own, so that a slow reader holds nobody up: it goes on behind the record at
 * which the last page ended, wherever compaction has moved it.
 */

import { compareOrder, type PointOrder } from "../../series/bucket-accumulator.ts";
import type { Column } from "../store.ts";
import type { Database } from "./database.ts";
import { columnNumbers, orderAt, type Records, sortedRows, stepAt } from "./records.ts";
import {
  CHUNK_RECORDS,
  chunkLength,
  FIRST_KEY,
  isInLane,
  listSegments,
  RECORDS,
  readColumn,
  type Segment,
  STEPS,
  TIMES,
  WRITERS,
} from "./segments.ts";
import { listTails, openTail, type TailRow } from "./tails.ts";

/** A record of a page; `columns` are those asked for, in their order. */
export interface PageRecord {
  readonly keySet: number;
  readonly step: number | bigint;
  readonly time: number;
  readonly columns: readonly Column[];
  /** Row of the record in `columns`. */
  readonly row: number;
}

/** Which columns of which key sets are read. */
export type Selection = ReadonlyMap<number, readonly number[]>;

/** Records of one source, in order, with the row to look at next. */
interface Source {
  readonly keySet: number;
  records: Records;
  rows: Uint32Array | undefined;
  at: number;
  order: PointOrder;
  /** Gives the records that follow, where there are any. */
  next(): boolean;
}

export class RowReader {
  #last: PointOrder | undefined;
  readonly #to: number;
  /** Where the next record of a segment lies, or lay before compaction. */
  readonly #places = new Map<number, number>();
  readonly #tails = new Map<number, { records: Records; rows: Uint32Array }>();

  /** Steps from `from` to `to`, both inclusive; all where not given. */
  constructor({ from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = {}) {
    if (from > Number.NEGATIVE_INFINITY) this.#last = { step: from, writer: -1, record: -1 };
    this.#to = to;
  }

  /** At most `limit` records behind those of the last page; none at the end. */
  readPage(db: Database, selection: Selection, limit: number): PageRecord[] {
    const sources: Source[] = [];
    for (const [keySet, columns] of selection) {
      for (const segment of listSegments(db, keySet)) {
        if (isInLane(segment, "step"))
          this.#offer(sources, this.#openSegment(db, segment, columns));
      }
      for (const tail of listTails(db, keySet)) {
        this.#offer(sources, this.#openTail(db, keySet, tail, columns));
      }
    }
    const page: PageRecord[] = [];
    while (page.length < limit && sources.length > 0) {
      const first = lowest(sources);
      const { keySet, records, order } = first;
      if (order.step > this.#to) break;
      const row = rowOf(first);
      page.push({
        keySet,
        step: stepAt(records.steps, row),
        time: records.times[row]!,
        columns: records.columns,
        row,
      });
      this.#last = order;
      if (!advance(first)) sources.splice(sources.indexOf(first), 1);
    }
    return page;
  }

  /** Adds a source that still has records behind the last page. */
  #offer(sources: Source[], source: Source): void {
    const last = this.#last;
    while (source.at >= 0 && last !== undefined && compareOrder(source.order, last) <= 0) {
      if (!advance(source)) return;
    }
    if (source.at >= 0) sources.push(source);
  }

  #openTail(db: Database, keySet: number, tail: TailRow, columns: readonly number[]): Source {
    let known = this.#tails.get(tail.id);
    if (known === undefined) {
      const { records, column } = openTail(db, tail);
      known = {
        records: { ...records, columns: columns.map(column) },
        rows: sortedRows(records, "step"),
      };
      this.#tails.set(tail.id, known);
    }
    const { records, rows } = known;
    const order = orderAt(records, rows[0]!);
    return { keySet, records, rows, at: 0, order, next: () => false };
  }

  #openSegment(db: Database, segment: Segment, columns: readonly number[]): Source {
    const last = this.#last;
    const known = this.#places.get(segment.id);
    let place = Math.max(segment.step_from, known ?? 0);
    if (known === undefined && last !== undefined) place = findChunk(db, segment, place, last);
    const source: Source = {
      keySet: segment.key_set,
      records: undefined as unknown as Records,
      rows: undefined,
      at: -1,
      order: undefined as unknown as PointOrder,
      next: () => {
        if (place >= segment.count) return false;
        const chunk = Math.floor(place / CHUNK_RECORDS);
        source.records = readChunk(db, segment, chunk, columns);
        source.at = place - chunk * CHUNK_RECORDS;
        source.order = orderAt(source.records, source.at);
        this.#places.set(segment.id, place);
        place = (chunk + 1) * CHUNK_RECORDS;
        return true;
      },
    };
    source.next();
    return source;
  }
}

function rowOf({ rows, at }: Source): number {
  return rows ? rows[at]! : at;
}

/** Moves on to the next record of the source; false where there is none. */
function advance(source: Source): boolean {
  source.at++;
  if (source.at >= source.records.count) return source.next();
  source.order = orderAt(source.records, rowOf(source));
  return true;
}

function lowest(sources: readonly Source[]): Source {
  let first = sources[0]!;
  for (let i = 1; i < sources.length; i++) {
    if (compareOrder(sources[i]!.order, first.order) < 0) first = sources[i]!;
  }
  return first;
}

/** Place of the first chunk, from `place` on, that may hold records behind `last`. */
function findChunk(db: Database, segment: Segment, place: number, last: PointOrder): number {
  let low = Math.floor(place / CHUNK_RECORDS);
  let high = Math.ceil(segment.count / CHUNK_RECORDS) - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const steps = readColumn(db, segment, middle, STEPS);
    if (columnNumbers(steps)[0]! < Number(last.step)) low = middle;
    else high = middle - 1;
  }
  return Math.max(place, low * CHUNK_RECORDS);
}

function readChunk(
  db: Database,
  segment: Segment,
  chunk: number,
  columns: readonly number[],
): Records {
  const numbers = (column: number) => readColumn(db, segment, chunk, column).values as Float64Array;
  return {
    count: chunkLength(segment.count, chunk),
    steps: readColumn(db, segment, chunk, STEPS),
    times: numbers(TIMES),
    records: numbers(RECORDS),
    writers: numbers(WRITERS),
    columns: columns.map((column) => readColumn(db, segment, chunk, FIRST_KEY + column)),
  };
}
