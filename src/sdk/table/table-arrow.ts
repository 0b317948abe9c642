/** A column of `apache-arrow`, chunk by chunk, by the numbers that its format gives to types. */

import { type ColumnData, concatColumns, type TextColumn } from "../../tables/column-data.ts";
import type { GivenColumn } from "./table-input.ts";
import { typedColumn } from "./typed-column.ts";

/** As the Arrow format numbers them. */
const INT = 2;
const FLOAT = 3;
const UTF8 = 5;
const BOOL = 6;
const DECIMAL = 7;
const DATE = 8;
const TIMESTAMP = 10;
const DICTIONARY = -1;

const HALF_PRECISION = 0;
/** Second, millisecond, microsecond, nanosecond: how many of them are so many milliseconds. */
const TIMESTAMP_UNITS = [
  [1n, 1000],
  [1n, 1],
  [1000n, 1],
  [1_000_000n, 1],
] as const;
const DAY_UNIT = 0;
const DAY_MS = 86_400_000;
/** Digits that every number keeps. */
const EXACT_DIGITS = 15;

interface ArrowType {
  readonly typeId: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly unit?: number;
}

/** A chunk. */
interface ArrowData {
  /** In bits, of what is packed as bits. */
  readonly offset: number;
  readonly length: number;
  readonly nullCount: number;
  readonly values: Uint8Array;
  readonly valueOffsets: Int32Array;
  readonly dictionary?: ArrowVector;
  getValid(index: number): boolean;
}

export interface ArrowVector {
  readonly type: ArrowType;
  readonly data: readonly ArrowData[];
  readonly length: number;
  get(index: number): unknown;
}

export function isArrowVector(given: unknown): given is ArrowVector {
  if (typeof given !== "object" || given === null) return false;
  const { type, data, get } = given as Partial<ArrowVector>;
  return typeof type?.typeId === "number" && Array.isArray(data) && typeof get === "function";
}

export function arrowColumn(vector: ArrowVector): GivenColumn["cells"] {
  const { type, data } = vector;
  const read = chunkReader(type);
  if (read !== undefined && data.length > 0) {
    return concatColumns(data.map((chunk) => read(chunk, nullsOf(chunk))));
  }
  const toCell = cellReader(vector);
  return Array.from({ length: vector.length }, (_, row) => toCell(row));
}

function timestampUnit(unit = 1): readonly [units: bigint, ms: number] {
  return TIMESTAMP_UNITS[unit] ?? TIMESTAMP_UNITS[1];
}

type ReadChunk = (chunk: ArrowData, nulls: Uint8Array | undefined) => ColumnData;

function chunkReader(type: ArrowType): ReadChunk | undefined {
  switch (type.typeId) {
    case INT:
      return readNumbers;
    case FLOAT:
      return type.precision === HALF_PRECISION ? undefined : readNumbers;
    case BOOL:
      return readBooleans;
    case UTF8:
      return readTexts;
    case DATE:
      return dateReader(1n, type.unit === DAY_UNIT ? DAY_MS : 1);
    case TIMESTAMP:
      return dateReader(...timestampUnit(type.unit));
    default:
      return undefined;
  }
}

function nullsOf(chunk: ArrowData): Uint8Array | undefined {
  if (chunk.nullCount === 0) return undefined;
  const nulls = new Uint8Array(chunk.length);
  for (let row = 0; row < nulls.length; row += 1) nulls[row] = chunk.getValid(row) ? 0 : 1;
  return nulls;
}

function readNumbers({ values, length }: ArrowData, nulls: Uint8Array | undefined): ColumnData {
  return { ...typedColumn(values.subarray(0, length)), nulls } as ColumnData;
}

function readBooleans(chunk: ArrowData, nulls: Uint8Array | undefined): ColumnData {
  const values = new Uint8Array(chunk.length);
  for (let row = 0; row < values.length; row += 1) {
    const bit = chunk.offset + row;
    values[row] = ((chunk.values[bit >> 3] as number) >> (bit & 7)) & 1;
  }
  return { type: "boolean", values, nulls };
}

function readTexts(chunk: ArrowData, nulls: Uint8Array | undefined): TextColumn {
  const { valueOffsets, values, length } = chunk;
  const { buffer, byteOffset } = valueOffsets;
  const offsets =
    valueOffsets.length > length
      ? new Uint32Array(buffer as ArrayBuffer, byteOffset, length + 1)
      : new Uint32Array(length + 1);
  return { type: "string", encoding: "utf8", offsets, bytes: values, nulls };
}

/** Nanoseconds are more than a double holds, so they are divided as they are. */
function dateReader(units: bigint, ms: number): ReadChunk {
  return (chunk, nulls) => {
    const values = new Float64Array(chunk.length);
    for (let row = 0; row < values.length; row += 1) {
      const value: number | bigint = chunk.values[row] as number;
      const isWhole = units === 1n || typeof value === "number";
      values[row] = Number(isWhole ? value : divide(value, units)) * ms;
    }
    return { type: "date", values, nulls };
  };
}

/** To the nearest. */
function divide(value: bigint, divisor: bigint): bigint {
  const shifted = value + divisor / 2n;
  return shifted % divisor < 0n ? shifted / divisor - 1n : shifted / divisor;
}

function cellReader(vector: ArrowVector): (row: number) => unknown {
  const { typeId, scale = 0 } = vector.type;
  if (typeId === DICTIONARY) return dictionaryReader(vector);
  if (typeId !== DECIMAL) return (row) => vector.get(row);
  return (row) => {
    const words = vector.get(row);
    return words === null ? null : decimalOf(words as Uint32Array, scale);
  };
}

/** Each word of the dictionary is read once. */
function dictionaryReader(vector: ArrowVector): (row: number) => unknown {
  const indexed: unknown[] = [];
  for (const chunk of vector.data) {
    const { dictionary, values } = chunk;
    const words = Array.from({ length: dictionary?.length ?? 0 }, (_, i) => dictionary?.get(i));
    const isWhole = chunk.nullCount === 0;
    for (let row = 0; row < chunk.length; row += 1) {
      indexed.push(isWhole || chunk.getValid(row) ? words[Number(values[row])] : null);
    }
  }
  return (row) => indexed[row];
}

/** A number where it is exact as one, else text. The words are of a two's complement, lowest first. */
function decimalOf(words: Uint32Array, scale: number): number | string {
  const bits = words.length * 32;
  const raw = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  const unscaled = BigInt.asIntN(bits, raw);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const point = digits.length - scale;
  const sign = unscaled < 0n ? "-" : "";
  const text = `${sign}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ""}`;
  const significant = digits.replace(/^0+/, "").length;
  return significant <= EXACT_DIGITS ? Number(text) : text;
}
