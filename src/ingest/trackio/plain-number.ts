/** Numbers in bytes of JSON, told without making them: what is copied from a request to a journal need not be read in between. */

const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const UPPER_E = 0x45;
/** Integers of so many digits are exact as a float64. */
const EXACT_DIGITS = 15;
/** Of an exponent: what is larger may be no finite number. */
const EXPONENT_DIGITS = 2;

/** Where the number ends that begins at `at`; -1 where there is none, or a journal has another form for it: a large integer, −0, infinity. */
export function endOfPlainNumber(bytes: Uint8Array, at: number): number {
  const from = bytes[at] === MINUS ? at + 1 : at;
  let end = endOfDigits(bytes, from);
  const digits = end - from;
  if (digits === 0 || (digits > 1 && bytes[from] === ZERO)) return -1;
  const isFraction = bytes[end] === DOT;
  if (isFraction) {
    const fraction = end + 1;
    end = endOfDigits(bytes, fraction);
    if (end === fraction) return -1;
  }
  const isPower = bytes[end] === LOWER_E || bytes[end] === UPPER_E;
  if (!isFraction && !isPower && digits > EXACT_DIGITS) return -1;
  if (from > at && bytes[from] === ZERO && isAllZero(bytes, from, end)) return -1;
  return isPower ? endOfExponent(bytes, end + 1) : end;
}

/** The integer between `from` and `to`, of digits and perhaps a sign; NaN where there is anything else. */
export function readInteger(bytes: Uint8Array, from: number, to: number): number {
  const isNegative = bytes[from] === MINUS;
  let value = 0;
  for (let i = isNegative ? from + 1 : from; i < to; i += 1) {
    const digit = (bytes[i] as number) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return isNegative ? -value : value;
}

function endOfDigits(bytes: Uint8Array, at: number): number {
  let end = at;
  for (let byte = bytes[end] as number; byte >= ZERO && byte <= NINE; ) {
    end += 1;
    byte = bytes[end] as number;
  }
  return end;
}

function endOfExponent(bytes: Uint8Array, at: number): number {
  const from = bytes[at] === MINUS || bytes[at] === PLUS ? at + 1 : at;
  const end = endOfDigits(bytes, from);
  return end === from || end - from > EXPONENT_DIGITS ? -1 : end;
}

/** Whether there are only zeros and a point. */
function isAllZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) {
    if (bytes[i] !== ZERO && bytes[i] !== DOT) return false;
  }
  return true;
}
