/**
 * Ids of 32 hexadecimal digits, which is what nearly all ids are, as numbers:
 * four uint32 each, the highest first, in one array. In order, they are compared
 * and merged without a text being made.
 */

/** Of an id. */
export const WORDS = 4;
/** So many ids can be sorted as numbers: their places have 20 bits beside the highest word. */
const MOST_PLACES = 2 ** 20;

/** Whether the id is one of these; capital letters make another id. */
export function isHexId(id: string): boolean {
  return id.length === 32 && /^[0-9a-f]*$/.test(id);
}

export function hexIdWords(ids: readonly string[]): Uint32Array {
  const bytes = Buffer.alloc(ids.length * WORDS * 4);
  bytes.write(ids.join(""), "hex");
  return wordsIn(bytes.swap32());
}

/** The words whose bytes, each lowest first, are `bytes`. */
export function wordsIn(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2);
}

/** Compares id `i` of `a` with id `j` of `b`. */
export function compareIds(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  const [atA, atB] = [i * WORDS, j * WORDS];
  for (let word = 0; word < WORDS; word++) {
    const difference = a[atA + word]! - b[atB + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The places of the ids, in the order of the ids. */
export function sortedIds(words: Uint32Array): Uint32Array {
  const count = words.length / WORDS;
  if (count > MOST_PLACES) {
    const all = Uint32Array.from({ length: count }, (_, place) => place);
    return all.sort((a, b) => compareIds(words, a, words, b));
  }
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) keys[i] = words[i * WORDS]! * MOST_PLACES + i;
  keys.sort();
  const places = new Uint32Array(count);
  for (let i = 0; i < count; i++) places[i] = keys[i]! % MOST_PLACES;
  // Ids that begin with the same word are in the order of their places yet.
  const first = (i: number) => words[places[i]! * WORDS];
  for (let from = 0, to = 1; to <= count; to++) {
    if (to < count && first(to) === first(from)) continue;
    if (to - from > 1) places.subarray(from, to).sort((a, b) => compareIds(words, a, words, b));
    from = to;
  }
  return places;
}

/** The ids at these places, in their order. */
export function pickIds(words: Uint32Array, places: Uint32Array): Uint32Array {
  const picked = new Uint32Array(places.length * WORDS);
  for (let i = 0; i < places.length; i++) {
    const [to, from] = [i * WORDS, places[i]! * WORDS];
    for (let word = 0; word < WORDS; word++) picked[to + word] = words[from + word]!;
  }
  return picked;
}

/** Two lists in order as one. */
export function mergeIds(a: Uint32Array, b: Uint32Array): Uint32Array {
  const merged = new Uint32Array(a.length + b.length);
  const [countA, countB] = [a.length / WORDS, b.length / WORDS];
  for (let to = 0, i = 0, j = 0; to < merged.length; to += WORDS) {
    const isA = j === countB || (i < countA && compareIds(a, i, b, j) <= 0);
    const [from, at] = isA ? [a, i++ * WORDS] : [b, j++ * WORDS];
    for (let word = 0; word < WORDS; word++) merged[to + word] = from[at + word]!;
  }
  return merged;
}

/** Whether a list in order has id `i` of `words`. */
export function hasId(list: Uint32Array, words: Uint32Array, i: number): boolean {
  let [low, high] = [0, list.length / WORDS];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const difference = compareIds(list, middle, words, i);
    if (difference === 0) return true;
    if (difference < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}
