/**
 * Rows and columns of any number: only those in sight are in the document, each
 * in a place of its own that it keeps while it moves, so that a scroll changes
 * what came into sight and nothing else.
 */

import {
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  createUniqueId,
  For,
  on,
  Show,
} from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import { clampWidth, columnStarts, columnsWithin, columnWidths } from "./column-widths.ts";
import { FilterCell } from "./filter-cell.tsx";
import { GridCell } from "./grid-cell.tsx";
import { type GridColumn, widthWish } from "./grid-columns.ts";
import { GridHead, type SortDirection } from "./grid-head.tsx";
import { type GridPlace, gridKeys } from "./grid-keys.ts";
import { GridRow } from "./grid-row.tsx";
import { createGridScroll } from "./grid-scroll.ts";
import { widestText } from "./measure-text.ts";
import type { RowBook } from "./row-book.ts";

export interface TableGridProps {
  readonly label: string;
  readonly book: RowBook;
  /** Rises as rows arrive. */
  readonly version: number;
  /** Where it changes, other rows stand there, and the top is shown. */
  readonly order: string;
  readonly columns: readonly GridColumn[];
  readonly rowPx: number;
  readonly directionOf: (column: GridColumn) => SortDirection;
  readonly sort: (column: GridColumn) => void;
  /** Other rows are being read. */
  readonly isReading: boolean;
  readonly isFiltering: boolean;
  readonly filterOf: (column: GridColumn) => string;
  readonly setFilter: (column: GridColumn, text: string) => void;
  readonly runOf: (id: string) => Run | undefined;
  /** Opens a cell; `box` is where it stands in the window. */
  readonly open: (row: number, column: GridColumn, box: DOMRect) => void;
  /** Copies a cell. */
  readonly copy: (row: number, column: GridColumn, data: DataTransfer | null) => void;
  /** The first and the last row in sight; the last is -1 where there is none. */
  readonly tellRange: (first: number, last: number) => void;
  /** Whether there is more to the side than has room. */
  readonly tellWide: (isWide: boolean) => void;
}

const HEAD_PX = 28;
const FILTER_PX = 32;
/** Rows are placed from a row nearby, since far places are rounded. */
const ANCHOR_ROWS = 1000;

