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
  onCleanup,
  onMount,
  Show,
} from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import {
  clampWidth,
  columnStarts,
  columnsWithin,
  columnWidths,
  type WidthWish,
} from "./column-widths.ts";
import { FilterCell } from "./filter-cell.tsx";
import { GridCell } from "./grid-cell.tsx";
import { type GridColumn, widthWish } from "./grid-columns.ts";
import { GridHead, type SortDirection } from "./grid-head.tsx";
import { type GridPlace, gridKeys } from "./grid-keys.ts";
import { GridRow } from "./grid-row.tsx";
import { createGridScroll } from "./grid-scroll.ts";
import { widestText } from "./measure-text.ts";
import { createNumberWidths } from "./number-widths.ts";
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

  const wishOf = (column: GridColumn) =>
    widthWish(column, {
      book: props.book,
      measure: widestText,
      rowPx: props.rowPx,
      runNames: props.book.facts.sources.map(({ run }) => props.runOf(run)?.name ?? ""),
      isFirst: column === props.columns[0],
      setPx: undefined,
    });
  // The width of a column is reckoned when it is there, not as rows arrive or are sorted: nothing moves by itself.
  const wishes = createMemo<ReadonlyMap<GridColumn, WidthWish>>(
    (old) =>
      new Map(
        props.columns.map((column) => {
          const known = column.kind === "value" ? old.get(column) : undefined;
          return [column, known ?? wishOf(column)];
        }),
      ),
    new Map(),
  );
  const [columnsInSight, setColumnsInSight] = createSignal<readonly GridColumn[]>([]);
  const first = createMemo(() => Math.floor(scroll.top() / props.rowPx));
  const numberWidths = createNumberWidths({
    book: () => props.book,
    version: () => props.version,
    columns: columnsInSight,
    first,
    isFirst: (column) => column === props.columns[0],
    measure: widestText,
  });
  const widths = createMemo(() => {
    const set = setWidths();
    const asked = props.columns.map((column) => {
      const wish = wishes().get(column)!;
      const contentPx = Math.max(wish.contentPx, numberWidths().get(column) ?? 0);
      return { ...wish, contentPx, setPx: set.get(column.id) };
    });
    return columnWidths(asked, scroll.width());
  });
  const starts = createMemo(() => columnStarts(widths()));
  const totalPx = () => starts().at(-1)!;
  const columnsSeen = createMemo(
    () => columnsWithin(starts(), scroll.left(), scroll.left() + scroll.width()),
    undefined,
    { equals: (a, b) => a.first === b.first && a.last === b.last },
  );
  const columns = createMemo(() =>
    props.columns.slice(columnsSeen().first, columnsSeen().last + 1),
  );
  createComputed(() => setColumnsInSight(columns()));
  const indexes = createMemo(() => new Map(props.columns.map((column, i) => [column, i])));
  /** Where a column stands: told to what is there, which is never made anew for it. */
  const place = (column: GridColumn) => ({
    column,
    get index() {
      return indexes().get(column) ?? 0;
    },
    get leftPx() {
      return starts()[this.index] ?? 0;
    },
    get widthPx() {
      return widths()[this.index] ?? 0;
    },
  });
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
    props.book.see({
      first: first(),
      last: last - 1,
      firstColumn: Math.max(0, columns()[0]?.place ?? 0),
      lastColumn: Math.max(0, columns().at(-1)?.place ?? 0),
    });
  });
  createEffect(() => props.tellWide(totalPx() > scroll.width()));
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
    const { contentPx, headPx: titlePx } = wishOf(column);
    setWidth(column, Math.max(contentPx, titlePx));
  };
  const cellId = ({ row, column }: GridPlace) => `${id}-${row}-${column}`;
  const boxOf = (at: GridPlace) =>
    document.getElementById(cellId(at))?.getBoundingClientRect() ?? element.getBoundingClientRect();
  const openCell = (at: GridPlace) => {
    const column = props.columns[at.column];
    if (column && at.row < rowCount()) props.open(at.row, column, boxOf(at));
  };
  const bringIntoSight = ({ row, column }: GridPlace) => {
    const top = row * props.rowPx;
    if (top < scroll.top()) scroll.goTo(top);
    else if (top + props.rowPx > scroll.top() + scroll.map().viewPx) {
      scroll.goTo(top + props.rowPx - scroll.map().viewPx);
    }
    const [left, right] = [starts()[column] ?? 0, starts()[column + 1] ?? 0];
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
    go: (next) => {
      setActive(next);
      bringIntoSight(next);
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
  // A copy begins at the last selection, wherever that was: the focus tells whether it is meant for the grid.
  const onCopy = (event: ClipboardEvent) => {
    const column = props.columns[active().column];
    if (document.activeElement !== element || !column) return;
    if (!(getSelection()?.isCollapsed ?? true)) return;
    event.preventDefault();
    props.copy(active().row, column, event.clipboardData);
  };
  onMount(() => {
    document.addEventListener("copy", onCopy);
    onCleanup(() => document.removeEventListener("copy", onCopy));
  });

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
    >
      <div
        class="tg-room"
        style={{
          height: `${headPx() + scroll.map().barPx}px`,
          width: `${totalPx()}px`,
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
                      {(column) => (
                        <GridCell
                          {...place(column)}
                          book={props.book}
                          version={props.version}
                          row={row()}
                          isActive={isActiveRow() && active().column === indexes().get(column)}
                          isRushing={scroll.isRushing()}
                          id={cellId({ row: row(), column: indexes().get(column) ?? 0 })}
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
              {(column) => (
                <GridHead
                  {...place(column)}
                  direction={props.directionOf(column)}
                  isWaiting={props.isReading}
                  sort={() => props.sort(column)}
                  setWidth={(px) => setWidth(column, px)}
                  fit={() => fitWidth(column)}
                />
              )}
            </For>
            <Show when={props.isFiltering}>
              <For each={columns().filter(({ kind }) => kind === "value")}>
                {(column) => (
                  <FilterCell
                    {...place(column)}
                    text={props.filterOf(column)}
                    change={(text) => props.setFilter(column, text)}
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
