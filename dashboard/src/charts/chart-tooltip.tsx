/** Values of all lines at the cursor, highest first, the nearest marked. It never covers the cursor and never takes it. */

import { createEffect, For, Show } from "solid-js";
import { formatValue } from "./format.ts";
import { placeTip } from "./place-tip.ts";
import type { PlotTip } from "./plot.ts";

const MOST_ROWS = 12;

export function ChartTooltip(props: {
  readonly tip: PlotTip | null;
  /** The sample of a line. */
  readonly sample: (hue: number, dash: number) => import("solid-js").JSX.Element;
}) {
  let box!: HTMLDivElement;
  createEffect(() => {
    const tip = props.tip;
    if (!tip) return;
    const size = { width: box.offsetWidth, height: box.offsetHeight };
    const { left, top } = placeTip(tip, size, { width: innerWidth, height: innerHeight });
    box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  });
  return (
    <>
      <p class="sr" aria-live="polite">
        {spoken(props.tip)}
      </p>
      <div ref={box} class="tip" hidden={props.tip === null} aria-hidden="true">
        <Show when={props.tip}>
          {(tip) => (
            <>
              <div class="tip-head">
                <b>{tip().title}</b>
                <span>{tip().xText}</span>
              </div>
              <table>
                <tbody>
                  <For each={rows(tip())}>
                    {({ line, value }) => (
                      <tr class={line.id === tip().nearest ? "near" : ""}>
                        <td>{props.sample(line.hue, line.dash)}</td>
                        <td class="tip-name">{line.name}</td>
                        <td class="num">{formatValue(value)}</td>
                      </tr>
                    )}
                  </For>
                </tbody>
              </table>
              <Show when={tip().values.length > MOST_ROWS}>
                <div class="tip-more">
                  {tip().values.length - MOST_ROWS} more, all in full screen (F)
                </div>
              </Show>
            </>
          )}
        </Show>
      </div>
    </>
  );
}

/** The same for who cannot see it, and only when a key moved the cursor: a mouse would never let it end. */
function spoken(tip: PlotTip | null): string {
  if (!tip?.isByKey) return "";
  const values = rows(tip).map(({ line, value }) => `${line.name} ${formatValue(value)}`);
  return `${tip.xText}: ${values.join(", ") || "no value"}`;
}

/** The first rows, among them always the nearest line: of many lines, those around it. */
function rows(tip: PlotTip): PlotTip["values"] {
  const { values, nearest } = tip;
  if (values.length <= MOST_ROWS) return values;
  const at = values.findIndex(({ line }) => line.id === nearest);
  const from = Math.max(0, Math.min(values.length - MOST_ROWS, at - MOST_ROWS / 2));
  return values.slice(from, from + MOST_ROWS);
}