export function TableGrid(props: TableGridProps) {
  let element!: HTMLDivElement;
  const id = createUniqueId();
  const [setWidths, changeWidths] = createSignal<ReadonlyMap<string, number>>(new Map());
  const [active, setActive] = createSignal<GridPlace>({ row: 0, column: 0 });
  const rowCount = () => props.book.facts.rowCount;
  const headPx = () => HEAD_PX + (props.isFiltering ? FILTER_PX : 0);
  const scroll = createGridScroll({
    element: () => element,
    rows: rowCount,
    rowPx: () => props.rowPx,
    headPx,
  });

  // Widths are reckoned when the columns are there, not as rows arrive: nothing moves by itself.
  const wishes = createMemo(() => {
    const columns = props.columns;
    const options = {
      book: props.book,
      measure: widestText,
      rowPx: props.rowPx,
      runNames: props.book.facts.sources.map(({ run }) => props.runOf(run)?.name ?? ""),
      setPx: undefined,
    };
    return columns.map((column) => widthWish(column, options));
  });
  const placed = createMemo(() => {
    const set = setWidths();
    const asked = wishes().map((wish, i) => ({ ...wish, setPx: set.get(props.columns[i]!.id) }));
    const widths = columnWidths(asked, scroll.width());
    const starts = columnStarts(widths);
    const columns = props.columns.map((column, index) => ({
      column,
      index,
      leftPx: starts[index]!,
      widthPx: widths[index]!,
    }));
    return { columns, starts, totalPx: starts.at(-1)! };
  });
  const columnsSeen = createMemo(
    () => columnsWithin(placed().starts, scroll.left(), scroll.left() + scroll.width()),
    undefined,
    { equals: (a, b) => a.first === b.first && a.last === b.last },
  );
  const columns = createMemo(() =>
    placed().columns.slice(columnsSeen().first, columnsSeen().last + 1),
  );
  const first = createMemo(() => Math.floor(scroll.top() / props.rowPx));
  const rowsInView = () => scroll.map().viewPx / props.rowPx;
  // Each place takes every so many rows, and is told only where its own changes: not with every row that is scrolled.
  const places = createMemo(() => {
    const count = Math.min(rowCount(), Math.ceil(rowsInView()) + 1);
    return Array.from({ length: count }, (_, i) => createSignal(i));
  });
  createComputed(() => {
    const [from, count] = [first(), places().length];
    for (const [i, [, setRow]] of places().entries()) {
      setRow(from + ((((i - from) % count) + count) % count));
    }
  });
  const anchor = createMemo(() => Math.floor(first() / ANCHOR_ROWS) * ANCHOR_ROWS);

  createEffect(() => {
    const last = Math.min(
      rowCount(),
      Math.ceil((scroll.top() + scroll.map().viewPx) / props.rowPx),
    );
    props.tellRange(first(), last - 1);
    if (scroll.isRushing() || rowCount() === 0) return;
    const { columns: all } = placed();
    const place = (index: number) => Math.max(0, all[index]?.column.place ?? 0);
    props.book.see({
      first: first(),
      last: last - 1,
      firstColumn: place(columnsSeen().first),
      lastColumn: place(columnsSeen().last),
    });
  });
  createEffect(() => props.tellWide(placed().totalPx > scroll.width()));
  createEffect(
    on(
      () => props.order,
      () => {
        setActive({ row: 0, column: active().column });
        scroll.goTo(0);
      },
      { defer: true },
    ),
  );

  const setWidth = (column: GridColumn, px: number) =>
    changeWidths((old) => new Map(old).set(column.id, clampWidth(px)));
  const fitWidth = (column: GridColumn) => {
    const { book, rowPx } = props;
    const runNames = book.facts.sources.map(({ run }) => props.runOf(run)?.name ?? "");
    const wish = widthWish(column, {
      book,
      measure: widestText,
      rowPx,
      runNames,
      setPx: undefined,
    });
    setWidth(column, Math.max(wish.contentPx, wish.headPx));
  };
  const cellId = ({ row, column }: GridPlace) => `${id}-${row}-${column}`;
  const boxOf = (place: GridPlace) =>
    document.getElementById(cellId(place))?.getBoundingClientRect() ??
    element.getBoundingClientRect();
  const openCell = (place: GridPlace) => {
    const column = props.columns[place.column];
    if (column && place.row < rowCount()) props.open(place.row, column, boxOf(place));
  };
  const show = ({ row, column }: GridPlace) => {
    const top = row * props.rowPx;
    if (top < scroll.top()) scroll.goTo(top);
    else if (top + props.rowPx > scroll.top() + scroll.map().viewPx) {
      scroll.goTo(top + props.rowPx - scroll.map().viewPx);
    }
    const { starts } = placed();
    const [left, right] = [starts[column] ?? 0, starts[column + 1] ?? 0];
    if (left < scroll.left()) scroll.goToLeft(left);
    else if (right > scroll.left() + scroll.width()) scroll.goToLeft(right - scroll.width());
  };
  const onKeyDown = gridKeys({
    active,
    size: () => ({
      rows: rowCount(),
      columns: props.columns.length,
      page: Math.max(1, Math.floor(rowsInView()) - 1),
    }),
    go: (place) => {
      setActive(place);
      show(place);
    },
    open: openCell,
  });
  const onClick = (event: MouseEvent) => {
    const cell = (event.target as Element).closest<HTMLElement>(".tg-td");
    const row = Number(cell?.closest<HTMLElement>(".tg-tr")?.dataset.row ?? Number.NaN);
    const column = Number(cell?.getAttribute("aria-colindex")) - 1;
    if (!cell || Number.isNaN(row)) return;
    setActive({ row, column });
    const isSelecting = !(getSelection()?.isCollapsed ?? true);
    const isLonger = cell.scrollWidth > cell.clientWidth || cell.dataset.opens !== undefined;
    if (!isSelecting && (isLonger || cell.classList.contains("pic"))) openCell({ row, column });
  };
  const onCopy = (event: ClipboardEvent) => {
    const column = props.columns[active().column];
    if (!(getSelection()?.isCollapsed ?? true) || !column || event.target !== element) return;
    event.preventDefault();
    props.copy(active().row, column, event.clipboardData);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows of a table element cannot be placed by hand
    <div
      ref={element}
      class="tg scroll"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rowCount() + 1}
      aria-colcount={props.columns.length}
      aria-busy={props.isReading}
      aria-activedescendant={rowCount() > 0 ? cellId(active()) : undefined}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDblClick={(event) => {
        if ((event.target as Element).closest(".tg-td")) openCell(active());
      }}
      onCopy={onCopy}
    >
      <div
        class="tg-room"
        style={{
          height: `${headPx() + scroll.map().barPx}px`,
          width: `${placed().totalPx}px`,
          "--row": `${props.rowPx}px`,
        }}
      >
        <div class="tg-layer" style={{ height: `${scroll.height()}px` }}>
          <div
            class="tg-rows"
            style={{
              transform: `translateY(${Math.round(headPx() + anchor() * props.rowPx - scroll.top())}px)`,
            }}
          >
            <For each={places()}>
              {([row]) => {
                const isActiveRow = createMemo(() => active().row === row());
                return (
                  <GridRow
                    row={row()}
                    isThere={row() < rowCount()}
                    topPx={(row() - anchor()) * props.rowPx}
                  >
                    <For each={columns()}>
                      {(one) => (
                        <GridCell
                          {...one}
                          book={props.book}
                          version={props.version}
                          row={row()}
                          isActive={isActiveRow() && active().column === one.index}
                          isRushing={scroll.isRushing()}
                          id={cellId({ row: row(), column: one.index })}
                          runOf={props.runOf}
                        />
                      )}
                    </For>
                  </GridRow>
                );
              }}
            </For>
          </div>
          {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: it stands above rows that are placed by hand */}
          <div class="tg-head" role="row" aria-rowindex={1}>
            <For each={columns()}>
              {(one) => (
                <GridHead
                  {...one}
                  direction={props.directionOf(one.column)}
                  isWaiting={props.isReading}
                  sort={() => props.sort(one.column)}
                  setWidth={(px) => setWidth(one.column, px)}
                  fit={() => fitWidth(one.column)}
                />
              )}
            </For>
            <Show when={props.isFiltering}>
              <For each={columns().filter(({ column }) => column.kind === "value")}>
                {(one) => (
                  <FilterCell
                    {...one}
                    text={props.filterOf(one.column)}
                    change={(text) => props.setFilter(one.column, text)}
                  />
                )}
              </For>
            </Show>
          </div>
        </div>
      </div>
    </div>
  );
}
