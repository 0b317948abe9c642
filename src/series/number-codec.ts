/**
 * Numbers as bytes, in the smallest of a few plain forms, each exact:
 *
 *     0 constant   the number
 *     1 linear     first, stride: number i is first + i·stride
 *     2 integers   first, width, then the zigzag of each difference, byte plane by byte plane
 *     3 float32    byte planes of the numbers as 32-bit floats
 *     4 float64    byte planes of the numbers as they are
 *     5 plain      the numbers as they are, little-endian
 *
 * The first byte names the form. A byte plane holds the lowest byte of all
 * numbers, the next plane the next byte: what is alike lies together, and any
 * compressor finds it. Law: decode(encode(v)) is v, bit for bit; NaN comes back
 * as the one NaN that JavaScript has.
 */

const CONSTANT = 0;
const LINEAR = 1;
const INTEGERS = 2;
const FLOAT32 = 3;
const FLOAT64 = 4;
const PLAIN = 5;

/** Bytes of `values` in the smallest form. Not compressed; see {@link encodePlain} for what is soon written anew. */
export function encodeNumbers(values: Float64Array): Uint8Array {
  const count = values.length;
  if (count === 0) return Uint8Array.of(CONSTANT);
  if (isConstant(values)) return withHead(CONSTANT, [values[0]!], 0);
  const deltas = integerDeltas(values);
  if (deltas?.stride !== undefined) return withHead(LINEAR, [values[0]!, deltas.stride], 0);
  const single = isSingle(values);
  if (deltas && deltas.width <= (single ? 2 : 4)) return encodeIntegers(values, deltas.width);
  return single ? encodeSingles(values) : encodeDoubles(values);
}

/** Bytes of `values` as they are: nothing is tried, nothing is saved. */
export function encodePlain(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(1 + values.length * 8);
  bytes[0] = PLAIN;
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 1);
  return bytes;
}

/**
 * The `count` numbers that {@link encodeNumbers} wrote.
 * @throws RangeError where the bytes name an unknown form or are too few.
 */
export function decodeNumbers(bytes: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count);
  if (count === 0) return values;
  switch (bytes[0]) {
    case CONSTANT:
      return values.fill(doubleAt(bytes, 1));
    case LINEAR: {
      const [first, stride] = [doubleAt(bytes, 1), doubleAt(bytes, 9)];
      for (let i = 0; i < count; i++) values[i] = first + i * stride;
      return values;
    }
    case INTEGERS:
      return decodeIntegers(bytes, values);
    case FLOAT32:
      return decodeSingles(bytes, values);
    case FLOAT64:
      return decodeDoubles(bytes, values);
    case PLAIN:
      needs(bytes, 1 + count * 8);
      new Uint8Array(values.buffer).set(bytes.subarray(1, 1 + count * 8));
      return values;
    default:
      throw new RangeError(`Unknown form ${bytes[0]} of numbers.`);
  }
}

function isConstant(values: Float64Array): boolean {
  const first = values[0]!;
  if (!Object.is(values.at(-1), first)) return false;
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return false;
  return true;
}

/** Whether 32 bits hold each number exactly. */
function isSingle(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Math.fround(value) !== value && !Number.isNaN(value)) return false;
  }
  return true;
}

/** Bytes that each difference needs where all numbers are integers that differ by less than 2^31; the stride where it is constant. */
function integerDeltas(values: Float64Array): { width: 1 | 2 | 4; stride?: number } | undefined {
  let largest = 0;
  let before = values[0]!;
  if (!isInteger(before)) return undefined;
  const stride = values[1]! - before;
  let isLinear = true;
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    if (!isInteger(value)) return undefined;
    const delta = value - before;
    if (delta !== stride) isLinear = false;
    const size = delta < 0 ? -delta - 1 : delta;
    if (size > largest) largest = size;
    before = value;
  }
  const width = largest < 128 ? 1 : largest < 32_768 ? 2 : 4;
  if (isLinear) return { width, stride };
  return largest < 2 ** 31 ? { width } : undefined;
}

/** A safe integer; -0 is not one, since adding it up would lose its sign. */
function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && (value !== 0 || 1 / value > 0);
}

