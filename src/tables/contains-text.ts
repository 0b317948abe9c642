/** Looking for a text in what a person reads of cells, whatever the case. */

import { cellAt, textOfCell } from "./cells.ts";
import {
  type ColumnData,
  isNullAt,
  isTextColumn,
  type TextColumn,
  textsOf,
} from "./column-data.ts";
import { dateWriter, soughtInDates } from "./date-text.ts";

/** Whether a row's cell has the text in it. What is null, too, has the empty text in it. */
export function containsTest(data: ColumnData, text: string): (row: number) => boolean {
  const wanted = withoutCase(text);
  if (wanted === "") return () => true;
  if (isTextColumn(data))
    return data.encoding === "utf8" ? textTest(data, wanted) : cellTest(data, wanted);
  switch (data.type) {
    case "boolean": {
      const [isInFalse, isInTrue] = ["false".includes(wanted), "true".includes(wanted)];
      return (row) => !isNullAt(data, row) && (data.values[row] === 0 ? isInFalse : isInTrue);
    }
    case "date": {
      const { values } = data;
      const [write, sought] = [dateWriter(), soughtInDates(wanted)];
      return (row) => !isNullAt(data, row) && write(values[row] as number).includes(sought);
    }
    default: {
      const { values } = data;
      if (!NUMBER_LETTERS.test(wanted)) return () => false;
      return (row) => !isNullAt(data, row) && textOfNumber(values[row]).includes(wanted);
    }
  }
}

/** What differs in case only becomes the same; a sigma has two small letters, one of them for the ends of words. */
function withoutCase(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ");
}

/** Those of digits, exponents, NaN and Infinity. */
const NUMBER_LETTERS = /^[-+.0-9einaftyn]+$/;

function textOfNumber(value: number | bigint | undefined): string {
  return Object.is(value, -0) ? "-0" : String(value).toLowerCase();
}

function cellTest(data: ColumnData, wanted: string): (row: number) => boolean {
  const inDates = soughtInDates(wanted);
  return (row) => {
    const cell = cellAt(data, row);
    if (cell === null) return false;
    const { $: kind, v } = cell as { readonly $?: unknown; readonly v?: { caption?: unknown } };
    const sought = kind === "date" ? inDates : wanted;
    if (withoutCase(textOfCell(cell)).includes(sought)) return true;
    return typeof v?.caption === "string" && withoutCase(v.caption).includes(wanted);
  };
}

function textTest(data: TextColumn, wanted: string): (row: number) => boolean {
  const found = findInAscii(data, wanted);
  if (found !== undefined) return (row) => found[row] === 1;
  const texts = textsOf(data);
  return (row) => withoutCase(texts[row] as string).includes(wanted);
}

/** Looks through all texts as one, in which each byte is a letter: 1 for each row that has it. Undefined where they are not only ASCII. */
function findInAscii({ bytes, offsets }: TextColumn, wanted: string): Uint8Array | undefined {
  const rows = offsets.length - 1;
  const start = offsets[0] ?? 0;
  const end = offsets[rows] ?? 0;
  if (end - start > MOST_LETTERS) return undefined;
  const all = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
  if (all.length !== end - start) return undefined;
  const text = all.toLowerCase();
  const found = new Uint8Array(rows);
  let row = 0;
  for (let at = text.indexOf(wanted); at >= 0; ) {
    while ((offsets[row + 1] as number) - start <= at) row += 1;
    const next = (offsets[row + 1] as number) - start;
    const isWithin = at + wanted.length <= next;
    if (isWithin) found[row] = 1;
    at = text.indexOf(wanted, isWithin ? next : at + 1);
  }
  return found;
}

/** A string has a limit. */
const MOST_LETTERS = 256 * 1024 * 1024;
