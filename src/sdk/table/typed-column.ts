/** A typed array as a column, in its own memory. */

import type { BigintColumn, NumberColumn } from "../../tables/column-data.ts";

const CLASSES = {
  Float64Array,
  Float32Array,
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
} as const;

/** Clamped bytes are bytes; half floats become floats. @param given Of a class of numbers, also of another realm. */
export function typedColumn(given: object): NumberColumn | BigintColumn {
  const array = given as Uint8Array;
  const own = String(Reflect.get(array, Symbol.toStringTag));
  const name = own === "Uint8ClampedArray" ? "Uint8Array" : own;
  const Class = CLASSES[name as keyof typeof CLASSES];
  const values =
    Class === undefined
      ? Float32Array.from(array)
      : new Class(array.buffer as ArrayBuffer, array.byteOffset, array.length);
  const type = name.startsWith("Big") ? "bigint" : "number";
  return { type, values, nulls: undefined } as NumberColumn | BigintColumn;
}
