/**
 * The fast way for a batch of `bulk_log`: where all of its entries are of one run
 * and each is like one of a few templates, their bytes go to the journal's lines
 * without being parsed. Anything else is for the slow way, which gives the same:
 *
 * Law: a journal says the same, whichever way a batch went.
 */

import type { KeySet } from "../../journal/journal-writer.ts";
import type { Json } from "../../protocol/json.ts";
import { type EntryTemplate, learnTemplate, matchTemplate } from "./entry-template.ts";
import { readInteger } from "./plain-number.ts";

const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
const DOT = 0x2e;
const ZERO = 0x30;
const NEWLINE = 0x0a;
const QUOTE = 0x22;

/** The list stands within so many bytes of a body's beginning. */
const HEAD_BYTES = 512;
const MAX_TEMPLATES = 8;
/** Of a line, besides what is copied from its entry. */
const MAX_OWN_BYTES = 128;
/** Memory for lines that is used again. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** Entries that are like templates, found in a body. */
export interface PlainBatch {
  /** The body without them: `{"kwargs":{"logs":[]}}`. */
  readonly rest: string;
  /** The first entry, as parsed: it names the run of all. */
  readonly first: { readonly [field: string]: Json };
  readonly count: number;
  readonly bytes: Uint8Array;
  /** What each entry is like. */
  readonly templates: readonly EntryTemplate[];
  /** Where the places of all entries begin and end, one entry after the other. Good until the next batch is looked for. */
  readonly found: Int32Array;
}

/** What the lines of a batch need to know of their journal. */
export interface LinePlace {
  /** The key set of the entry's keys, and its line where that has to be written first. */
  readonly setOf: (template: EntryTemplate) => { readonly set: KeySet; readonly line: string };
  /** Of the run and journal so far. */
  readonly highestStep: number | undefined;
  /** Of the first record, in microseconds; the others follow. */
  readonly firstMicros: number;
}

/** @returns undefined where the batch is for the slow way. */
export function findPlainBatch(bytes: Uint8Array): PlainBatch | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES));
  const name = head.indexOf('"logs":[');
  if (name < 0) return undefined;
  const from = name + 8;
  const known: EntryTemplate[] = [];
  const templates: EntryTemplate[] = [];
  let at = from;
  let foundCount = 0;
  for (;;) {
    at = matchAny(known, bytes, at, foundCount);
    if (at < 0) return undefined;
    const template = known[0] as EntryTemplate;
    templates.push(template);
    foundCount += 2 * template.places.length;
    const byte = bytes[at];
    if (byte === CLOSE_LIST) break;
    if (byte !== COMMA) return undefined;
    at += 1;
  }
  const [first] = templates as [EntryTemplate];
  if (!known.every((template) => isOfSameRun(template, first))) return undefined;
  const end = Buffer.from(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const rest = head.toString("utf8", 0, from) + end.toString();
  return { rest, first: first.entry, count: templates.length, bytes, templates, found: places };
}

/** Places of the batch that is looked at; used again for the next one. */
let places = new Int32Array(4096);

/**
 * Where the entry at `at` ends, its places told from number `foundFrom` on; its template, learnt where it is none of those that
 * are known, stands first among them then. -1 where it is like none.
 */
function matchAny(
  known: EntryTemplate[],
  bytes: Uint8Array,
  at: number,
  foundFrom: number,
): number {
  for (let i = 0; i < known.length; i += 1) {
    const end = match(known[i] as EntryTemplate, bytes, at, foundFrom);
    if (end < 0) continue;
    if (i > 0) known.unshift(...known.splice(i, 1));
    return end;
  }
  const learnt = known.length < MAX_TEMPLATES ? learnTemplate(bytes, at) : undefined;
  if (learnt === undefined) return -1;
  known.unshift(learnt);
  return match(learnt, bytes, at, foundFrom);
}

function match(template: EntryTemplate, bytes: Uint8Array, at: number, foundFrom: number): number {
  const needed = foundFrom + 2 * template.places.length;
  if (needed > places.length) {
    const former = places;
    places = new Int32Array(2 * needed);
    places.set(former);
  }
  return matchTemplate(template, bytes, at, places, foundFrom);
}

function isOfSameRun({ entry: a }: EntryTemplate, { entry: b }: EntryTemplate): boolean {
  return a.project === b.project && a.run === b.run && a.run_id === b.run_id;
}

export interface PlainLines {
  readonly bytes: Buffer;
  /** After the last of them. */
  readonly highestStep: number | undefined;
}

