/**
 * JSON Lines to values. One `JSON.parse` of many lines made into one array is
 * twice as fast as one of each; only where that fails, or gives another number
 * of values than there are lines, is each line looked at by itself.
 */

import type { Json } from "../protocol/json.ts";

const NEWLINE = 0x0a;
const COMMA = 0x2c;

/**
 * Calls `visit` for every line of `bytes` that is not empty, in order, with
 * its value (undefined where it is not JSON) and its first byte. `bytes` ends
 * with a newline and is the caller's own: it is changed for a moment.
 */
export function parseLines(
  bytes: Uint8Array,
  visit: (value: Json | undefined, firstByte: number) => void,
): void {
  const lines = splitLines(bytes);
  const values = parseTogether(bytes, lines) ?? parseEach(bytes, lines);
  for (let i = 0; i < values.length; i += 1) {
    visit(values[i], bytes[lines.starts[i] as number] as number);
  }
}

interface Lines {
  readonly starts: readonly number[];
  /** Where each line's newline stands. */
  readonly ends: readonly number[];
}

function splitLines(bytes: Uint8Array): Lines {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end > start) {
      starts.push(start);
      ends.push(end);
    }
    start = end + 1;
  }
  return { starts, ends };
}

function parseTogether(bytes: Uint8Array, lines: Lines): Json[] | undefined {
  const count = lines.ends.length;
  if (count === 0) return [];
  const first = lines.starts[0] as number;
  const last = lines.ends[count - 1] as number;
  const separators = lines.ends.slice(0, -1);
  // The newline of an empty line stays, and is white space.
  for (const end of separators) bytes[end] = COMMA;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + first, last - first).toString();
  for (const end of separators) bytes[end] = NEWLINE;
  const values = parse(`[${text}]`) as Json[] | undefined;
  return values?.length === count ? values : undefined;
}

function parseEach(bytes: Uint8Array, lines: Lines): (Json | undefined)[] {
  return lines.starts.map((start, i) => {
    const end = lines.ends[i] as number;
    return parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString());
  });
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Not JSON: the caller counts the line as damaged.
    return undefined;
  }
}