function encodeIntegers(values: Float64Array, width: 1 | 2 | 4): Uint8Array {
  const count = values.length - 1;
  const bytes = withHead(INTEGERS, [values[0]!], 1 + count * width);
  bytes[9] = width;
  let before = values[0]!;
  for (let i = 0; i < count; i++) {
    const value = values[i + 1]!;
    const delta = (value - before) | 0;
    before = value;
    const zigzag = (delta << 1) ^ (delta >> 31);
    for (let plane = 0, at = 10 + i; plane < width; plane++, at += count) {
      bytes[at] = zigzag >>> (8 * plane);
    }
  }
  return bytes;
}

function decodeIntegers(bytes: Uint8Array, values: Float64Array): Float64Array {
  const count = values.length - 1;
  const width = bytes[9]!;
  needs(bytes, 10 + count * width);
  let value = doubleAt(bytes, 1);
  values[0] = value;
  for (let i = 0; i < count; i++) {
    let zigzag = bytes[10 + i]!;
    for (let plane = 1, at = 10 + i + count; plane < width; plane++, at += count) {
      zigzag |= bytes[at]! << (8 * plane);
    }
    value += (zigzag >>> 1) ^ -(zigzag & 1);
    values[i + 1] = value;
  }
  return values;
}

function encodeSingles(values: Float64Array): Uint8Array {
  const count = values.length;
  const words = new Uint32Array(Float32Array.from(values).buffer);
  const bytes = new Uint8Array(1 + count * 4);
  bytes[0] = FLOAT32;
  for (let i = 0; i < count; i++) {
    const word = words[i]!;
    bytes[1 + i] = word;
    bytes[1 + count + i] = word >>> 8;
    bytes[1 + 2 * count + i] = word >>> 16;
    bytes[1 + 3 * count + i] = word >>> 24;
  }
  return bytes;
}

function decodeSingles(bytes: Uint8Array, values: Float64Array): Float64Array {
  const count = values.length;
  needs(bytes, 1 + count * 4);
  const words = new Uint32Array(count);
  const [b, c, d] = [1 + count, 1 + 2 * count, 1 + 3 * count];
  for (let i = 0; i < count; i++) {
    words[i] = bytes[1 + i]! | (bytes[b + i]! << 8) | (bytes[c + i]! << 16) | (bytes[d + i]! << 24);
  }
  values.set(new Float32Array(words.buffer));
  return values;
}

function encodeDoubles(values: Float64Array): Uint8Array {
  const count = values.length;
  const words = new Uint32Array(values.buffer, values.byteOffset, count * 2);
  const bytes = new Uint8Array(1 + count * 8);
  bytes[0] = FLOAT64;
  for (let half = 0; half < 2; half++) {
    const at = 1 + half * 4 * count;
    for (let i = 0; i < count; i++) {
      const word = words[2 * i + half]!;
      bytes[at + i] = word;
      bytes[at + count + i] = word >>> 8;
      bytes[at + 2 * count + i] = word >>> 16;
      bytes[at + 3 * count + i] = word >>> 24;
    }
  }
  return bytes;
}

function decodeDoubles(bytes: Uint8Array, values: Float64Array): Float64Array {
  const count = values.length;
  needs(bytes, 1 + count * 8);
  const words = new Uint32Array(values.buffer);
  for (let half = 0; half < 2; half++) {
    const a = 1 + half * 4 * count;
    const [b, c, d] = [a + count, a + 2 * count, a + 3 * count];
    for (let i = 0; i < count; i++) {
      words[2 * i + half] =
        bytes[a + i]! | (bytes[b + i]! << 8) | (bytes[c + i]! << 16) | (bytes[d + i]! << 24);
    }
  }
  return values;
}

function withHead(form: number, numbers: readonly number[], more: number): Uint8Array {
  const bytes = new Uint8Array(1 + numbers.length * 8 + more);
  const view = new DataView(bytes.buffer);
  bytes[0] = form;
  numbers.forEach((number, i) => {
    view.setFloat64(1 + i * 8, number, true);
  });
  return bytes;
}

function doubleAt(bytes: Uint8Array, at: number): number {
  needs(bytes, at + 8);
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(at, true);
}

function needs(bytes: Uint8Array, size: number): void {
  if (bytes.length < size) {
    throw new RangeError(`${bytes.length} bytes of numbers where ${size} are needed.`);
  }
}
