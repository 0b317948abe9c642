/**
 * The fast way for a batch of `bulk_log`: where all of its entries are of one run
 * and each is like one of a few templates, their bytes go to the journal's lines
 * without being parsed. Anything else is for the slow way, which gives the same:
 *
 * Law: a journal says the same, whichever way a batch went.
 */

import type { KeySet } from "../../journal/journal-writer.ts";
import type { Json } from "../../protocol/values.ts";
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
  /** By entry: its template, and where the numbers of its places begin in `found`. */
  readonly templates: readonly EntryTemplate[];
  readonly found: readonly Int32Array[];
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
  const found: Int32Array[] = [];
  let at = from;
  for (;;) {
    const match = matchAny(known, bytes, at);
    if (match === undefined) return undefined;
    templates.push(match.template);
    found.push(match.found);
    at = match.end;
    const byte = bytes[at];
    if (byte === CLOSE_LIST) break;
    if (byte !== COMMA) return undefined;
    at += 1;
  }
  const [first] = templates as [EntryTemplate];
  if (!known.every((template) => isOfSameRun(template, first))) return undefined;
  const end = Buffer.from(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const rest = head.toString("utf8", 0, from) + end.toString();
  return { rest, first: first.entry, count: templates.length, bytes, templates, found };
}

/** The template that the entry at `at` is like; learnt where it is none of those that are known. */
function matchAny(known: EntryTemplate[], bytes: Uint8Array, at: number) {
  for (let i = 0; i < known.length; i += 1) {
    const template = known[i] as EntryTemplate;
    const found = new Int32Array(2 * template.places.length);
    const end = matchTemplate(template, bytes, at, found);
    if (end < 0) continue;
    if (i > 0) known.unshift(...known.splice(i, 1));
    return { template, found, end };
  }
  const learnt = known.length < MAX_TEMPLATES ? learnTemplate(bytes, at) : undefined;
  if (learnt === undefined) return undefined;
  known.unshift(learnt.template);
  const found = new Int32Array(2 * learnt.template.places.length);
  const end = matchTemplate(learnt.template, bytes, at, found);
  return end < 0 ? undefined : { template: learnt.template, found, end };
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
  let highest = place.highestStep;
  for (let i = 0; i < batch.count; i += 1) {
    const template = batch.templates[i] as EntryTemplate;
    const { places } = template;
    const found = batch.found[i] as Int32Array;
    const { set, line } = place.setOf(template);
    lines.text(line);
    lines.byte(OPEN_LIST);
    lines.integer(set.number!);
    lines.byte(COMMA);
    if (template.hasStep) {
      const at = 2 * places.indexOf("step");
      const step = readInteger(batch.bytes, found[at] as number, found[at + 1] as number);
      if (Number.isNaN(step)) return undefined;
      if (highest === undefined || step >= highest) {
        highest = step;
        lines.copy(batch.bytes, found[at] as number, found[at + 1] as number);
      } else lines.text(`[${step},${highest}]`);
    } else lines.text("null");
    lines.byte(COMMA);
    lines.time(place.firstMicros + i);
    for (let j = 0; j < places.length; j += 1) {
      if (places[j] !== "value") continue;
      lines.byte(COMMA);
      lines.copy(batch.bytes, found[2 * j] as number, found[2 * j + 1] as number);
    }
    if (template.hasId) {
      const at = 2 * places.indexOf("id");
      lines.byte(COMMA);
      lines.byte(QUOTE);
      lines.copy(batch.bytes, found[at] as number, found[at + 1] as number);
      lines.byte(QUOTE);
    }
    lines.byte(CLOSE_LIST);
    lines.byte(NEWLINE);
  }
  return { bytes: lines.done(), highestStep: highest };
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