/** The lines of the batch; undefined where a step has another form than an integer. */
export function formatPlainLines(batch: PlainBatch, place: LinePlace): PlainLines | undefined {
  const lines = new LineBuffer(2 * batch.bytes.length + MAX_OWN_BYTES * batch.count);
  let highestStep = place.highestStep;
  /** Of the places of all entries, the first of this one. */
  let first = 0;
  for (let i = 0; i < batch.count; i += 1) {
    const template = batch.templates[i] as EntryTemplate;
    const { set, line } = place.setOf(template);
    lines.text(line);
    lines.byte(OPEN_LIST);
    lines.integer(set.number!);
    lines.byte(COMMA);
    highestStep = addStep(lines, batch, template, first, highestStep);
    if (Number.isNaN(highestStep)) return undefined;
    lines.byte(COMMA);
    lines.time(place.firstMicros + i);
    addValues(lines, batch, template, first);
    lines.byte(CLOSE_LIST);
    lines.byte(NEWLINE);
    first += 2 * template.places.length;
  }
  return { bytes: lines.done(), highestStep };
}

/** @returns the highest step with this one; NaN where it is no integer. */
function addStep(
  lines: LineBuffer,
  { bytes, found }: PlainBatch,
  { stepPlace }: EntryTemplate,
  first: number,
  highest: number | undefined,
): number | undefined {
  if (stepPlace < 0) {
    lines.text("null");
    return highest;
  }
  const from = found[first + 2 * stepPlace] as number;
  const to = found[first + 2 * stepPlace + 1] as number;
  const step = readInteger(bytes, from, to);
  if (highest !== undefined && step < highest) {
    lines.text(`[${step},${highest}]`);
    return highest;
  }
  lines.copy(bytes, from, to);
  return step;
}

/** The values, then the id. */
function addValues(
  lines: LineBuffer,
  { bytes, found }: PlainBatch,
  { places: kinds, idPlace }: EntryTemplate,
  first: number,
): void {
  for (let i = 0; i < kinds.length; i += 1) {
    if (kinds[i] !== "value") continue;
    lines.byte(COMMA);
    lines.copy(bytes, found[first + 2 * i] as number, found[first + 2 * i + 1] as number);
  }
  if (idPlace < 0) return;
  const at = first + 2 * idPlace;
  lines.byte(COMMA);
  lines.byte(QUOTE);
  lines.copy(bytes, found[at] as number, found[at + 1] as number);
  lines.byte(QUOTE);
}

/** Bytes that are written one after the other. Its memory is used again for the next batch. */
class LineBuffer {
  static #memory = Buffer.allocUnsafeSlow(256 * 1024);
  #bytes: Buffer;
  #length = 0;
  /** Milliseconds of the last time, and their digits. */
  #ms = -1;
  #msDigits = "";

  constructor(capacity: number) {
    if (capacity > LineBuffer.#memory.length && capacity <= MAX_KEPT_BYTES) {
      LineBuffer.#memory = Buffer.allocUnsafeSlow(capacity);
    }
    const isKept = capacity <= LineBuffer.#memory.length;
    this.#bytes = isKept ? LineBuffer.#memory : Buffer.allocUnsafeSlow(capacity);
  }

  byte(byte: number): void {
    this.#bytes[this.#length++] = byte;
  }

  copy(from: Uint8Array, start: number, end: number): void {
    const bytes = this.#bytes;
    let length = this.#length;
    for (let i = start; i < end; i += 1) bytes[length++] = from[i] as number;
    this.#length = length;
  }

  text(text: string): void {
    if (text === "") return;
    if (this.#length + 3 * text.length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.#bytes.length + 3 * text.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(text, this.#length);
  }

  integer(value: number): void {
    if (value < 10) this.byte(ZERO + value);
    else this.text(String(value));
  }

  /** Epoch milliseconds with three more digits where they are not zero. */
  time(micros: number): void {
    const ms = Math.floor(micros / 1000);
    if (ms !== this.#ms) {
      this.#ms = ms;
      this.#msDigits = String(ms);
    }
    for (let i = 0; i < this.#msDigits.length; i += 1) this.byte(this.#msDigits.charCodeAt(i));
    const rest = micros - ms * 1000;
    if (rest === 0) return;
    this.byte(DOT);
    this.byte(ZERO + Math.floor(rest / 100));
    this.byte(ZERO + (Math.floor(rest / 10) % 10));
    this.byte(ZERO + (rest % 10));
  }

  /** Good until the next batch. */
  done(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
