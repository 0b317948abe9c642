/**
 * Puts points and rollups into the buckets of a grid, in any order. A rollup
 * goes whole into the bucket of its first x; the caller takes only rollups
 * that are narrow against a bucket. First and last of a bucket are those of
 * lowest and highest x; where several sources have the same x, the order of
 * their records decides.
 */

import type { Rollups } from "./rollups.ts";

/** What decides between points of the same x: step, writer, number in the writer's journal. */
export interface PointOrder {
  readonly step: number | bigint;
  readonly writer: number;
  readonly record: number;
}

/** Where points come from. Points of one stream are added in order, so that it need not tell their order to each other. */
export interface PointOrigin {
  readonly stream: unknown;
  /** Order of the first, or the last, point of what was added as `row`. */
  order(row: number, end: "first" | "last"): PointOrder;
}

/**
 * Buckets that hold at least one point, by rising index; parallel arrays of
 * `length` entries. A bucket of one point is that point.
 */
export interface Buckets {
  readonly length: number;
  readonly index: Int32Array;
  /** x of the first and of the last point of the bucket. */
  readonly firstX: Float64Array;
  readonly lastX: Float64Array;
  /** By x, points of the same x in the order of records; NaN and ±Infinity appear where they are first or last. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Over finite values; NaN where there is none. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  readonly count: Float64Array;
  /** Counts of NaN, +Infinity, −Infinity; empty arrays where the series has none in range. */
  readonly nan: Float64Array;
  readonly posInf: Float64Array;
  readonly negInf: Float64Array;
}

export class BucketAccumulator {
  readonly #origin: number;
  readonly #width: number;
  readonly #firstCell: number;
  readonly #count: Float64Array;
  readonly #sum: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #firstX: Float64Array;
  readonly #lastX: Float64Array;
  readonly #first: Float64Array;
  readonly #last: Float64Array;
  readonly #firstFrom: (PointOrigin | undefined)[] = [];
  readonly #lastFrom: (PointOrigin | undefined)[] = [];
  readonly #firstRow: Int32Array;
  readonly #lastRow: Int32Array;
  /** Counts of NaN, +Infinity and −Infinity; made when the first of its kind comes. */
  readonly #odd: [Float64Array?, Float64Array?, Float64Array?] = [];

  /** For cells `firstCell` to `lastCell` of the grid, which hold all x that will come. */
  constructor(
    grid: { readonly origin: number; readonly width: number },
    firstCell: number,
    lastCell: number,
  ) {
    this.#origin = grid.origin;
    this.#width = grid.width;
    this.#firstCell = firstCell;
    const cells = lastCell - firstCell + 1;
    const numbers = new Float64Array(cells * 8);
    const part = (i: number) => numbers.subarray(i * cells, (i + 1) * cells);
    this.#count = part(0);
    this.#sum = part(1);
    this.#min = part(2).fill(Number.POSITIVE_INFINITY);
    this.#max = part(3).fill(Number.NEGATIVE_INFINITY);
    this.#firstX = part(4);
    this.#lastX = part(5);
    this.#first = part(6);
    this.#last = part(7);
    this.#firstRow = new Int32Array(cells);
    this.#lastRow = new Int32Array(cells);
  }

