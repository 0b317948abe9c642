/**
 * Columns of numbers widen as wider numbers come into sight, since a number
 * that is cut reads as another one. They never narrow: nothing moves by itself.
 */

import { type Accessor, createComputed, createSignal, on } from "solid-js";
import { cellText } from "./cell-text.ts";
import { cellPx, type GridColumn } from "./grid-columns.ts";
import { BLOCK_ROWS, type RowBook } from "./row-book.ts";

export interface NumberWidthsOptions {
  readonly book: Accessor<RowBook>;
  /** Rises as rows arrive. */
  readonly version: Accessor<number>;
  /** Those in sight. */
  readonly columns: Accessor<readonly GridColumn[]>;
  /** The first row in sight. */
  readonly first: Accessor<number>;
  readonly isFirst: (column: GridColumn) => boolean;
  readonly measure: (texts: readonly string[]) => number;
}

/** What the numbers of columns need, in CSS pixels; of columns that were in sight. */
export function createNumberWidths(
  options: NumberWidthsOptions,
): Accessor<ReadonlyMap<GridColumn, number>> {
  const [widths, setWidths] = createSignal<ReadonlyMap<GridColumn, number>>(new Map());
  const longest = new Map<GridColumn, number>();
  // Rows come in blocks, and a window shows two of them at most: they are looked at once, not at every scrolled row.
  const block = () => Math.floor(options.first() / BLOCK_ROWS);
  const widen = () => {
    const wider = new Map<GridColumn, number>();
    for (const column of options.columns()) {
      if (!column.isNumber || column.place < 0) continue;
      const text = longestText(options.book(), column, block() * BLOCK_ROWS);
      // Digits are of one width: only what is longer can be wider.
      if (text.length <= (longest.get(column) ?? 0)) continue;
      longest.set(column, text.length);
      wider.set(column, cellPx([text], options.isFirst(column), options.measure));
    }
    if (wider.size > 0) setWidths((old) => new Map([...old, ...wider]));
  };
  createComputed(on([options.book, options.version, options.columns, block], widen));
  return widths;
}

function longestText(book: RowBook, column: GridColumn, from: number): string {
  let longest = "";
  for (let row = from; row < from + 2 * BLOCK_ROWS; row += 1) {
    const cell = book.cell(row, column.place);
    if (cell === undefined) continue;
    const { text } = cellText(cell, column.digits);
    if (text.length > longest.length) longest = text;
  }
  return longest;
}
