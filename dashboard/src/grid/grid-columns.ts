/** The columns of a table's grid: those that tell where a row is from, then the table's own. */

import type { TableColumnType } from "../../../src/protocol/media.ts";
import { cellMedia, cellText, columnDigits } from "./cell-text.ts";
import type { WidthWish } from "./column-widths.ts";
import type { RowBook } from "./row-book.ts";

export interface GridColumn {
  /** Unique in its table. */
  readonly id: string;
  readonly kind: "row" | "run" | "step" | "value";
  readonly title: string;
  /** Of a value: its place among the table's columns; -1 for the others. */
  readonly place: number;
  readonly type: TableColumnType;
  readonly isNumber: boolean;
  /** Behind the point. */
  readonly digits: number;
  readonly hasMedia: boolean;
}

export interface GridColumnsOptions {
  readonly hasRow: boolean;
  readonly hasRun: boolean;
  readonly hasStep: boolean;
}

const ORIGIN = { place: -1, type: "string", isNumber: false, digits: 0, hasMedia: false } as const;
const ORIGINS = {
  row: { ...ORIGIN, id: "# row", kind: "row", title: "#", isNumber: true },
  run: { ...ORIGIN, id: "# run", kind: "run", title: "run" },
  step: { ...ORIGIN, id: "# step", kind: "step", title: "step", isNumber: true },
} as const satisfies Record<string, GridColumn>;
/** So many cells tell what a column looks like. */
const MOST_LOOKED_AT = 200;

/** @param old What they were: a column that is known stays the same object, with its digits, so that what arrives moves nothing. */
export function gridColumns(
  book: RowBook,
  { hasRow, hasRun, hasStep }: GridColumnsOptions,
  old: readonly GridColumn[] = [],
): readonly GridColumn[] {
  const columns: GridColumn[] = [];
  if (hasRow) columns.push(ORIGINS.row);
  if (hasRun) columns.push(ORIGINS.run);
  if (hasStep) columns.push(ORIGINS.step);
  const known = new Map(old.map((column) => [column.id, column]));
  for (const [place, { name, type }] of book.facts.columns.entries()) {
    const id = `${name} ${type}`;
    const cells = take(book.cellsOf(place), MOST_LOOKED_AT);
    const before = known.get(id);
    const column: GridColumn = {
      id,
      kind: "value",
      title: name,
      place,
      type,
      isNumber: type === "number" || type === "bigint",
      digits: before?.digits || columnDigits(cells),
      hasMedia: before?.hasMedia || (type === "json" && cells.some((cell) => cellMedia(cell))),
    };
    columns.push(before && isSame(before, column) ? before : column);
  }
  const isUnchanged = columns.length === old.length && columns.every((one, i) => one === old[i]);
  return isUnchanged ? old : columns;
}

function isSame(a: GridColumn, b: GridColumn): boolean {
  return a.place === b.place && a.digits === b.digits && a.hasMedia === b.hasMedia;
}

/** Left and right of what is in a cell. */
const PADDING_PX = 20;
/** More of it left of the first column, so that it stands under the head of its card. */
const FIRST_PADDING_PX = 6;
const SORT_SIGN_PX = 16;
/** Texts that are looked at for a width. */
const MOST_MEASURED = 40;

export interface WidthOptions {
  readonly book: RowBook;
  /** The width of the widest text; in bold type where told. */
  readonly measure: (texts: readonly string[], isStrong?: boolean) => number;
  readonly rowPx: number;
  readonly runNames: readonly string[];
  readonly isFirst: boolean;
  readonly setPx: number | undefined;
}

/** The widest of `texts` with what stands beside it in a cell. */
export function cellPx(
  texts: readonly string[],
  isFirst: boolean,
  measure: WidthOptions["measure"],
): number {
  return measure(texts.slice(0, MOST_MEASURED)) + paddingPx(isFirst) + 2;
}

function paddingPx(isFirst: boolean): number {
  return PADDING_PX + (isFirst ? FIRST_PADDING_PX : 0);
}

/** How wide `column` would be. */
export function widthWish(column: GridColumn, options: WidthOptions): WidthWish {
  const { book, measure, rowPx, runNames, isFirst, setPx } = options;
  const headPx = measure([column.title], true) + paddingPx(isFirst) + SORT_SIGN_PX;
  const widest = (texts: readonly string[]) => cellPx(texts, isFirst, measure);
  switch (column.kind) {
    case "row":
      return { contentPx: widest([String(book.facts.totalCount)]), headPx, setPx, grows: "never" };
    case "run":
      return { contentPx: Math.min(200, widest(runNames) + 24), headPx, setPx, grows: "last" };
    case "step":
      return { contentPx: widest(["1,000,000"]), headPx, setPx, grows: "last" };
    case "value": {
      const cells = take(book.cellsOf(column.place), MOST_LOOKED_AT);
      const texts = cells.map((cell) =>
        cellMedia(cell) ? "" : cellText(cell, column.digits).text,
      );
      const mediaPx = column.hasMedia ? rowPx - 8 + paddingPx(isFirst) : 0;
      const longest = texts.sort((a, b) => b.length - a.length);
      const contentPx = Math.max(mediaPx, widest(longest));
      const grows = column.hasMedia ? "never" : column.isNumber ? "last" : "first";
      return { contentPx, headPx, setPx, grows };
    }
  }
}

function take<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length >= count) break;
    taken.push(item);
  }
  return taken;
}
