/** The value of a filter, and how cells of each type stand to it: below 0, 0, above 0; undefined where they cannot be compared. */

import type { Json } from "../protocol/json.ts";
import type { TableColumnType } from "../protocol/media.ts";
import { decodeNumber } from "../protocol/values.ts";
import { type DateSpan, parseDates } from "./date-span.ts";

export class FilterValue {
  readonly #text: string;
  readonly #isText: boolean;
  readonly #number: number | bigint | undefined;
  readonly #boolean: boolean | undefined;
  readonly #dates: DateSpan | undefined;

  /** @param type Of the column: in one of several types a number is no text. */
  constructor(value: string | number | boolean, type: TableColumnType) {
    this.#text = String(value);
    this.#isText = type !== "json" || typeof value === "string";
    this.#number = parseNumber(value);
    this.#boolean = parseBoolean(value);
    this.#dates = parseDates(value);
  }

  /** NaN is equal to itself and stands in no order to others. */
  compareNumber(cell: number | bigint): number | undefined {
    const wanted = this.#number;
    if (wanted === undefined) return undefined;
    if (cell < wanted) return -1;
    if (cell > wanted) return 1;
    return Number.isNaN(cell) === Number.isNaN(wanted) ? 0 : undefined;
  }

  /** By code point. */
  compareText(cell: string): number | undefined {
    if (!this.#isText) return undefined;
    const wanted = this.#text;
    const limit = Math.min(cell.length, wanted.length);
    let same = 0;
    while (same < limit && cell.charCodeAt(same) === wanted.charCodeAt(same)) same += 1;
    if (same === limit) return cell.length - wanted.length;
    return rankOf(cell.charCodeAt(same)) - rankOf(wanted.charCodeAt(same));
  }

  /** `ms`: epoch milliseconds, NaN where the date is invalid. */
  compareDate(ms: number): number | undefined {
    if (this.#dates === undefined || Number.isNaN(ms)) return undefined;
    if (ms < this.#dates.from) return -1;
    return ms > this.#dates.last ? 1 : 0;
  }

  compareBoolean(cell: boolean): number | undefined {
    return this.#boolean === undefined ? undefined : Number(cell) - Number(this.#boolean);
  }

  /** A cell of a column of several types. */
  compareCell(cell: Json): number | undefined {
    if (cell === null) return undefined;
    const number = decodeNumber(cell);
    if (number !== undefined) return this.compareNumber(number);
    if (typeof cell === "string") return this.compareText(cell);
    if (typeof cell === "boolean") return this.compareBoolean(cell);
    const { $: kind, v } = cell as { readonly [key: string]: Json };
    return kind === "date" && typeof v === "string" ? this.compareDate(Date.parse(v)) : undefined;
  }
}

function parseNumber(value: string | number | boolean): number | bigint | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return undefined;
  const text = value.trim();
  if (text === "NaN") return Number.NaN;
  if (/^-?\d{16,}$/.test(text)) return BigInt(text);
  const number = Number(text);
  return text === "" || Number.isNaN(number) ? undefined : number;
}

function parseBoolean(value: string | number | boolean): boolean | undefined {
  const text = String(value).trim().toLowerCase();
  if (text === "true") return true;
  return text === "false" ? false : undefined;
}

/** Where a UTF-16 unit stands among code points: halves of surrogate pairs come after all other units. */
function rankOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