  /** Adds points `from` (inclusive) to `to` (exclusive) of a stream that is ordered by x. */
  addPoints(
    origin: PointOrigin,
    xs: Float64Array,
    values: Float64Array,
    from: number,
    to: number,
  ): void {
    for (let at = from; at < to; ) {
      const cell = this.#cellOf(xs[at]!);
      const end = this.#endOf(cell);
      const begin = at;
      let [sum, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      do {
        const value = values[at]!;
        sum += value;
        if (value < low) low = value;
        if (value > high) high = value;
        at++;
      } while (at < to && xs[at]! < end);
      // NaN and ±Infinity leave their mark on the sum.
      if (sum - sum === 0) this.#addNumbers(cell, at - begin, sum, low, high);
      else this.#addWithOdd(cell, values, begin, at);
      this.#offerFirst(cell, xs[begin]!, values[begin]!, origin, begin);
      this.#offerLast(cell, xs[at - 1]!, values[at - 1]!, origin, at - 1);
    }
  }

  /** Adds one point; points of a stream without order come one by one, each a stream of its own. */
  addPoint(origin: PointOrigin, x: number, value: number, row: number): void {
    const cell = this.#cellOf(x);
    this.#addNumber(cell, value);
    this.#offerFirst(cell, x, value, origin, row);
    this.#offerLast(cell, x, value, origin, row);
  }

  /** Adds rollups `from` (inclusive) to `to` (exclusive) of a stream, whose points lie between `firstX` and `lastX`. */
  addRollups(
    origin: PointOrigin,
    rollups: Rollups,
    firstX: Float64Array,
    lastX: Float64Array,
    from: number,
    to: number,
  ): void {
    const { count, sum, min, max, first, last } = rollups;
    const hasOdd = rollups.nan ?? rollups.posInf ?? rollups.negInf;
    for (let at = from; at < to; ) {
      const cell = this.#cellOf(firstX[at]!);
      const end = this.#endOf(cell);
      const begin = at;
      let [points, total] = [0, 0];
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      do {
        points += count[at]!;
        total += sum[at]!;
        if (min[at]! < low) low = min[at]!;
        if (max[at]! > high) high = max[at]!;
        at++;
      } while (at < to && firstX[at]! < end);
      this.#addNumbers(cell, points, total, low, high);
      if (hasOdd) this.#addOddRollups(cell, rollups, begin, at);
      this.#offerFirst(cell, firstX[begin]!, first[begin]!, origin, begin);
      this.#offerLast(cell, lastX[at - 1]!, last[at - 1]!, origin, at - 1);
    }
  }

  /** The buckets that hold points. */
  finish(): Buckets {
    const index = this.#filledCells();
    const take = (from: Float64Array | undefined) => {
      if (from === undefined) return new Float64Array(0);
      if (index.length === from.length) return from.slice();
      const values = new Float64Array(index.length);
      for (let i = 0; i < index.length; i++) values[i] = from[index[i]!]!;
      return values;
    };
    const buckets = {
      length: index.length,
      index,
      firstX: take(this.#firstX),
      lastX: take(this.#lastX),
      first: take(this.#first),
      last: take(this.#last),
      min: this.#odd.length > 0 ? withoutInfinity(take(this.#min)) : take(this.#min),
      max: this.#odd.length > 0 ? withoutInfinity(take(this.#max)) : take(this.#max),
      sum: take(this.#sum),
      count: take(this.#count),
      nan: take(this.#odd[0]),
      posInf: take(this.#odd[1]),
      negInf: take(this.#odd[2]),
    };
    for (let i = 0; i < index.length; i++) index[i]! += this.#firstCell;
    return buckets;
  }

  #filledCells(): Int32Array {
    const cells = new Int32Array(this.#count.length);
    let length = 0;
    for (let cell = 0; cell < cells.length; cell++) {
      if (this.#count[cell]! > 0) cells[length++] = cell;
    }
    return cells.slice(0, length);
  }

  /** Where the cell ends: a lower x that comes later lies in it, too. */
  #endOf(cell: number): number {
    return this.#origin + (cell + this.#firstCell + 1) * this.#width;
  }

  #addOddRollups(cell: number, { nan, posInf, negInf }: Rollups, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      if (nan) this.#addOdd(cell, 0, nan[at]!);
      if (posInf) this.#addOdd(cell, 1, posInf[at]!);
      if (negInf) this.#addOdd(cell, 2, negInf[at]!);
    }
  }

  #cellOf(x: number): number {
    return Math.floor((x - this.#origin) / this.#width) - this.#firstCell;
  }

  #addNumbers(cell: number, count: number, sum: number, low: number, high: number): void {
    this.#count[cell]! += count;
    this.#sum[cell]! += sum;
    if (low < this.#min[cell]!) this.#min[cell] = low;
    if (high > this.#max[cell]!) this.#max[cell] = high;
  }

  /** Adds the values of rows `from` to `to`, NaN and ±Infinity among them. */
  #addWithOdd(cell: number, values: Float64Array, from: number, to: number): void {
    for (let at = from; at < to; at++) this.#addNumber(cell, values[at]!);
  }

  #addNumber(cell: number, value: number): void {
    if (value - value === 0) {
      this.#addNumbers(cell, 1, value, value, value);
    } else {
      this.#count[cell]! += 1;
      this.#addOdd(cell, value > 0 ? 1 : value < 0 ? 2 : 0, 1);
    }
  }

  #addOdd(cell: number, kind: 0 | 1 | 2, count: number): void {
    if (count === 0) return;
    this.#odd[kind] ??= new Float64Array(this.#count.length);
    this.#odd[kind][cell]! += count;
  }

  #offerFirst(cell: number, x: number, value: number, origin: PointOrigin, row: number): void {
    const from = this.#firstFrom[cell];
    if (from !== undefined) {
      const best = this.#firstX[cell]!;
      if (x > best) return;
      if (x === best) {
        if (from.stream === origin.stream) return;
        const known = from.order(this.#firstRow[cell]!, "first");
        if (compareOrder(origin.order(row, "first"), known) >= 0) return;
      }
    }
    this.#firstX[cell] = x;
    this.#first[cell] = value;
    this.#firstFrom[cell] = origin;
    this.#firstRow[cell] = row;
  }

  #offerLast(cell: number, x: number, value: number, origin: PointOrigin, row: number): void {
    const from = this.#lastFrom[cell];
    if (from !== undefined) {
      const best = this.#lastX[cell]!;
      if (x < best) return;
      if (x === best && from.stream !== origin.stream) {
        const known = from.order(this.#lastRow[cell]!, "last");
        if (compareOrder(origin.order(row, "last"), known) < 0) return;
      }
    }
    this.#lastX[cell] = x;
    this.#last[cell] = value;
    this.#lastFrom[cell] = origin;
    this.#lastRow[cell] = row;
  }
}

/** The minimum or maximum of no finite value is NaN. */
function withoutInfinity(values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) {
    if (values[i]! - values[i]! !== 0) values[i] = Number.NaN;
  }
  return values;
}

/** Below 0 where `a` comes before `b`. */
export function compareOrder(a: PointOrder, b: PointOrder): number {
  if (a.step < b.step) return -1;
  if (a.step > b.step) return 1;
  return a.writer - b.writer || a.record - b.record;
}
