/**
 * A filter tells of most ids at once that a list does not have them (a Bloom
 * filter: 12 bits and 5 marks an id, wrong once in 200 times). It is kept with
 * its list, so how it is made stays the same for ever.
 */

import { WORDS } from "./id-words.ts";

const BITS = 12;
const MARKS = 5;

/** Two numbers of each id, from which its marks follow. */
export interface IdHashes {
  readonly first: Uint32Array;
  readonly stride: Uint32Array;
}

export function hashIds(words: Uint32Array): IdHashes {
  const count = words.length / WORDS;
  const [first, stride] = [new Uint32Array(count), new Uint32Array(count)];
  for (let i = 0, at = 0; i < count; i++, at += WORDS) {
    const [a, b, c, d] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!];
    first[i] = mix(mix(mix(mix(a) ^ b) ^ c) ^ d);
    stride[i] = mix(first[i]! ^ a ^ 0x9e3779b9) | 1;
  }
  return { first, stride };
}

/** The filter of a list. */
export function createFilter(words: Uint32Array): Uint8Array {
  const { first, stride } = hashIds(words);
  const filter = new Uint8Array(Math.ceil((first.length * BITS) / 8));
  const bits = filter.length * 8;
  for (let i = 0; i < first.length; i++) {
    let place = first[i]!;
    for (let mark = 0; mark < MARKS; mark++) {
      const bit = place % bits;
      filter[bit >>> 3]! |= 1 << (bit & 7);
      place = (place + stride[i]!) >>> 0;
    }
  }
  return filter;
}

/** False where the list of the filter does not have id `i`; true where it may. */
export function mayHave(filter: Uint8Array, { first, stride }: IdHashes, i: number): boolean {
  const bits = filter.length * 8;
  const step = stride[i]!;
  let place = first[i]!;
  for (let mark = 0; mark < MARKS; mark++) {
    const bit = place % bits;
    if ((filter[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
    place = (place + step) >>> 0;
  }
  return true;
}

/** Spreads each bit of a number over all of it. */
function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
