/** The bar below the rows: which of how many, in what order, and what is not there. */

import { type JSX, Show } from "solid-js";
import type { TableLook } from "../state/table-look.ts";
import type { TableFacts } from "./row-book.ts";

export interface RowCountProps {
  readonly facts: TableFacts | undefined;
  /** Rows in sight. */
  readonly range: { readonly first: number; readonly last: number };
  readonly look: TableLook;
  readonly isReading: boolean;
  /** Why rows in sight are not there. */
  readonly error: string | undefined;
  /** Left out where all rows are in sight as they were logged. */
  readonly isQuiet: boolean;
  readonly actions: JSX.Element | undefined;
}

export function RowCount(props: RowCountProps) {
  const isWhole = () => {
    const { facts, range, look } = props;
    const isPlain = look.sort === undefined && look.filters === undefined && !look.isTogether;
    const isAllSeen = range.first === 0 && range.last >= (facts?.rowCount ?? 0) - 1;
    return isPlain && isAllSeen && facts !== undefined && missingText(facts) === "";
  };
  return (
    <Show when={props.facts}>
      {(facts) => (
        <Show when={!(props.isQuiet && isWhole() && props.error === undefined)}>
          <div class="count-bar">
            <span class="cut">
              {rangeText(props.range, facts())}
              {orderText(props.look)}
              {props.isReading ? " · reading …" : ""}
            </span>
            <Show when={missingText(facts())}>
              {(text) => <span class="bad cut">{text()}</span>}
            </Show>
            <Show when={props.error}>{(text) => <span class="bad cut">{text()}</span>}</Show>
            <span class="grow" />
            {props.actions}
          </div>
        </Show>
      )}
    </Show>
  );
}

/** `table · 2,048 rows × 6` */
export function sizeText(facts: TableFacts): string {
  return `${rowsText(facts)} × ${count(facts.columns.length)}`;
}

/** `table · 2,048 rows` */
export function rowsText({ totalCount }: TableFacts): string {
  return `table · ${count(totalCount)} ${totalCount === 1 ? "row" : "rows"}`;
}

/** `Rows 1–40 of 2,048` */
export function rangeText(
  { first, last }: { readonly first: number; readonly last: number },
  { rowCount, totalCount }: Pick<TableFacts, "rowCount" | "totalCount">,
): string {
  const isFiltered = rowCount < totalCount;
  if (rowCount === 0) return isFiltered ? `No row of ${count(totalCount)} matches` : "No rows";
  const that = rowCount === 1 ? "that matches" : "that match";
  const of = isFiltered ? `${count(rowCount)} ${that}, of ${count(totalCount)}` : count(rowCount);
  if (last < first) return `${of} ${rowCount === 1 ? "row" : "rows"}`;
  const [from, to] = [count(first + 1), count(Math.min(last, rowCount - 1) + 1)];
  return from === to ? `Row ${from} of ${of}` : `Rows ${from}–${to} of ${of}`;
}

function orderText({ sort, isTogether }: TableLook): string {
  if (sort) return ` · sorted by ${sort.column}`;
  return isTogether ? " · same rows together" : "";
}

function missingText({ sources }: TableFacts): string {
  const missing = sources.reduce((sum, source) => sum + source.missingRows, 0);
  if (missing === 0) return "";
  return `${count(missing)} ${missing === 1 ? "row is" : "rows are"} lost: a file of the table is not there`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
