/**
 * Where a table stands while it is scrolled. Browsers end an element at some ten
 * million pixels, and a million rows are longer: so the scroll bar stands for a
 * shorter way. Near both ends a pixel of it is a pixel of the table; in between
 * it is some. A wheel or a finger moves the table by exactly what it turned all
 * the same, and the bar is put right once it rests.
 */

/** Firefox ends at 17.8 million pixels, the others later. */
const LONGEST_BAR_PX = 8_000_000;
/** So much at both ends is as long on the bar as in the table. */
const EXACT_PX = 1_000_000;

export interface ScrollMap {
  /** Of the table's rows, in CSS pixels. */
  readonly contentPx: number;
  /** Of what the browser scrolls. */
  readonly barPx: number;
  /** Of the part of the rows that is seen. */
  readonly viewPx: number;
}

export function scrollMap(rows: number, rowPx: number, viewPx: number): ScrollMap {
  const contentPx = rows * rowPx;
  return { contentPx, barPx: Math.min(contentPx, LONGEST_BAR_PX), viewPx };
}

export function isExact({ contentPx, barPx }: ScrollMap): boolean {
  return contentPx === barPx;
}

/** The table's top for a place of the bar. */
export function topAt(map: ScrollMap, bar: number): number {
  const [highestBar, highestTop] = [highest(map.barPx, map), highest(map.contentPx, map)];
  const place = Math.max(0, Math.min(highestBar, bar));
  if (isExact(map) || place <= EXACT_PX) return place;
  if (place >= highestBar - EXACT_PX) return highestTop - (highestBar - place);
  const share = (place - EXACT_PX) / (highestBar - 2 * EXACT_PX);
  return EXACT_PX + share * (highestTop - 2 * EXACT_PX);
}

/** The place of the bar for a top of the table. */
export function barAt(map: ScrollMap, top: number): number {
  const [highestBar, highestTop] = [highest(map.barPx, map), highest(map.contentPx, map)];
  const place = Math.max(0, Math.min(highestTop, top));
  if (isExact(map) || place <= EXACT_PX) return place;
  if (place >= highestTop - EXACT_PX) return highestBar - (highestTop - place);
  const share = (place - EXACT_PX) / (highestTop - 2 * EXACT_PX);
  return EXACT_PX + share * (highestBar - 2 * EXACT_PX);
}

/**
 * The table's top after the bar went from `before` to `after`: a move of less than
 * a view is a wheel or a finger, and meant in pixels; a longer one is the bar itself.
 */
export function topAfter(map: ScrollMap, top: number, before: number, after: number): number {
  const highestBar = highest(map.barPx, map);
  const isAtEnd = after <= 0 || after >= highestBar;
  if (isExact(map) || isAtEnd || Math.abs(after - before) > map.viewPx) return topAt(map, after);
  return Math.max(0, Math.min(highest(map.contentPx, map), top + after - before));
}

function highest(lengthPx: number, { viewPx }: ScrollMap): number {
  return Math.max(0, lengthPx - viewPx);
}
