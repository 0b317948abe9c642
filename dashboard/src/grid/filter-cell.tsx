/** The filter field below a column's head. What is typed is asked for after a moment. */

import { createMemo, createSignal, onCleanup } from "solid-js";
import { readFilter } from "./cell-filter.ts";
import type { GridColumn } from "./grid-columns.ts";

export interface FilterCellProps {
  readonly column: GridColumn;
  readonly leftPx: number;
  readonly widthPx: number;
  readonly text: string;
  readonly change: (text: string) => void;
}

const ASK_AFTER_MS = 250;

export function FilterCell(props: FilterCellProps) {
  const [typed, setTyped] = createSignal(props.text);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const problem = createMemo(() => {
    const reading = readFilter(typed(), props.column.type);
    return reading && "problem" in reading ? reading.problem : undefined;
  });
  const ask = () => {
    clearTimeout(timer);
    if (typed() !== props.text) props.change(typed());
  };
  return (
    <label
      class={`field tg-filter ${problem() ? "bad" : ""}`}
      style={{ left: `${props.leftPx + 4}px`, width: `${props.widthPx - 8}px` }}
    >
      <input
        value={props.text}
        placeholder={props.column.isNumber ? "> 0.5" : "contains"}
        aria-label={`Filter ${props.column.title}`}
        aria-invalid={problem() !== undefined}
        title={problem() ?? "A text it contains, or = ≠ < > with a value, or empty, not empty"}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          clearTimeout(timer);
          timer = setTimeout(ask, ASK_AFTER_MS);
        }}
        onBlur={ask}
        onKeyDown={(event) => {
          if (event.key === "Enter") ask();
          if (event.key !== "Escape") return;
          event.stopPropagation();
          if (event.currentTarget.value === "") event.currentTarget.blur();
          event.currentTarget.value = "";
          setTyped("");
          ask();
        }}
      />
    </label>
  );
}
