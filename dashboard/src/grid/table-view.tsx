/** A table with what is around its rows: title, step, filter, comparison, how many rows there are. */

import {
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  onCleanup,
  onMount,
  Show,
} from "solid-js";
import { Stepper } from "../gallery/stepper.tsx";
import { MetricTitle } from "../pages/chart-card.tsx";
import { createKeySteps } from "../state/key-steps.ts";
import { changeLook, type LookChange, type TableLook } from "../state/table-look.ts";
import type { Workspace } from "../state/workspace.ts";
import { type GridColumn, gridColumns } from "./grid-columns.ts";
import { createOpenCells, OpenCells } from "./open-cells.tsx";
import { RowCount, rowsText, sizeText } from "./row-count.tsx";
import { TableActions } from "./table-actions.tsx";
import { TableGrid } from "./table-grid.tsx";
import { createTableRead } from "./table-read.ts";
import { NoRows, TableProblem } from "./table-trouble.tsx";

export interface TableViewProps {
  readonly workspace: Workspace;
  readonly tableKey: string;
  /** `section`: without a head; a page's own step counts. */
  readonly frame: "card" | "section" | "full" | "full section";
  readonly step: number | undefined;
  /** It was seen once: from then on it is read. */
  readonly isSeen: boolean;
  readonly isInSight: boolean;
  readonly tellSize: ((text: string) => void) | undefined;
  readonly openFull: (() => void) | undefined;
  readonly title?: JSX.Element;
  readonly close?: JSX.Element;
}

const FRAME_CLASSES = {
  card: "in-card",
  section: "in-section",
  full: "in-full",
  "full section": "in-full",
} as const;
/** A row with pictures, in CSS pixels. */
const PICTURE_ROW_PX = 48;
/** Narrower grids do without row numbers. */
const ROW_NUMBERS_FROM_PX = 720;

