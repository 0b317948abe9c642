/** The columns of a series frame: written one after the other, equal ones once; read on demand, each once. */

import { TrackioError } from "./errors.ts";
import {
  type ColumnPlan,
  columnByteLength,
  type Entries,
  planColumn,
  readColumn,
  type Shortening,
  writeColumn,
} from "./series-frame-columns.ts";

/** Bytes of a column's entry in the table. */
export const COLUMN_BYTES = 32;
/** Stands for an empty column. */
export const NO_COLUMN = 0xffffffff;
/** Most entries that a frame may unfold to: 512 MiB. */
const MAX_ENTRIES = 2 ** 26;
const EMPTY = new Float64Array(0);

interface WrittenColumn extends ColumnPlan {
  readonly offset: number;
  readonly length: number;
  readonly byteLength: number;
}

/** Writes columns one after the other, and takes one back where an equal one is there already. */
export class ColumnWriter {
  readonly #columns: WrittenColumn[] = [];
  readonly #seen = { none: new Map<Entries, number>(), axis: new Map<Entries, number>() };
  readonly #byHash = new Map<number, number[]>();
  readonly #scratch = new Float64Array(2);
  #buffer = new ArrayBuffer(1 << 16);
  #end = 0;

  get bytes(): Uint8Array {
    return new Uint8Array(this.#buffer, 0, this.#end);
  }

  get count(): number {
    return this.#columns.length;
  }

  writeTable(view: DataView, at: number): void {
    this.#columns.forEach((column, number) => {
      const entryAt = at + number * COLUMN_BYTES;
      view.setUint32(entryAt, column.form, true);
      view.setUint32(entryAt + 4, column.offset, true);
      view.setUint32(entryAt + 8, column.length, true);
      view.setFloat64(entryAt + 16, column.base, true);
      view.setFloat64(entryAt + 24, column.scale, true);
    });
  }

  /** Number of the column that holds `values`. */
  add(values: Entries, shortening: Shortening): number {
    if (values.length === 0) return NO_COLUMN;
    const known = typeof shortening === "string" ? this.#seen[shortening] : undefined;
    const seen = known?.get(values);
    if (seen !== undefined) return seen;
    const plan = planColumn(values, shortening);
    const byteLength = columnByteLength(plan.form, values.length)!;
    this.#reserve(padded(byteLength));
    writeColumn(this.#buffer, this.#end, values, plan);
    const column = { ...plan, offset: this.#end, length: values.length, byteLength };
    const number = this.#settle(column);
    known?.set(values, number);
    return number;
  }

  #settle(column: WrittenColumn): number {
    const hash = this.#hash(column);
    const candidates = this.#byHash.get(hash) ?? [];
    this.#byHash.set(hash, candidates);
    for (const candidate of candidates) {
      if (this.#equal(this.#columns[candidate]!, column)) return candidate;
    }
    const number = this.#columns.push(column) - 1;
    candidates.push(number);
    this.#end += padded(column.byteLength);
    return number;
  }

  #equal(a: WrittenColumn, b: WrittenColumn): boolean {
    if (a.form !== b.form || a.length !== b.length) return false;
    if (!Object.is(a.base, b.base) || a.scale !== b.scale) return false;
    const left = this.#words(a);
    const right = this.#words(b);
    for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
    return true;
  }

  #hash(column: WrittenColumn): number {
    this.#scratch[0] = column.base;
    this.#scratch[1] = column.scale;
    const hash = mix(column.length, new Uint32Array(this.#scratch.buffer));
    return mix(hash, this.#words(column));
  }

  /** Padding among them: it is zero. */
  #words(column: WrittenColumn): Uint32Array {
    return new Uint32Array(this.#buffer, column.offset, padded(column.byteLength) / 4);
  }

  /** Room for `byteLength` more bytes, all zero. */
  #reserve(byteLength: number): void {
    const needed = this.#end + byteLength;
    if (needed > this.#buffer.byteLength) {
      const larger = new ArrayBuffer(Math.max(needed, this.#buffer.byteLength * 2));
      new Uint8Array(larger).set(this.bytes);
      this.#buffer = larger;
    }
    if (byteLength > 0) new Uint32Array(this.#buffer, needed - 8, 2).fill(0);
  }
}

/** Unfolds columns on demand, each once. */
export class ColumnReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #tableAt: number;
  readonly #count: number;
  readonly #dataAt: number;
  readonly #floats: (Float64Array | undefined)[] = [];
  readonly #ints: (Int32Array | undefined)[] = [];
  #entries = 0;

  constructor(bytes: Uint8Array, tableAt: number, count: number, dataAt: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#tableAt = tableAt;
    this.#count = count;
    this.#dataAt = dataAt;
  }

  floats(number: number, length: number): Float64Array {
    if (length === 0) return EMPTY;
    this.#floats[number] ??= this.#read(number, Float64Array);
    return checked(this.#floats[number], length);
  }

  ints(number: number, length: number): Int32Array {
    if (length === 0) return new Int32Array(0);
    this.#ints[number] ??= this.#read(number, Int32Array);
    return checked(this.#ints[number], length);
  }

  #read<T extends Entries>(number: number, kind: new (length: number) => T): T {
    if (number >= this.#count) throw damagedFrame(`names column ${number} of ${this.#count}`);
    const at = this.#tableAt + number * COLUMN_BYTES;
    const form = this.#view.getUint32(at, true);
    const offset = this.#dataAt + this.#view.getUint32(at + 4, true);
    const length = this.#view.getUint32(at + 8, true);
    const byteLength = columnByteLength(form, length);
    if (byteLength === undefined) throw damagedFrame(`has a column of the unknown form ${form}`);
    if (offset % 8 !== 0 || offset + byteLength > this.#bytes.byteLength) {
      throw damagedFrame("ends inside a column");
    }
    this.#entries += length;
    if (this.#entries > MAX_ENTRIES)
      throw damagedFrame(`unfolds to more than ${MAX_ENTRIES} entries`);
    const plan = {
      form,
      base: this.#view.getFloat64(at + 16, true),
      scale: this.#view.getFloat64(at + 24, true),
    };
    const target = new kind(length);
    readColumn(this.#bytes.buffer, this.#bytes.byteOffset + offset, plan, target);
    return target;
  }
}

function checked<T extends Entries>(column: T, length: number): T {
  if (column.length !== length) {
    throw damagedFrame(`has a column of ${column.length} entries where ${length} belong`);
  }
  return column;
}

/** The next multiple of 8. */
export function padded(byteLength: number): number {
  return Math.ceil(byteLength / 8) * 8;
}

export function damagedFrame(what: string, cause?: unknown): TrackioError {
  return new TrackioError(
    "damaged",
    `The answer ${what}: it was cut off or changed on its way; read it again.`,
    { cause },
  );
}

function mix(seed: number, words: Uint32Array): number {
  let hash = seed;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
