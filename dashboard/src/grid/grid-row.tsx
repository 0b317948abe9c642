/** A row in its place. */

import type { JSX } from "solid-js";

export interface GridRowProps {
  readonly row: number;
  /** Behind the last row a place is empty. */
  readonly isThere: boolean;
  readonly topPx: number;
  readonly children: JSX.Element;
}

export function GridRow(props: GridRowProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: rows are placed by hand, and the grid has the focus
    <div
      class="tg-tr"
      role="row"
      data-row={props.row}
      aria-rowindex={props.row + 2}
      hidden={!props.isThere}
      style={{ transform: `translateY(${props.topPx}px)` }}
    >
      {props.children}
    </div>
  );
}
