/**
 * Numbers and how they stand: one array in which the last index runs fastest.
 * The form in which pictures and videos are checked and kept, whatever a script
 * had them in.
 */

import { TrackioError } from "../../protocol/errors.ts";

/** An array of numbers of any type. */
export type NumberList = ArrayLike<number> | ArrayLike<bigint>;

export interface NumberGrid {
  readonly shape: readonly number[];
  readonly numbers: NumberList;
  /** What they are, as messages name it: `uint8`, `float32`, …, {@link BOOLEANS} or {@link PLAIN}. */
  readonly type: string;
}

/** Of plain arrays, whose numbers say nothing of their range. */
export const PLAIN = "numbers";
export const BOOLEANS = "booleans";

/** A typed array's type as people call it: `uint8`, `float32`; of any other array, {@link PLAIN}. */
export function typeName(numbers: object): string {
  if (!isTypedArray(numbers)) return PLAIN;
  // The name of its class, also where that is one of its own (a Buffer) or of another realm.
  const name = String(Reflect.get(numbers, Symbol.toStringTag));
  return name.replace(/(Clamped)?Array$/, "").toLowerCase();
}

export function isTypedArray(value: unknown): value is NumberList & ArrayBufferView {
  return ArrayBuffer.isView(value) && Reflect.get(value, Symbol.toStringTag) !== "DataView";
}

/** `(28, 28, 1)`, as the guide writes shapes. */
export function showShape(shape: readonly number[]): string {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The same numbers in a shape that the script gave. @throws {@link TrackioError} `invalid_argument` where it is none, or of another size. */
export function withShape(grid: NumberGrid, shape: unknown): NumberGrid {
  const lengths = readShape(shape);
  const size = sizeOf(lengths);
  if (size === grid.numbers.length) return { ...grid, shape: lengths };
  throw new TrackioError(
    "invalid_argument",
    `There are ${grid.numbers.length} numbers (${grid.type}), but a shape of ${showShape(lengths)} has ${size}.`,
  );
}

/** @throws {@link TrackioError} `invalid_argument` where it is no list of sizes. */
export function readShape(shape: unknown): number[] {
  const isList = typeof shape === "object" && shape !== null;
  const lengths = isList ? Array.from(shape as ArrayLike<unknown>, Number) : [];
  if (lengths.length > 0 && lengths.every(isSize)) return lengths;
  throw new TrackioError(
    "invalid_argument",
    `The shape is ${isList ? showShape(lengths) : String(shape)}; give a list of sizes, e.g. [28, 28, 3].`,
  );
}

function isSize(length: number): boolean {
  return Number.isSafeInteger(length) && length >= 0;
}
