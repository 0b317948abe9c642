/**
 * The entries of a batch are nearly always the same text but for their numbers
 * and ids. A template is such an entry with places for these: whether the next
 * one is like it is told by comparing bytes, ten times as fast as parsing it.
 *
 *     {"project":"mnist","run":"a","run_id":"55…","metrics":{"loss":▢,"acc":▢},"step":▢,"config":null,"log_id":"▢"}
 */

import type { Json } from "../../protocol/json.ts";
import { endOfPlainNumber } from "./plain-number.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
const LAST_ASCII = 0x7e;
const NULL = new TextEncoder().encode("null");

/** What stands in a place: a value of the metrics, the step, the id. */
export type PlaceKind = "value" | "step" | "id";

export interface EntryTemplate {
  /** The entry that it was learnt from, as JSON.parse gives it. */
  readonly entry: { readonly [field: string]: Json };
  /** Keys of the metrics, in order. */
  readonly names: readonly string[];
  /** What stands before each place, and behind the last. */
  readonly texts: readonly Uint8Array[];
  readonly places: readonly PlaceKind[];
  /** Which of the places is the step's, and which the id's; -1: none is. */
  readonly stepPlace: number;
  readonly idPlace: number;
}

/**
 * The template of the entry that begins at `at`; undefined where it is not so simple: nested values, texts that are not ids, a
 * configuration, a time of its own, numbers that a journal spells otherwise.
 */
export function learnTemplate(bytes: Uint8Array, at: number): EntryTemplate | undefined {
  return new TemplateReader(bytes, at).read();
}

/** Where an entry that is like the template and begins at `at` ends, or -1. Beginning and end of its places are put into `found`, from number `foundFrom` on. */
export function matchTemplate(
  template: EntryTemplate,
  bytes: Uint8Array,
  at: number,
  found: Int32Array,
  foundFrom: number,
): number {
  const { texts, places } = template;
  let to = at;
  for (let i = 0; ; i += 1) {
    const text = texts[i] as Uint8Array;
    for (let j = 0; j < text.length; j += 1) if (bytes[to + j] !== text[j]) return -1;
    to += text.length;
    if (i === places.length) return to;
    const end = places[i] === "id" ? endOfId(bytes, to) : endOfPlainNumber(bytes, to);
    if (end < 0) return -1;
    found[foundFrom + 2 * i] = to;
    found[foundFrom + 2 * i + 1] = end;
    to = end;
  }
}

/** Where the text ends that begins at `at`, at its quote; -1 where it is not plain ASCII. */
function endOfId(bytes: Uint8Array, at: number): number {
  for (let end = at; end < bytes.length; end += 1) {
    const byte = bytes[end] as number;
    if (byte === QUOTE) return end;
    if (byte < SPACE || byte > LAST_ASCII || byte === BACKSLASH) return -1;
  }
  return -1;
}

class TemplateReader {
  readonly #bytes: Uint8Array;
  readonly #from: number;
  readonly #texts: Uint8Array[] = [];
  readonly #places: PlaceKind[] = [];
  readonly #names: string[] = [];
  #at: number;
  /** Where the text before the next place begins. */
  #textFrom: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#from = at;
    this.#at = at;
    this.#textFrom = at;
  }

  read(): EntryTemplate | undefined {
    let fieldCount = 0;
    const takeField = (key: string) => {
      fieldCount += 1;
      return this.#field(key);
    };
    if (!this.#members(takeField)) return undefined;
    this.#texts.push(this.#bytes.slice(this.#textFrom, this.#at));
    const entry = parse(this.#bytes, this.#from, this.#at);
    if (entry?.metrics === undefined) return undefined;
    // Of what is given twice the last counts, which is for those who parse.
    const isUnique =
      fieldCount === Object.keys(entry).length &&
      isSame(this.#names, Object.keys(entry.metrics as object));
    if (!isUnique) return undefined;
    return {
      entry,
      names: this.#names,
      texts: this.#texts,
      places: this.#places,
      stepPlace: this.#places.indexOf("step"),
      idPlace: this.#places.indexOf("id"),
    };
  }

  /** Reads an object, each of whose members `take` reads behind its colon. */
  #members(take: (key: string) => boolean): boolean {
    if (!this.#skip(OPEN)) return false;
    if (this.#skip(CLOSE)) return true;
    do {
      const from = this.#at;
      if (!this.#text()) return false;
      const key = parse<string>(this.#bytes, from, this.#at);
      if (key === undefined || !this.#skip(COLON) || !take(key)) return false;
    } while (this.#skip(COMMA));
    return this.#skip(CLOSE);
  }

  #field(key: string): boolean {
    switch (key) {
      case "metrics":
        return this.#members((name) => {
          this.#names.push(name);
          return name !== "$" && this.#number("value");
        });
      case "step":
        return this.#null() || this.#number("step");
      case "log_id":
        return this.#null() || this.#id();
      case "project":
      case "run":
        return this.#text();
      case "run_id":
        return this.#null() || this.#text();
      default:
        // A configuration or a time is for those who parse.
        return this.#null();
    }
  }

  #number(kind: PlaceKind): boolean {
    const end = endOfPlainNumber(this.#bytes, this.#at);
    if (end < 0) return false;
    this.#place(kind, end);
    return true;
  }

  #id(): boolean {
    if (!this.#skip(QUOTE)) return false;
    const end = endOfId(this.#bytes, this.#at);
    if (end < 0) return false;
    this.#place("id", end);
    return this.#skip(QUOTE);
  }

  #place(kind: PlaceKind, end: number): void {
    this.#texts.push(this.#bytes.slice(this.#textFrom, this.#at));
    this.#places.push(kind);
    this.#at = end;
    this.#textFrom = end;
  }

  #null(): boolean {
    if (!NULL.every((byte, i) => this.#bytes[this.#at + i] === byte)) return false;
    this.#at += NULL.length;
    return true;
  }

  /** A text with its quotes. */
  #text(): boolean {
    if (!this.#skip(QUOTE)) return false;
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const byte = this.#bytes[this.#at] as number;
      if (byte === BACKSLASH) this.#at += 1;
      else if (byte === QUOTE) return this.#skip(QUOTE);
    }
    return false;
  }

  #skip(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }
}

function parse<Result = { readonly [field: string]: Json }>(
  bytes: Uint8Array,
  from: number,
  to: number,
): Result | undefined {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();
    return JSON.parse(text) as Result;
  } catch {
    // Whoever parses all of it tells what is wrong.
    return undefined;
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
