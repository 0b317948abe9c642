/** The slow way of reading JSON exactly: by hand, character by character. Takes what Python's parser takes, and control characters in texts. */

import type { Json } from "../../protocol/json.ts";
import { MAX_DEPTH } from "../../protocol/values.ts";

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const BLANK = /[ \t\n\r]*/y;
/** Bodies have some levels of their own around a value. */
const DEPTH_LIMIT = MAX_DEPTH + 16;

const WORDS: readonly (readonly [word: string, value: Json])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", { $: "NaN" }],
  ["Infinity", { $: "Infinity" }],
  ["-Infinity", { $: "-Infinity" }],
];

/** Undefined where `text` is no JSON, or has more than 516 levels. */
export function parseSlowly(text: string): Json | undefined {
  try {
    return new ExactParser(text).whole();
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class NotJson extends Error {}

class ExactParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Json {
    const value = this.#value();
    if (this.#next() !== "") throw new NotJson();
    return value;
  }

  /** The next character that is not blank, not taken yet; empty at the end. */
  #next(): string {
    BLANK.lastIndex = this.#at;
    BLANK.exec(this.#text);
    this.#at = BLANK.lastIndex;
    return this.#text.charAt(this.#at);
  }

  #take(character: string): void {
    if (this.#next() !== character) throw new NotJson();
    this.#at += 1;
  }

  #value(): Json {
    const first = this.#next();
    if (first === '"') return this.#string();
    if (first === "{" || first === "[") {
      if (++this.#depth > DEPTH_LIMIT) throw new NotJson();
      this.#at += 1;
      const value = first === "{" ? this.#object() : this.#array();
      this.#depth -= 1;
      return value;
    }
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return this.#number();
  }

  #array(): Json {
    const items: Json[] = [];
    if (this.#isEnd("]")) return items;
    do items.push(this.#value());
    while (this.#hasMore("]"));
    return items;
  }

  #object(): Json {
    // Of a key that comes twice the last value counts, at the place of the first.
    const members = new Map<string, Json>();
    if (this.#isEnd("}")) return {};
    do {
      if (this.#next() !== '"') throw new NotJson();
      const key = this.#string();
      this.#take(":");
      members.set(key, this.#value());
    } while (this.#hasMore("}"));
    return objectOf([...members]);
  }

  #isEnd(bracket: string): boolean {
    if (this.#next() !== bracket) return false;
    this.#at += 1;
    return true;
  }

  #hasMore(bracket: string): boolean {
    if (this.#isEnd(bracket)) return false;
    this.#take(",");
    return true;
  }

  #string(): string {
    const from = this.#at;
    let to = this.#text.indexOf('"', from + 1);
    while (to >= 0 && this.#isEscaped(to)) to = this.#text.indexOf('"', to + 1);
    if (to < 0) throw new NotJson();
    this.#at = to + 1;
    return parseString(this.#text.slice(from, to + 1));
  }

  /** Whether an odd number of backslashes stands before `place`. */
  #isEscaped(place: number): boolean {
    let before = place - 1;
    while (this.#text.charCodeAt(before) === 0x5c) before -= 1;
    return (place - before) % 2 === 0;
  }

  #number(): Json {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw new NotJson();
    this.#at = NUMBER.lastIndex;
    const [digits, fraction, exponent] = match;
    const isInteger = fraction === undefined && exponent === undefined;
    return isInteger ? integerOf(digits) : floatOf(Number(digits));
  }
}

function integerOf(digits: string): Json {
  const value = Number(digits);
  // An integer has no negative zero.
  return Number.isSafeInteger(value) ? value + 0 : { $: "int", v: digits };
}

function floatOf(value: number): Json {
  if (Object.is(value, -0)) return { $: "-0" };
  return Number.isFinite(value) ? value : { $: String(value) };
}

function parseString(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    // Control characters that should have been escaped, or an escape that is none.
  }
  try {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped.
    return JSON.parse(text.replaceAll(/[\u0000-\u001f]/g, escapeControl)) as string;
  } catch {
    throw new NotJson();
  }
}

function escapeControl(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The object of these members, in the form that keeps their order and a key called `$`. */
export function objectOf(members: readonly (readonly [string, Json])[]): Json {
  const object = Object.fromEntries(members);
  const isOrdered = Object.keys(object).every((key, i) => members[i]?.[0] === key);
  if (!isOrdered) return { $: "entries", v: members };
  return Object.hasOwn(object, "$") ? { $: "object", v: object } : object;
}
