import type { PointOrder } from "../../series/bucket-accumulator.ts";
import type { Rollups } from "../../series/rollups.ts";
import type { Column } from "../store.ts";
import { DamagedData } from "./damage.ts";
import type { Database } from "./database.ts";
import { columnNumbers, type Records, type SegmentLane, stepAt } from "./records.ts";
import {
  type AxisRange,
  entryCount,
  PAGE_ENTRIES,
  type PageRange,
  readAxis,
  readRollups,
} from "./rollup-pages.ts";
import {
  chunkLength,
  listSegments,
  RECORDS,
  readColumn,
  type Segment,
  STEPS,
  TIMES,
  WRITERS,
} from "./segments.ts";
import { listTails, type OpenTail, openTail } from "./tails.ts";

/** A tail row with its x of the axis that is read. */
export interface LoadedTail {
  readonly records: Records;
  readonly xs: Float64Array;
  /** Whether its rows are in the order of the axis. */
  readonly isSorted: boolean;
  column(number: number): Column;
}

/**
 * What one read has seen of a run: its series share segments, tails, and the
 * pages and columns of their axis. Lives as long as the read's transaction.
 */
export class RunCache {
  readonly #db: Database;
  readonly #axis: SegmentLane;
  readonly #segments = new Map<number, readonly Segment[]>();
  readonly #tails = new Map<number, readonly LoadedTail[]>();
  readonly #axes = new Map<string, AxisRange>();
  readonly #axisColumns = new Map<string, Column>();

  constructor(db: Database, axis: SegmentLane) {
    this.#db = db;
    this.#axis = axis;
  }

  segments(keySet: number): readonly Segment[] {
    return remembered(this.#segments, keySet, () => listSegments(this.#db, keySet));
  }

  tails(keySet: number): readonly LoadedTail[] {
    return remembered(this.#tails, keySet, () =>
      listTails(this.#db, keySet).map((row) => this.#load(openTail(this.#db, row))),
    );
  }

  /** Entries `from` (inclusive) to `to` (exclusive) of a page of the axis. */
  axis(segment: Segment, level: number, page: number, from: number, to: number): AxisRange {
    const key = `${segment.id} ${level} ${page} ${from} ${to}`;
    return remembered(this.#axes, key, () => {
      const read = readAxis(this.#db, rangeOf(segment, level, page, from, to), this.#axis);
      if (read) return read;
      throw new DamagedData(
        `rollups of level ${level} of segment ${segment.id}`,
        "They are missing.",
      );
    });
  }

  /** The same entries of a column; undefined where it has none. */
  rollups(
    segment: Segment,
    column: number,
    level: number,
    page: number,
    from: number,
    to: number,
  ): Rollups | undefined {
    return readRollups(this.#db, rangeOf(segment, level, page, from, to), column);
  }

  /** x of rows `from` (inclusive) to `to` (exclusive) of a chunk, as numbers. */
  chunkXs(segment: Segment, chunk: number, from: number, to: number): Float64Array {
    const number = this.#axis === "step" ? STEPS : TIMES;
    return columnNumbers(this.#axisColumn(segment, chunk, number, from, to));
  }

  chunkColumn(segment: Segment, chunk: number, column: number, from: number, to: number): Column {
    return readColumn(this.#db, segment, chunk, column, from, to);
  }

  chunkOrder(segment: Segment, chunk: number, row: number): PointOrder {
    const column = (number: number) =>
      this.#axisColumn(segment, chunk, number, 0, chunkLength(segment.count, chunk));
    return {
      step: stepAt(column(STEPS), row),
      writer: column(WRITERS).values[row] as number,
      record: column(RECORDS).values[row] as number,
    };
  }

  #axisColumn(segment: Segment, chunk: number, column: number, from: number, to: number): Column {
    return remembered(this.#axisColumns, `${segment.id} ${chunk} ${column} ${from} ${to}`, () =>
      readColumn(this.#db, segment, chunk, column, from, to),
    );
  }

  #load({ records, column }: OpenTail): LoadedTail {
    const steps = columnNumbers(records.steps);
    const xs = this.#axis === "step" ? steps : records.times;
    let isSorted = records.steps.kind === "numbers";
    for (let row = 1; isSorted && row < xs.length; row++) {
      const before = row - 1;
      isSorted =
        xs[row]! > xs[before]! || (xs[row] === xs[before] && steps[row]! >= steps[before]!);
    }
    return { records, xs, isSorted, column };
  }
}

function rangeOf(
  segment: Segment,
  level: number,
  page: number,
  from: number,
  to: number,
): PageRange {
  const left = entryCount(segment.count, level) - page * PAGE_ENTRIES;
  return { segment: segment.id, level, page, length: Math.min(PAGE_ENTRIES, left), from, to };
}

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}
