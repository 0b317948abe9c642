/** How wide the columns of a table are: as wide as what they hold, within bounds; what is left over goes to those with text. */

export interface WidthWish {
  /** Of what the column holds, in CSS pixels. */
  readonly contentPx: number;
  readonly headPx: number;
  /** Set by a person: not touched. */
  readonly setPx: number | undefined;
  /** Whether it takes of what is left over; `last`: a little, where no other column does. */
  readonly grows: "first" | "last" | "never";
}

export const NARROWEST_PX = 40;
export const WIDEST_PX = 1200;
/** Without a person's word a column is not wider than this, and in a narrow view than a part of it. */
const WIDEST_OWN_PX = 320;
const NARROWEST_LIMIT_PX = 160;
const WIDEST_SHARE = 0.4;
const WIDEST_HEAD_PX = 200;

/** Numbers without text beside them are read along a row: farther apart than this they are not. */
const WIDEST_GROWN_PX = 160;

/** Widths of all columns. Where they are less than `viewPx`, those with text fill it; without any, the others grow within bounds. */
export function columnWidths(wishes: readonly WidthWish[], viewPx: number): number[] {
  const limit = Math.min(WIDEST_OWN_PX, Math.max(NARROWEST_LIMIT_PX, viewPx * WIDEST_SHARE));
  const widths = wishes.map(({ contentPx, headPx, setPx }) => {
    if (setPx !== undefined) return clampWidth(setPx);
    const head = Math.min(WIDEST_HEAD_PX, headPx);
    return Math.ceil(Math.max(NARROWEST_PX, Math.min(limit, Math.max(contentPx, head))));
  });
  const left = viewPx - widths.reduce((sum, width) => sum + width, 0);
  if (left <= 0) return widths;
  const free = (grows: WidthWish["grows"]) =>
    wishes.flatMap((wish, i) => (wish.setPx === undefined && wish.grows === grows ? [i] : []));
  const texts = free("first");
  if (texts.length === 0) {
    const others = free("last").filter((i) => widths[i]! < WIDEST_GROWN_PX);
    const share = Math.floor(left / others.length);
    for (const i of others) widths[i] = Math.min(WIDEST_GROWN_PX, widths[i]! + share);
    return widths;
  }
  const total = texts.reduce((sum, i) => sum + widths[i]!, 0);
  let given = 0;
  for (const i of texts) {
    const share = Math.floor((left * widths[i]!) / total);
    widths[i]! += share;
    given += share;
  }
  widths[texts.at(-1)!]! += left - given;
  return widths;
}

export function clampWidth(width: number): number {
  return Math.round(Math.max(NARROWEST_PX, Math.min(WIDEST_PX, width)));
}

/** Where each column begins, and after the last one where all end. */
export function columnStarts(widths: readonly number[]): number[] {
  const starts = [0];
  for (const width of widths) starts.push(starts.at(-1)! + width);
  return starts;
}

/** The columns from `first` to `last` that lie within `from` and `to`, in CSS pixels. */
export function columnsWithin(
  starts: readonly number[],
  from: number,
  to: number,
): { readonly first: number; readonly last: number } {
  const count = starts.length - 1;
  let first = 0;
  while (first < count - 1 && starts[first + 1]! <= from) first += 1;
  let last = first;
  while (last < count - 1 && starts[last + 1]! < to) last += 1;
  return { first, last };
}