export function TableView(props: TableViewProps) {
  const { view, changeView, runs, media, lastMediaChange, offline } = props.workspace;
  let box!: HTMLDivElement;
  const project = () => props.workspace.project()?.key ?? view().project;
  const hasOwnStep = () => props.frame === "card" || props.frame === "full";
  const hasHead = () => props.frame !== "section";
  const ofKey = createMemo(() =>
    props.isSeen
      ? media()?.find(({ key, kind }) => key === props.tableKey && kind === "table")
      : undefined,
  );
  const look = createMemo<TableLook>(() => {
    const own = view().tables[props.tableKey] ?? {};
    if (hasOwnStep()) return own;
    const { step: _, ...rest } = own;
    return props.step === undefined ? rest : { ...rest, step: props.step };
  });
  const change = (part: LookChange) =>
    changeView({ tables: changeLook(view().tables, props.tableKey, part) });
  const steps = createKeySteps(project, ofKey, offline);
  const [range, setRange] = createSignal({ first: 0, last: -1 }, { equals: sameRange });
  const read = createTableRead({
    project,
    media: ofKey,
    look,
    lastChange: lastMediaChange,
    isInSight: () => props.isInSight,
    offline,
    topRow: () => range().first,
  });

  const [isWide, setIsWide] = createSignal(true);
  const [hasBar, setHasBar] = createSignal(false);
  const columns = createMemo<readonly GridColumn[]>((old) => {
    const book = read.book();
    if (!book) return old;
    const sources = book.facts.sources;
    const hasStep = look().withStep !== undefined;
    const hasRun = new Set(sources.map(({ run }) => run)).size > 1;
    const hasRow = isWide() || look().isTogether === true;
    return gridColumns(book, { hasRow, hasRun, hasStep }, old);
  }, []);
  const runsById = createMemo(() => new Map(runs()?.map((run) => [run.id, run])));
  const plainRowPx = tokenPx("--h-row");
  const rowPx = createMemo(() =>
    columns().some(({ hasMedia }) => hasMedia) ? PICTURE_ROW_PX : plainRowPx,
  );
  createEffect(() => {
    const book = read.book();
    if (book) props.tellSize?.(sizeText(book.facts));
  });
  onMount(() => {
    const measure = () => setIsWide(box.clientWidth >= ROW_NUMBERS_FROM_PX);
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    measure();
    onCleanup(() => observer.disconnect());
  });

  const [isFilterOpen, setIsFilterOpen] = createSignal<boolean | undefined>();
  const isFiltering = () => isFilterOpen() ?? look().filters !== undefined;
  const setFilter = (name: string, text: string) =>
    change({ filters: { ...look().filters, [name]: text } });
  const sort = (column: GridColumn) => {
    if (column.kind === "value") change({ sort: nextSort(column, look().sort) });
    else if (column.kind === "row") change({ isTogether: !look().isTogether, sort: undefined });
    else if (column.kind === "run") change({ isTogether: false, sort: undefined });
  };

  const cells = createOpenCells({
    book: read.book,
    columns,
    closed: () => box.querySelector<HTMLElement>(".tg")?.focus({ preventScroll: true }),
  });

  const actions = () => (
    <TableActions
      tableKey={props.tableKey}
      project={project() ?? ""}
      book={read.book()}
      look={look()}
      change={change}
      steps={steps.all()}
      isFiltering={isFiltering()}
      setFiltering={setIsFilterOpen}
      openFull={props.openFull}
    />
  );
  return (
    <div class={`table-view ${FRAME_CLASSES[props.frame]}`} ref={box}>
      <Show when={hasHead()}>
        <header class="table-head">
          {props.title ?? <MetricTitle metric={props.tableKey} />}
          <span class="note cut">
            {read.book() ? rowsText(read.book()!.facts) : "table"}
            {read.isReading() && read.book() ? " · reading …" : ""}
          </span>
          <span class="grow" />
          <Show when={hasOwnStep() && steps.all().length > 1}>
            <Stepper
              steps={steps.all()}
              step={look().step}
              change={(step) => change({ step })}
              label={`Step of ${props.tableKey}`}
              compact
            />
          </Show>
          {actions()}
          {props.close}
        </header>
      </Show>
      <Show
        when={read.book()}
        fallback={<TableProblem name={props.tableKey} error={read.error()} retry={read.retry} />}
      >
        {(book) => (
          <div
            class="table-body"
            style={
              props.frame === "section"
                ? {
                    height: `${sectionPx(book().facts.rowCount, rowPx(), isFiltering(), hasBar())}px`,
                  }
                : {}
            }
          >
            <TableGrid
              label={`Table ${props.tableKey}`}
              book={book()}
              version={read.version()}
              order={read.order()}
              columns={columns()}
              rowPx={rowPx()}
              directionOf={(column) => directionOf(column, look())}
              sort={sort}
              isReading={read.isReading()}
              isFiltering={isFiltering()}
              filterOf={(column) => look().filters?.[column.title] ?? ""}
              setFilter={(column, text) => setFilter(column.title, text)}
              runOf={(id) => runsById().get(id)}
              open={cells.open}
              copy={cells.copy}
              tellWide={setHasBar}
              tellRange={(first, last) => setRange({ first, last })}
            />
            <Show when={book().facts.rowCount === 0}>
              <NoRows
                isFiltered={look().filters !== undefined && book().facts.totalCount > 0}
                clear={() => change({ filters: {} })}
              />
            </Show>
          </div>
        )}
      </Show>
      <RowCount
        facts={read.book()?.facts}
        range={range()}
        look={look()}
        isReading={read.isReading()}
        error={read.book() ? read.error() : undefined}
        isQuiet={props.frame === "card"}
        actions={hasHead() ? undefined : actions()}
      />
      <OpenCells
        cells={cells}
        book={read.book()}
        version={read.version()}
        columns={columns()}
        tableKey={props.tableKey}
        runOf={(id) => runsById().get(id)}
      />
    </div>
  );
}

/** Numbers begin with the highest, the rest with the first; the third click is as it was logged. */
function nextSort(
  { title, isNumber }: GridColumn,
  old: TableLook["sort"],
): TableLook["sort"] | undefined {
  if (old?.column !== title) return { column: title, descending: isNumber };
  return old.descending === isNumber ? { column: title, descending: !isNumber } : undefined;
}

function directionOf({ kind, title }: GridColumn, { sort, isTogether }: TableLook) {
  if (kind === "row") return isTogether && !sort ? "ascending" : undefined;
  if (kind !== "value" || sort?.column !== title) return undefined;
  return sort.descending ? "descending" : "ascending";
}

const HEAD_PX = 28;
const FILTER_PX = 32;
/** A bar for scrolling sideways may take so much. */
const BAR_PX = 12;
const MOST_SECTION_PX = 480;

function sectionPx(rows: number, rowPx: number, isFiltering: boolean, hasBar: boolean): number {
  const head = HEAD_PX + (isFiltering ? FILTER_PX : 0);
  return Math.min(MOST_SECTION_PX, head + Math.max(2, rows) * rowPx + (hasBar ? BAR_PX : 0));
}

function tokenPx(name: string): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue(name));
}

function sameRange(
  a: { readonly first: number; readonly last: number },
  b: { readonly first: number; readonly last: number },
): boolean {
  return a.first === b.first && a.last === b.last;
}
