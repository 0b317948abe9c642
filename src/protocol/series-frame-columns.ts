/**
 * How one column of a series frame becomes bytes: the shortest form that keeps
 * what the frame promises.
 *
 *     constant   no bytes: every entry is `base`
 *     uint8/16/32  base + n: whole numbers close together, exact
 *     float64    as it is
 *     even16     base + scale · n / 65535: an axis, right to 1/131,070 of its range
 *     short16    base + scale · f, f a number in [0, 1] of 5 bits exponent and 11 bits mantissa
 *
 * Law of `short16`: an entry v is right to (v − base) / 4096, so that both the
 * range of a series and the decades above its minimum (log axes) are kept; NaN
 * and ±Infinity are themselves.
 */

/** Form of a column's bytes, as written into the frame. */
export const COLUMN_FORM = {
  constant: 0,
  uint8: 1,
  uint16: 2,
  uint32: 3,
  float64: 4,
  even16: 5,
  short16: 6,
} as const;

/** What to do with a column that is not of whole numbers. */
export type Shortening = "none" | "axis" | { readonly base: number; readonly scale: number };

/** What a column is made of. */
export type Entries = Float64Array | Int32Array;

export interface ColumnPlan {
  readonly form: number;
  readonly base: number;
  readonly scale: number;
}

const ENTRY_BYTES = [0, 1, 2, 4, 8, 2, 2];
const SHORT_SPECIAL = 31 << 11;
const EXPONENT_SHIFT = (127 - 30) << 11;

/** Bytes of a column of `length` entries; undefined where the form is not known. */
export function columnByteLength(form: number, length: number): number | undefined {
  const bytes = ENTRY_BYTES[form];
  return bytes === undefined ? undefined : bytes * length;
}

/** Chooses the form of a column of at least one entry. */
export function planColumn(values: Entries, shortening: Shortening): ColumnPlan {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let whole = true;
  let same = true;
  const head = values[0]!;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v < low) low = v;
    if (v > high) high = v;
    if (!Object.is(v, head)) same = false;
    if (v !== Math.floor(v) || (v === 0 && 1 / v < 0)) whole = false;
  }
  const { constant, uint8, uint16, uint32, float64, even16, short16 } = COLUMN_FORM;
  const range = high - low;
  if (same) return { form: constant, base: head, scale: 0 };
  const exact = whole && Number.isSafeInteger(low) && Number.isSafeInteger(high);
  if (exact && range < 256) return { form: uint8, base: low, scale: 0 };
  if (exact && range < 65536) return { form: uint16, base: low, scale: 0 };
  if (shortening === "axis" && Number.isFinite(range)) {
    return { form: even16, base: low, scale: range };
  }
  if (typeof shortening === "object") return { form: short16, ...shortening };
  if (exact && range < 2 ** 32) return { form: uint32, base: low, scale: 0 };
  return { form: float64, base: 0, scale: 0 };
}

/** Writes `values` by `plan` at byte `at` (a multiple of 8) of `buffer`. */
export function writeColumn(
  buffer: ArrayBuffer,
  at: number,
  values: Entries,
  plan: ColumnPlan,
): void {
  const { form, base, scale } = plan;
  const length = values.length;
  if (form === COLUMN_FORM.float64) new Float64Array(buffer, at, length).set(values);
  else if (form === COLUMN_FORM.short16) writeShort(buffer, at, values, base, scale);
  else if (form === COLUMN_FORM.even16) {
    const target = new Uint16Array(buffer, at, length);
    for (let i = 0; i < length; i++) target[i] = Math.round(((values[i]! - base) / scale) * 65535);
  } else if (form !== COLUMN_FORM.constant) {
    const target = wholeView(buffer, at, length, form);
    for (let i = 0; i < length; i++) target[i] = values[i]! - base;
  }
}

/** Reads a column back into `target`, which has as many entries as were written. */
export function readColumn(
  buffer: ArrayBufferLike,
  at: number,
  plan: ColumnPlan,
  target: Entries,
): void {
  const { form, base, scale } = plan;
  const length = target.length;
  if (form === COLUMN_FORM.constant) target.fill(base);
  else if (form === COLUMN_FORM.float64) target.set(new Float64Array(buffer, at, length));
  else if (form === COLUMN_FORM.short16) readShort(buffer, at, target, base, scale);
  else if (form === COLUMN_FORM.even16) {
    const source = new Uint16Array(buffer, at, length);
    for (let i = 0; i < length; i++) target[i] = base + scale * (source[i]! / 65535);
  } else {
    const source = wholeView(buffer, at, length, form);
    for (let i = 0; i < length; i++) target[i] = base + source[i]!;
  }
}

function wholeView(buffer: ArrayBufferLike, at: number, length: number, form: number) {
  if (form === COLUMN_FORM.uint8) return new Uint8Array(buffer, at, length);
  if (form === COLUMN_FORM.uint16) return new Uint16Array(buffer, at, length);
  return new Uint32Array(buffer, at, length);
}

/**
 * The 19 upper bits of a 32-bit float in [0, 1], rounded, are 8 bits of
 * exponent and 11 of mantissa; 30 exponents below 1 are kept, what is smaller
 * is 0 (an error below a 500 millionth of the range).
 */
function writeShort(
  buffer: ArrayBuffer,
  at: number,
  values: Entries,
  base: number,
  scale: number,
): void {
  const target = new Uint16Array(buffer, at, values.length);
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v - v !== 0) {
      target[i] = SHORT_SPECIAL + (v > 0 ? 1 : v < 0 ? 2 : 0);
      continue;
    }
    const part = scale === 0 ? 0 : (v - base) / scale;
    float[0] = part < 0 ? 0 : part > 1 ? 1 : part;
    const code = ((bits[0]! + 0x800) >>> 12) - EXPONENT_SHIFT;
    target[i] = code < 1 << 11 ? 0 : code;
  }
}

function readShort(
  buffer: ArrayBufferLike,
  at: number,
  target: Entries,
  base: number,
  scale: number,
): void {
  const source = new Uint16Array(buffer, at, target.length);
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let i = 0; i < source.length; i++) {
    const code = source[i]!;
    if (code >= SHORT_SPECIAL) {
      target[i] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][code & 3]!;
    } else {
      bits[0] = code === 0 ? 0 : (code + EXPONENT_SHIFT) << 12;
      target[i] = base + scale * float[0]!;
    }
  }
}
