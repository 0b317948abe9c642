/**
 * Numbers as bytes, in the smallest of a few plain forms, each exact:
 *
 *     0 constant   the number
 *     1 linear     first, stride: number i is first + i·stride
 *     2 integers   first, width, then the zigzag of each difference, byte plane by byte plane
 *     3 planes32   byte planes of the numbers as 32-bit floats
 *     4 planes64   byte planes of the numbers as they are
 *     5 flat32     the numbers as 32-bit floats
 *     6 flat64     the numbers as they are
 *
 * The first byte names the form; all is little-endian. A byte plane holds the
 * lowest byte of all numbers, the next plane the next byte: what is alike lies
 * together, and any compressor finds it. Law: decode(encode(v)) is v, bit for
 * bit; NaN comes back as the one NaN that JavaScript has.
 */

const CONSTANT = 0;
const LINEAR = 1;
const INTEGERS = 2;
const PLANES32 = 3;
const PLANES64 = 4;
const FLAT32 = 5;
const FLAT64 = 6;

/** First row (inclusive) and last row (exclusive). */
type Rows = readonly [from: number, to: number];

/** Bytes of `values` in the form that a compressor makes least of. */
export function encodeNumbers(values: Float64Array): Uint8Array {
  const short = encodeShort(values);
  if (short) return short;
  return isSingle(values) ? encodeSingles(values) : encodeDoubles(values);
}

/** Bytes of `values` in a form that is decoded at once, for what stays without a compressor. */
export function encodeFlat(values: Float64Array): Uint8Array {
  const short = encodeShort(values);
  if (short) return short;
  if (!isSingle(values)) return encodePlain(values);
  return headed(FLAT32, new Uint8Array(new Float32Array(values).buffer));
}

