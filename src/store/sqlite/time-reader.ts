/**
 * Reading records by time, those of one time in the order in which they were
 * written, page by page. The time lane has them by (time, step, writer,
 * record), so that those of one time may lie anywhere in its stretch: a page is
 * what comes next of all that lies there. Each page is read on a state of its
 * own and goes on behind the last one, wherever compaction has moved it.
 */

import type { Column } from "../store.ts";
import type { Database } from "./database.ts";
import { type Records, sortedRows, stepAt } from "./records.ts";
import type { PageRecord, Selection } from "./row-reader.ts";
import {
  CHUNK_RECORDS,
  FIRST_KEY,
  firstRecord,
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

/** Records, or values, of a page at most, where there are so many of one time that smaller ones would look at them too often. */
const LARGEST_PAGE = 65_536;
const LARGEST_PAGE_VALUES = 4_000_000;
/** A page that looked at so many times its length is followed by one of twice its length. */
const MOST_LOOKS = 4;

/** Where a record stands in the order of a read. */
interface WrittenOrder {
  readonly time: number;
  readonly writer: number;
  readonly record: number;
}

/** A record that may be of the page. */
interface Candidate extends WrittenOrder {
  readonly piece: Piece;
  readonly row: number;
}

/** Records that lie together: a chunk, or a tail. */
interface Piece {
  readonly keySet: number;
  steps(): Column;
  columns(): readonly Column[];
}

export class TimeReader {
  #last: WrittenOrder;
  readonly #to: number;
  /** The chunk of a segment behind which all that is still to be read lies, or lay before compaction. */
  readonly #places = new Map<number, number>();
  readonly #tails = new Map<
    number,
    { readonly piece: Piece; readonly rows: Uint32Array; readonly records: Records }
  >();
  #growth = 1;

  /** Times from `from` to `to`, both inclusive. */
  constructor(from: number, to: number) {
    this.#last = { time: from, writer: -1, record: -1 };
    this.#to = to;
  }

  /** About `limit` records behind those of the last page; none at the end. */
  readPage(db: Database, selection: Selection, limit: number): PageRecord[] {
    const width = Math.max(1, ...Array.from(selection.values(), (columns) => columns.length));
    const most = Math.max(limit, Math.min(LARGEST_PAGE, LARGEST_PAGE_VALUES / width));
    const length = Math.min(limit * this.#growth, Math.floor(most));
    const page = new PageOfLowest(this.#last, this.#to, length);
    const chunks: {
      readonly segment: number;
      readonly chunk: number;
      readonly lastTime: number;
    }[] = [];
    for (const [keySet, columns] of selection) {
      for (const tail of listTails(db, keySet)) this.#offerTail(db, page, tail, keySet, columns);
      for (const segment of listSegments(db, keySet)) {
        if (!isInLane(segment, "time")) continue;
        for (const seen of this.#offerSegment(db, page, segment, columns)) chunks.push(seen);
      }
    }
    const records = page.finish();
    const last = records.at(-1);
    if (last === undefined) return [];
    this.#last = last;
    for (const { segment, chunk, lastTime } of chunks) {
      if (lastTime < last.time) this.#places.set(segment, chunk + 1);
    }
    if (page.looks > MOST_LOOKS * length) this.#growth *= 2;
    return records.map(({ piece, row, time }) => ({
      keySet: piece.keySet,
      step: stepAt(piece.steps(), row),
      time,
      columns: piece.columns(),
      row,
    }));
  }

  #offerTail(
    db: Database,
    page: PageOfLowest,
    tail: TailRow,
    keySet: number,
    selected: readonly number[],
  ): void {
    let known = this.#tails.get(tail.id);
    if (known === undefined) {
      const { records, column } = openTail(db, tail);
      const columns = selected.map(column);
      const piece: Piece = { keySet, steps: () => records.steps, columns: () => columns };
      known = { piece, rows: sortedRows(records, "time"), records };
      this.#tails.set(tail.id, known);
    }
    const { piece, rows, records } = known;
    for (const row of rows) {
      if (
        !page.offer(piece, row, records.times[row]!, records.writers[row]!, records.records[row]!)
      ) {
        return;
      }
    }
  }

  /** Offers the records of a segment as long as they may be of the page; gives the chunks that were looked through. */
  *#offerSegment(
    db: Database,
    page: PageOfLowest,
    segment: Segment,
    selected: readonly number[],
  ): Generator<{ readonly segment: number; readonly chunk: number; readonly lastTime: number }> {
    const first = firstRecord(segment, "time");
    const known = this.#places.get(segment.id) ?? this.#findChunk(db, segment);
    for (let chunk = Math.max(known, Math.floor(first / CHUNK_RECORDS)); ; chunk++) {
      const begin = chunk * CHUNK_RECORDS;
      if (begin >= segment.count) return;
      const numbers = (column: number) =>
        readColumn(db, segment, chunk, column).values as Float64Array;
      const times = numbers(TIMES);
      const [writers, records] = [numbers(WRITERS), numbers(RECORDS)];
      const piece = pieceOf(db, segment, chunk, selected);
      for (let row = Math.max(0, first - begin); row < times.length; row++) {
        if (!page.offer(piece, row, times[row]!, writers[row]!, records[row]!)) return;
      }
      yield { segment: segment.id, chunk, lastTime: times.at(-1)! };
    }
  }

  /** The last chunk that begins before what is to be read. */
  #findChunk(db: Database, segment: Segment): number {
    let low = 0;
    let high = Math.ceil(segment.count / CHUNK_RECORDS) - 1;
    low = Math.min(high, Math.floor(firstRecord(segment, "time") / CHUNK_RECORDS));
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const times = readColumn(db, segment, middle, TIMES).values as Float64Array;
      if (times[0]! < this.#last.time) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** A chunk whose steps and values are read when a record of it is on the page. */
function pieceOf(
  db: Database,
  segment: Segment,
  chunk: number,
  selected: readonly number[],
): Piece {
  let [steps, columns]: [Column | undefined, readonly Column[] | undefined] = [
    undefined,
    undefined,
  ];
  return {
    keySet: segment.key_set,
    steps: () => (steps ??= readColumn(db, segment, chunk, STEPS)),
    columns: () =>
      (columns ??= selected.map((column) => readColumn(db, segment, chunk, FIRST_KEY + column))),
  };
}

/** Of the records that are offered, those that come next behind one, up to a number. */
class PageOfLowest {
  /** How many were offered that come behind. */
  looks = 0;
  readonly #behind: WrittenOrder;
  readonly #to: number;
  readonly #length: number;
  #candidates: Candidate[] = [];
  /** The last one that would be on the page, once there are enough. */
  #highest: WrittenOrder | undefined;

  constructor(behind: WrittenOrder, to: number, length: number) {
    this.#behind = behind;
    this.#to = to;
    this.#length = length;
  }

  /** Offers a record; false where nothing of a later time is wanted any more. */
  offer(piece: Piece, row: number, time: number, writer: number, record: number): boolean {
    if (time > this.#to) return false;
    const highest = this.#highest;
    if (highest !== undefined && time > highest.time) return false;
    if (time < this.#behind.time) return true;
    this.looks++;
    if (time === this.#behind.time && !isBehind(writer, record, this.#behind)) return true;
    if (highest !== undefined && time === highest.time && isBehind(writer, record, highest)) {
      return true;
    }
    this.#candidates.push({ piece, row, time, writer, record });
    if (this.#candidates.length >= 2 * this.#length) this.#cut();
    return true;
  }

  /** In order. */
  finish(): readonly Candidate[] {
    this.#cut();
    return this.#candidates;
  }

  #cut(): void {
    this.#candidates.sort((a, b) => a.time - b.time || a.writer - b.writer || a.record - b.record);
    if (this.#candidates.length < this.#length) return;
    this.#candidates.length = this.#length;
    this.#highest = this.#candidates.at(-1);
  }
}

function isBehind(writer: number, record: number, other: WrittenOrder): boolean {
  return writer > other.writer || (writer === other.writer && record > other.record);
}
