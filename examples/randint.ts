/** Bytes for the examples: as random as a picture of noise needs, and the same at every start. */

/** `count` integers, `low` included, `high` not, both within 0 to 256. */
export function randint(low: number, high: number, count: number, seed = 1): Uint8Array {
  let state = seed >>> 0 || 1;
  return Uint8Array.from({ length: count }, () => {
    // xorshift32, Marsaglia 2003.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return low + ((state >>> 0) % (high - low));
  });
}