/** Bytes of `values` as they are: nothing is tried, nothing is saved. */
export function encodePlain(values: Float64Array): Uint8Array {
  return headed(FLAT64, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/**
 * Rows `from` (inclusive) to `to` (exclusive) of the `count` numbers that were encoded; all where not given. They may
 * share the memory of `bytes`.
 * @throws RangeError where the bytes name an unknown form or are too few.
 */
export function decodeNumbers(
  bytes: Uint8Array,
  count: number,
  from = 0,
  to = count,
): Float64Array {
  const rows: Rows = [from, to];
  needs(bytes, 1);
  if (from >= to) return new Float64Array(0);
  switch (bytes[0]) {
    case CONSTANT:
      return new Float64Array(to - from).fill(doubleAt(bytes, 1));
    case LINEAR: {
      const [first, stride] = [doubleAt(bytes, 1), doubleAt(bytes, 9)];
      const values = new Float64Array(to - from);
      for (let i = from; i < to; i++) values[i - from] = first + i * stride;
      return values;
    }
    case INTEGERS:
      return decodeIntegers(bytes, count, rows);
    case PLANES32:
      return decodeSingles(bytes, count, rows);
    case PLANES64:
      return decodeDoubles(bytes, count, rows);
    case FLAT32:
      return singlesIn(bytes, rows);
    case FLAT64:
      return doublesIn(bytes, rows);
    default:
      throw new RangeError(`Unknown form ${bytes[0]} of numbers.`);
  }
}

/** A form that needs at most half of the bytes, where the numbers have one. */
function encodeShort(values: Float64Array): Uint8Array | undefined {
  if (values.length === 0) return Uint8Array.of(CONSTANT);
  if (isConstant(values)) return withHead(CONSTANT, [values[0]!], 0);
  const deltas = integerDeltas(values);
  if (deltas === undefined) return undefined;
  if (deltas.stride !== undefined) return withHead(LINEAR, [values[0]!, deltas.stride], 0);
  return deltas.width <= 2 || !isSingle(values) ? encodeIntegers(values, deltas.width) : undefined;
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
  // Beyond 2^53 a multiple of the stride is rounded, and the sum with it.
  if (isLinear && Number.isSafeInteger(stride * (values.length - 1))) return { width, stride };
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

function decodeIntegers(bytes: Uint8Array, total: number, [from, to]: Rows): Float64Array {
  const count = total - 1;
  const width = bytes[9]!;
  needs(bytes, 10 + count * width);
  const values = new Float64Array(to - from);
  let value = doubleAt(bytes, 1);
  if (from === 0) values[0] = value;
  for (let i = 0; i < to - 1; i++) {
    let zigzag = bytes[10 + i]!;
    for (let plane = 1, at = 10 + i + count; plane < width; plane++, at += count) {
      zigzag |= bytes[at]! << (8 * plane);
    }
    value += (zigzag >>> 1) ^ -(zigzag & 1);
    if (i + 1 >= from) values[i + 1 - from] = value;
  }
  return values;
}

function encodeSingles(values: Float64Array): Uint8Array {
  const words = new Uint32Array(new Float32Array(values).buffer);
  return joinPlanes(PLANES32, planesOf(words, 1, 0), values.length);
}

function encodeDoubles(values: Float64Array): Uint8Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const planes = [...planesOf(words, 2, 0), ...planesOf(words, 2, 1)];
  return joinPlanes(PLANES64, planes, values.length);
}

/** The four byte planes of every `stride`th word from `first` on; a plane of one byte where all its bytes are the same. */
function planesOf(words: Uint32Array, stride: number, first: number): Uint8Array[] {
  const count = words.length / stride;
  const [a, b, c, d] = Array.from({ length: 4 }, () => new Uint8Array(count)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  let differing = 0;
  for (let i = 0, at = first; i < count; i++, at += stride) {
    const word = words[at]!;
    differing |= word ^ words[first]!;
    a[i] = word;
    b[i] = word >>> 8;
    c[i] = word >>> 16;
    d[i] = word >>> 24;
  }
  return [a, b, c, d].map((plane, i) =>
    (differing >>> (8 * i)) & 255 ? plane : plane.subarray(0, 1),
  );
}

/** The form, a byte whose bits tell which planes are whole, then the planes; of the others one byte each. */
function joinPlanes(form: number, planes: readonly Uint8Array[], count: number): Uint8Array {
  const bytes = new Uint8Array(2 + planes.reduce((sum, plane) => sum + plane.length, 0));
  bytes[0] = form;
  let at = 2;
  planes.forEach((plane, i) => {
    if (plane.length === count) bytes[1]! |= 1 << i;
    bytes.set(plane, at);
    at += plane.length;
  });
  return bytes;
}

/** Rows `from` to `to` of each plane. */
function splitPlanes(bytes: Uint8Array, planeCount: number, count: number, [from, to]: Rows) {
  let at = 2;
  return Array.from({ length: planeCount }, (_, i) => {
    const isWhole = (bytes[1]! >> i) & 1;
    const begin = at;
    at += isWhole ? count : 1;
    needs(bytes, at);
    return isWhole
      ? bytes.subarray(begin + from, begin + to)
      : new Uint8Array(to - from).fill(bytes[begin]!);
  });
}

/** Writes every `stride`th word from `first` on out of four planes. */
function joinWords(
  planes: readonly Uint8Array[],
  words: Uint32Array,
  stride: number,
  first: number,
): void {
  const [a, b, c, d] = planes as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  for (let i = 0, at = first; i < a.length; i++, at += stride) {
    words[at] = a[i]! | (b[i]! << 8) | (c[i]! << 16) | (d[i]! << 24);
  }
}

function decodeSingles(bytes: Uint8Array, count: number, rows: Rows): Float64Array {
  const words = new Uint32Array(rows[1] - rows[0]);
  joinWords(splitPlanes(bytes, 4, count, rows), words, 1, 0);
  return new Float64Array(new Float32Array(words.buffer));
}

function decodeDoubles(bytes: Uint8Array, count: number, rows: Rows): Float64Array {
  const values = new Float64Array(rows[1] - rows[0]);
  const words = new Uint32Array(values.buffer);
  const planes = splitPlanes(bytes, 8, count, rows);
  joinWords(planes.slice(0, 4), words, 2, 0);
  joinWords(planes.slice(4), words, 2, 1);
  return values;
}

/** The 64-bit floats `from` to `to` behind the head: in place where they lie as the machine wants them, else a copy. */
function doublesIn(bytes: Uint8Array, [from, to]: Rows): Float64Array {
  needs(bytes, 1 + to * 8);
  const at = bytes.byteOffset + 1 + from * 8;
  if (at % 8 === 0) return new Float64Array(bytes.buffer as ArrayBuffer, at, to - from);
  return new Float64Array(bytes.slice(1 + from * 8, 1 + to * 8).buffer as ArrayBuffer);
}

function singlesIn(bytes: Uint8Array, [from, to]: Rows): Float64Array {
  needs(bytes, 1 + to * 4);
  const items = bytes.slice(1 + from * 4, 1 + to * 4);
  return new Float64Array(new Float32Array(items.buffer as ArrayBuffer));
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

function headed(form: number, items: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + items.length);
  bytes[0] = form;
  bytes.set(items, 1);
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
