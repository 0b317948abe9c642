/**
 * A column as a blob. Its first byte is 0, or 1 where zstd packed what follows;
 * then a form of `series/number-codec.ts`, or one of these:
 *
 *     7 int64   byte planes of integers that fit into 64 bits, logged as bigint
 *     8 json    an array of values as JSON text
 */

import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Json } from "../../protocol/json.ts";
import { decodeNumbers, encodeNumbers, encodePlain } from "../../series/number-codec.ts";
import type { Column } from "../store.ts";

const INT64 = 7;
const JSON_TEXT = 8;
/** Fewer bytes than these are not worth a call of zstd. */
const LEAST_PACKED_BYTES = 64;
const ZSTD_OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** The blob of `bytes`, packed where that saves an eighth: less is not worth the time of unpacking. */
export function packBlob(bytes: Uint8Array): Uint8Array {
  if (bytes.length >= LEAST_PACKED_BYTES) {
    const packed = zstdCompressSync(bytes, ZSTD_OPTIONS);
    if (packed.length <= bytes.length * (7 / 8)) return headed(1, packed);
  }
  return headed(0, bytes);
}

/** The blob of `bytes` as they are. */
export function keepBlob(bytes: Uint8Array): Uint8Array {
  return headed(0, bytes);
}

/** The bytes that {@link packBlob} packed. */
export function unpackBlob(blob: Uint8Array): Uint8Array {
  const bytes = blob.subarray(1);
  return blob[0] === 1 ? zstdDecompressSync(bytes) : bytes;
}

/** Bytes of a column in the smallest form, not packed. */
export function encodeColumn(column: Column): Uint8Array {
  if (column.kind === "numbers") return encodeNumbers(column.values);
  const integers = asInt64(column.values);
  if (integers) return encodeInt64(integers);
  return headed(JSON_TEXT, new TextEncoder().encode(JSON.stringify(column.values)));
}

/** Bytes of a column that is soon written anew: numbers as they are. */
export function encodeLooseColumn(column: Column): Uint8Array {
  return column.kind === "numbers" ? encodePlain(column.values) : encodeColumn(column);
}

/**
 * Rows `from` (inclusive) to `to` (exclusive) of a column of `count` values; all where not given.
 * @throws RangeError, or SyntaxError, where the bytes are none that {@link encodeColumn} wrote.
 */
export function decodeColumn(bytes: Uint8Array, count: number, from = 0, to = count): Column {
  if (bytes[0] === JSON_TEXT) {
    const text = new TextDecoder().decode(bytes.subarray(1));
    const values = JSON.parse(text) as readonly Json[];
    if (!Array.isArray(values) || values.length !== count) {
      throw new RangeError(`The JSON text is no array of ${count} values.`);
    }
    return { kind: "values", values: values.slice(from, to) };
  }
  if (bytes[0] === INT64) {
    return { kind: "values", values: decodeInt64(bytes, count).slice(from, to) };
  }
  return { kind: "numbers", values: decodeNumbers(bytes, count, from, to) };
}

/** The numbers of a column that holds nothing else, such as times. */
export function numbersIn(column: Column): Float64Array {
  if (column.kind === "numbers") return column.values;
  throw new RangeError("There is something else among what is all numbers.");
}

/** The integers where all values are integers of 64 bits in the form of `encodeValue`. */
function asInt64(values: readonly Json[]): BigInt64Array | undefined {
  if (values.length === 0) return undefined;
  const integers = new BigInt64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const { $: kind, v } = value as { readonly [key: string]: Json };
    if (kind !== "int" || typeof v !== "string" || !/^-?\d{1,19}$/.test(v)) return undefined;
    integers[i] = BigInt(v);
    if (String(integers[i]) !== v) return undefined;
  }
  return integers;
}

function encodeInt64(integers: BigInt64Array): Uint8Array {
  const count = integers.length;
  const source = new Uint8Array(integers.buffer);
  const bytes = new Uint8Array(1 + count * 8);
  bytes[0] = INT64;
  for (let i = 0; i < source.length; i++) bytes[1 + (i & 7) * count + (i >> 3)] = source[i]!;
  return bytes;
}

function decodeInt64(bytes: Uint8Array, count: number): Json[] {
  if (bytes.length !== 1 + count * 8) {
    throw new RangeError(`${bytes.length} bytes of ${count} integers.`);
  }
  const integers = new BigInt64Array(count);
  const target = new Uint8Array(integers.buffer);
  for (let i = 0; i < target.length; i++) target[i] = bytes[1 + (i & 7) * count + (i >> 3)]!;
  return Array.from(integers, (integer) => ({ $: "int", v: String(integer) }));
}

function headed(head: number, bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(1 + bytes.length);
  whole[0] = head;
  whole.set(bytes, 1);
  return whole;
}
