/** Arrays in arrays, as people write small pictures by hand, made into one. */

import { TrackioError } from "../../protocol/errors.ts";
import { describeValue } from "../describe-value.ts";
import {
  BOOLEANS,
  isTypedArray,
  type NumberGrid,
  PLAIN,
  showShape,
  sizeOf,
  typeName,
} from "./number-grid.ts";

/** Deeper than any picture or video; an array that holds itself has no end. */
const MAX_DEPTH = 8;

/** @throws {@link TrackioError} `invalid_argument` where the arrays are not all of one size, or hold what is no number. */
export function flattenArrays(arrays: readonly unknown[]): NumberGrid {
  const shape = measure(arrays);
  checkSizes(arrays, shape, []);
  const numbers = new Float64Array(sizeOf(shape));
  const types = new Set<string>();
  let at = 0;
  const fill = (list: ArrayLike<unknown>, depth: number): void => {
    if (depth < shape.length) {
      for (let i = 0; i < list.length; i += 1) fill(list[i] as ArrayLike<unknown>, depth + 1);
      return;
    }
    const type = typeName(list);
    let booleanCount = 0;
    for (let i = 0; i < list.length; i += 1) {
      const item = list[i];
      if (typeof item === "boolean") booleanCount += 1;
      numbers[at++] = typeof item === "number" ? item : numberOf(item);
    }
    types.add(booleanCount > 0 && booleanCount === list.length ? BOOLEANS : type);
  };
  if (numbers.length > 0) fill(arrays, 1);
  const [type = PLAIN] = types;
  return { numbers, shape, type: types.size === 1 ? type : PLAIN };
}

/** The number that an item of an array is; true and false are 1 and 0. @throws {@link TrackioError} where it is none. */
export function numberOf(item: unknown): number {
  if (typeof item === "number") return item;
  if (typeof item === "boolean" || typeof item === "bigint") return Number(item);
  throw new TrackioError(
    "invalid_argument",
    `Among the numbers there is ${describeValue(item)}, which is none.`,
  );
}

/** Sizes along the first items. */
function measure(arrays: readonly unknown[]): number[] {
  const shape: number[] = [];
  for (let level: unknown = arrays; isList(level) && shape.length < MAX_DEPTH; level = level[0]) {
    shape.push(level.length);
  }
  return shape;
}

function checkSizes(
  list: ArrayLike<unknown>,
  shape: readonly number[],
  path: readonly number[],
): void {
  if (list.length !== shape[path.length]) throw ragged(shape, path, `has ${list.length} items`);
  const isInnermost = path.length === shape.length - 1;
  if (isInnermost && isTypedArray(list)) return;
  for (let i = 0; i < list.length; i += 1) {
    const item = list[i];
    if (isInnermost ? isList(item) : !isList(item)) {
      throw ragged(shape, [...path, i], `is ${describeValue(item)}`);
    }
    if (!isInnermost) checkSizes(item as ArrayLike<unknown>, shape, [...path, i]);
  }
}

function ragged(shape: readonly number[], path: readonly number[], what: string): TrackioError {
  return new TrackioError(
    "invalid_argument",
    `The arrays are ragged: their first items make a shape of ${showShape(shape)}, but [${path.join("][")}] ${what}.`,
  );
}

function isList(item: unknown): item is ArrayLike<unknown> {
  return Array.isArray(item) || isTypedArray(item);
}
