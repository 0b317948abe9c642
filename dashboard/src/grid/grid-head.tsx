/** The head of a column: its name, which sorts, and its edge, which sets the width. */

import { createSignal, Show } from "solid-js";
import { Icon } from "../app/icons.tsx";
import type { GridColumn } from "./grid-columns.ts";

export type SortDirection = "ascending" | "descending" | undefined;

export interface GridHeadProps {
  readonly column: GridColumn;
  readonly index: number;
  readonly leftPx: number;
  readonly widthPx: number;
  readonly direction: SortDirection;
  /** It is being sorted; the rows are still the old ones. */
  readonly isWaiting: boolean;
  readonly sort: () => void;
  readonly setWidth: (px: number) => void;
  /** As wide as what it holds. */
  readonly fit: () => void;
}

/** A step of the arrow keys at the edge. */
const KEY_PX = 16;

export function GridHead(props: GridHeadProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: heads are placed by hand, and their buttons take the focus
    <div
      class={`tg-th ${props.column.isNumber ? "num" : ""} ${props.isWaiting ? "waiting" : ""}`}
      role="columnheader"
      aria-colindex={props.index + 1}
      aria-sort={props.direction}
      style={{ left: `${props.leftPx}px`, width: `${props.widthPx}px` }}
    >
      <button type="button" class="cut" title={headTitle(props.column)} onClick={props.sort}>
        <span class="cut">{props.column.title}</span>
        <Show when={props.direction}>
          <Icon name={props.direction === "ascending" ? "ascending" : "descending"} />
        </Show>
      </button>
      <ColumnEdge {...props} />
    </div>
  );
}

function ColumnEdge(props: GridHeadProps) {
  const [from, setFrom] = createSignal<
    { readonly x: number; readonly width: number } | undefined
  >();
  const onPointerDown = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    setFrom({ x: event.clientX, width: props.widthPx });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -KEY_PX, ArrowRight: KEY_PX }[event.key];
    if (event.key === "Enter") props.fit();
    else if (by !== undefined) props.setWidth(props.widthPx + by);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr cannot be dragged
    <span
      class={`tg-edge ${from() ? "dragged" : ""}`}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`Width of ${props.column.title}`}
      aria-valuenow={props.widthPx}
      title="Drag for the width, double-click to fit"
      onPointerDown={onPointerDown}
      onPointerMove={(event) => {
        const began = from();
        if (began) props.setWidth(began.width + event.clientX - began.x);
      }}
      onLostPointerCapture={() => setFrom(undefined)}
      onDblClick={props.fit}
      onKeyDown={onKeyDown}
    />
  );
}

function headTitle({ kind, title, type }: GridColumn): string {
  switch (kind) {
    case "row":
      return "Row of its table. Sorts by it, the same rows of all tables together";
    case "run":
      return "One run after the other";
    case "step":
      return "Step of its table";
    case "value":
      return `${title} (${type})`;
  }
}
