/** A {@link Plot} as a component: lives as long as it is on the page, shows what its `view` says. */

import { createEffect, on, onCleanup, onMount } from "solid-js";
import type { CursorLink } from "./cursor-link.ts";
import { Plot, type PlotEvents, type PlotView as View } from "./plot.ts";

export interface PlotViewProps {
  readonly view: View;
  readonly link: CursorLink;
  readonly events: PlotEvents;
  /** Draws again when this changes, e.g. with the theme. */
  readonly redrawOn: unknown;
}

export function PlotView(props: PlotViewProps) {
  let root!: HTMLDivElement;
  onMount(() => {
    const plot = new Plot(root, props.link, props.events);
    createEffect(() => plot.show(props.view));
    createEffect(
      on(
        () => props.redrawOn,
        () => plot.redraw(),
        { defer: true },
      ),
    );
    onCleanup(() => plot.destroy());
  });
  const label = () => {
    const count = props.view.lines.length;
    return `${props.view.title}, ${count} ${count === 1 ? "line" : "lines"}. Arrow keys move the cursor, L switches the logarithmic axis, F the full screen.`;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a chart takes the focus so that the arrow keys can move its cursor
    <div ref={root} class="plot" role="img" tabIndex={0} aria-label={label()} />
  );
}
