/**
 * A rollup says what a chart needs to know of a stretch of points without
 * reading them: how many, first, last, minimum, maximum, sum, and how many are
 * NaN, +Infinity or −Infinity. Rollups of rollups are the levels of a pyramid:
 * whatever the zoom, some level has a few entries for each pixel.
 */

import { decodeNumbers, encodeFlat } from "./number-codec.ts";

/** Points of an entry of the lowest level. */
export const ROLLUP_POINTS = 64;
/** Entries of a level in an entry of the level above. */
export const ROLLUP_FANOUT = 4;

/** Entries of a level, as parallel arrays. */
export interface Rollups {
  readonly length: number;
  readonly count: Float64Array;
  /** Over finite values; 0 where there is none. */
  readonly sum: Float64Array;
  /** Over finite values; NaN where there is none. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Absent where no entry has any. */
  readonly nan?: Float64Array;
  readonly posInf?: Float64Array;
  readonly negInf?: Float64Array;
}

/** The entries of the lowest level over `values`: 64 each, the last one what is left. */
export function rollUpValues(values: Float64Array): Rollups {
  const entries = createEntries(Math.ceil(values.length / ROLLUP_POINTS));
  const { count, sum, min, max, first, last } = entries;
  for (let entry = 0, at = 0; entry < entries.length; entry++) {
    const end = Math.min(at + ROLLUP_POINTS, values.length);
    count[entry] = end - at;
    first[entry] = values[at]!;
    last[entry] = values[end - 1]!;
    let [total, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (; at < end; at++) {
      const value = values[at]!;
      if (value - value !== 0) {
        countOdd(entries, entry, value);
        continue;
      }
      total += value;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    sum[entry] = total;
    min[entry] = low === Number.POSITIVE_INFINITY ? Number.NaN : low;
    max[entry] = high === Number.NEGATIVE_INFINITY ? Number.NaN : high;
  }
  return entries;
}

/** The level above: one entry for every four of `below`, beginning with its first. */
export function rollUpRollups(below: Rollups): Rollups {
  const above = createEntries(Math.ceil(below.length / ROLLUP_FANOUT));
  for (let entry = 0, at = 0; entry < above.length; entry++) {
    const end = Math.min(at + ROLLUP_FANOUT, below.length);
    above.first[entry] = below.first[at]!;
    above.last[entry] = below.last[end - 1]!;
    let [low, high] = [Number.NaN, Number.NaN];
    for (; at < end; at++) {
      above.count[entry]! += below.count[at]!;
      above.sum[entry]! += below.sum[at]!;
      // A comparison with NaN is false, so that NaN gives way to any number and never takes its place.
      if (!(below.min[at]! >= low)) low = orElse(below.min[at]!, low);
      if (!(below.max[at]! <= high)) high = orElse(below.max[at]!, high);
      for (const name of ODD_COUNTS) {
        const odd = below[name]?.[at] ?? 0;
        if (odd > 0) oddCounts(above, name)[entry]! += odd;
      }
    }
    above.min[entry] = low;
    above.max[entry] = high;
  }
  return above;
}

/** Entries of both, one after the other. */
export function joinRollups(a: Rollups, b: Rollups): Rollups {
  const joined = createEntries(a.length + b.length);
  for (const name of ARRAYS) {
    joined[name].set(a[name]);
    joined[name].set(b[name], a.length);
  }
  for (const name of ODD_COUNTS) {
    const [left, right] = [a[name], b[name]];
    if (left) oddCounts(joined, name).set(left);
    if (right) oddCounts(joined, name).set(right, a.length);
  }
  return joined;
}

/** Entries `from` (inclusive) to `to` (exclusive); shares their memory. */
export function sliceRollups(rollups: Rollups, from: number, to: number): Rollups {
  const part: Record<string, Float64Array> = {};
  for (const name of [...ARRAYS, ...ODD_COUNTS]) {
    const values = rollups[name];
    if (values) part[name] = values.subarray(from, to);
  }
  return { length: Math.max(0, Math.min(to, rollups.length) - from), ...part } as Rollups;
}

/** The arrays of `rollups` as bytes: a byte that tells which odd counts follow, then each array, its length in bytes before it. */
export function encodeRollups(rollups: Rollups): Uint8Array {
  const odd = ODD_COUNTS.filter((name) => rollups[name]);
  const names = [...ARRAYS, ...odd];
  const flags = ODD_COUNTS.reduce((sum, name, bit) => sum | (rollups[name] ? 1 << bit : 0), 0);
  return joinArrays(
    flags,
    names.map((name) => encodeFlat(rollups[name]!)),
  );
}

/** Entries `from` (inclusive) to `to` (exclusive) of the `length` that {@link encodeRollups} wrote; all where not given. */
export function decodeRollups(bytes: Uint8Array, length: number, from = 0, to = length): Rollups {
  const flags = bytes[0]!;
  const names = [...ARRAYS, ...ODD_COUNTS.filter((_, bit) => flags & (1 << bit))];
  const parts = splitArrays(bytes);
  const rollups: Record<string, Float64Array> = {};
  names.forEach((name, i) => {
    rollups[name] = decodeNumbers(parts[i] ?? NO_BYTES, length, from, to);
  });
  return { length: to - from, ...rollups } as unknown as Rollups;
}

/**
 * A byte of flags, then each part behind its length in four bytes. Lengths lie at 2, 10, 18, … so that, where one byte
 * precedes the whole, the numbers of a flat form lie at a multiple of 8 and are read in place.
 */
export function joinArrays(flags: number, parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((at, part) => afterPart(at, part.length), FIRST_PART);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes[0] = flags;
  let at = FIRST_PART;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    bytes.set(part, at + 4);
    at = afterPart(at, part.length);
  }
  return bytes;
}

/** The parts that {@link joinArrays} joined; they share its memory. */
export function splitArrays(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [];
  for (let at = FIRST_PART; at < bytes.length; ) {
    const size = view.getUint32(at, true);
    parts.push(bytes.subarray(at + 4, at + 4 + size));
    at = afterPart(at, size);
  }
  return parts;
}

const NO_BYTES = new Uint8Array(0);
const FIRST_PART = 2;

/** Where the part behind one of `size` bytes begins. */
function afterPart(at: number, size: number): number {
  return FIRST_PART + Math.ceil((at + 4 + size - FIRST_PART) / 8) * 8;
}

const ARRAYS = ["count", "sum", "min", "max", "first", "last"] as const;
const ODD_COUNTS = ["nan", "posInf", "negInf"] as const;

type MutableRollups = { -readonly [Name in keyof Rollups]: Rollups[Name] };

function createEntries(length: number): MutableRollups {
  const create = () => new Float64Array(length);
  return {
    length,
    count: create(),
    sum: create(),
    min: create(),
    max: create(),
    first: create(),
    last: create(),
  };
}

function orElse(value: number, other: number): number {
  return Number.isNaN(value) ? other : value;
}

function countOdd(entries: MutableRollups, entry: number, value: number): void {
  const name = Number.isNaN(value) ? "nan" : value > 0 ? "posInf" : "negInf";
  oddCounts(entries, name)[entry]! += 1;
}

function oddCounts(entries: MutableRollups, name: (typeof ODD_COUNTS)[number]): Float64Array {
  entries[name] ??= new Float64Array(entries.length);
  return entries[name];
}
