/**
 * Numbers as the bytes of pixels, 0 to 255. What they mean is in their type:
 * integers are 0 to 255, floats 0 to 1, booleans 0 and 1; only plain arrays have
 * to be looked at to know. This runs within `log()`, over every pixel.
 */

import {
  BOOLEANS,
  isTypedArray,
  type NumberGrid,
  type NumberList,
  PLAIN,
  showShape,
  typeName,
} from "./number-grid.ts";

/** How far beyond 0 and 1 a float may be that was meant to be just that: rounding of a few float32 operations. */
const ROUNDING = 1e-6;

/** The bytes of a picture's numbers; undefined where one of them is NaN or out of range. */
export function toPixelBytes({ numbers, type }: NumberGrid): Uint8Array | undefined {
  if (type === BOOLEANS) return scaleBooleans(numbers);
  if (type.startsWith("float")) return scaleFloats(numbers as ArrayLike<number>);
  if (type !== PLAIN) return takeIntegers(numbers);
  return scaleFloats(numbers as ArrayLike<number>) ?? takeIntegers(numbers);
}

/** Integers from 0 to 255 as they are; undefined where one of them is no such. Bytes are not copied. */
export function takeIntegers(numbers: NumberList): Uint8Array | undefined {
  if (isTypedArray(numbers) && typeName(numbers) === "uint8") {
    return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.length);
  }
  const bytes = new Uint8Array(numbers.length);
  for (let i = 0; i < bytes.length; i += 1) {
    const number = Number(numbers[i]);
    bytes[i] = number;
    if (bytes[i] !== number) return undefined;
  }
  return bytes;
}

function scaleFloats(numbers: ArrayLike<number>): Uint8Array | undefined {
  const bytes = new Uint8Array(numbers.length);
  for (let i = 0; i < bytes.length; i += 1) {
    const number = numbers[i] as number;
    // NaN is in no range either.
    if (!(number >= -ROUNDING && number <= 1 + ROUNDING)) return undefined;
    bytes[i] = number * 255 + 0.5;
  }
  return bytes;
}

function scaleBooleans(numbers: NumberList): Uint8Array {
  const bytes = new Uint8Array(numbers.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = numbers[i] ? 255 : 0;
  return bytes;
}

/** What was found, for a message: `float32 in shape (28, 28), from -0.42 to 2.8, 3 of them NaN`. */
export function describeGrid({ numbers, shape, type }: NumberGrid): string {
  let [min, max, nanCount, fractions] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < numbers.length; i += 1) {
    const number = Number(numbers[i]);
    if (number < min) min = number;
    if (number > max) max = number;
    if (Number.isNaN(number)) nanCount += 1;
    else if (!Number.isInteger(number)) fractions += 1;
  }
  const range = min > max ? "" : `, from ${showNumber(min)} to ${showNumber(max)}`;
  const kind = type === PLAIN && fractions > 0 ? ", not all of them integers" : "";
  const nan = nanCount === 0 ? "" : `, ${nanCount} of them NaN`;
  return `${type} in shape ${showShape(shape)}${range}${kind}${nan}`;
}

/** To as many digits as a float32 has: what is hardly above 1 must not read as 1. */
function showNumber(number: number): string {
  return String(Number(number.toPrecision(7)));
}
