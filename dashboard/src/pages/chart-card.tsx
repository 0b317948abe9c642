/** One metric: title, what is odd about it, its chart; or why it is not there. Draws only while it is near the window. */

import { createMemo, For, Show } from "solid-js";
import type { Axis, Run } from "../../../src/protocol/api.ts";
import { Icon } from "../app/icons.tsx";
import { themeVersion } from "../app/theme.ts";
import type { CursorLink } from "../charts/cursor-link.ts";
import type { PlotEvents, PlotTip } from "../charts/plot.ts";
import { PlotView } from "../charts/plot-view.tsx";
import type { Range } from "../charts/value-range.ts";
import { sameRange } from "../state/charts.ts";
import { splitMetric } from "../state/sections.ts";
import type { Workspace } from "../state/workspace.ts";
import {
  chartAxis,
  chartLines,
  isBelowLog,
  isLogY,
  type LinesByRun,
  linesOver,
  oddNotes,
  plotView,
  sameLines,
  samePlotView,
  switchLogY,
} from "./chart-model.ts";

/** A chart, as a card or over the whole window. */
export interface ChartProps {
  readonly metric: string;
  readonly workspace: Workspace;
  readonly drawn: readonly Run[];
  /** What the lines stand over, where that is a metric. */
  readonly xLines: LinesByRun | undefined;
  readonly link: CursorLink;
  /** Whether plots have room at the right for values. */
  readonly gutter: boolean;
  /** What all charts of the page show of that axis while nothing is zoomed. */
  readonly xRange: (axis: Axis) => Range | undefined;
}

export interface ChartCardProps extends ChartProps {
  readonly isNear: boolean;
  readonly isSeen: boolean;
  /** Tells the page which element stands for this chart. */
  readonly watch: (element: HTMLElement) => void;
  readonly setTip: (tip: PlotTip | null) => void;
  readonly openFull: () => void;
}

export function ChartCard(props: ChartCardProps) {
  const { view, changeView, chart, retryChart } = props.workspace;
  const state = createMemo(() => chart(props.metric)());
  const lines = createMemo(() => linesOver(chartLines(state(), props.drawn), props.xLines), [], {
    equals: sameLines,
  });
  const axis = createMemo(() => chartAxis(state(), view()));
  // Out of sight a range that grows redraws nothing: it is taken over when the chart is seen again.
  const xRange = createMemo<{ readonly axis: Axis; readonly range: Range | undefined } | undefined>(
    (old) => {
      if (old && old.axis === axis() && !props.isSeen) return old;
      return { axis: axis(), range: props.xRange(axis()) };
    },
    undefined,
    { equals: (a, b) => a?.axis === b?.axis && sameRange(a?.range, b?.range) },
  );
  const shownView = createMemo(
    () =>
      plotView(props.metric, lines(), {
        view: view(),
        axis: axis(),
        xRange: xRange()?.range,
        xName: props.xLines ? view().xMetric : undefined,
        gutter: props.gutter,
      }),
    undefined,
    { equals: samePlotView },
  );
  const switchLog = () => changeView(switchLogY(view(), props.metric));
  const events: PlotEvents = {
    zoom: (range) => changeView({ zoom: range ?? undefined }),
    tip: props.setTip,
    key: (key) => (key === "log" ? switchLog() : props.openFull()),
  };
  const isWaiting = () => state().held === undefined && state().error === undefined;
  return (
    <article
      class={`card ${isWaiting() ? "loading" : ""}`}
      data-metric={props.metric}
      ref={props.watch}
      aria-busy={isWaiting()}
    >
      <header class="card-head">
        <MetricTitle metric={props.metric} />
        <Show when={isLogY(view(), props.metric)}>
          <span class="note">{isBelowLog(lines()) ? "log, nothing above 0" : "log"}</span>
        </Show>
        <Show when={state().held !== undefined && lines().length === 0}>
          <span class="note">no points {view().zoom ? "in this range" : "in the runs shown"}</span>
        </Show>
        <For each={oddNotes(lines())}>{(note) => <span class="note bad">{note}</span>}</For>
        <span class="card-acts">
          <button
            type="button"
            class="icon s"
            title="Logarithmic y axis (L)"
            aria-label={`Logarithmic y axis of ${props.metric}`}
            aria-pressed={isLogY(view(), props.metric)}
            onClick={switchLog}
          >
            <Icon name="log" />
          </button>
          <button
            type="button"
            class="icon s"
            title="Full screen (F)"
            aria-label={`Full screen of ${props.metric}`}
            onClick={props.openFull}
          >
            <Icon name="expand" />
          </button>
        </span>
      </header>
      <Show
        when={state().error === undefined}
        fallback={
          <ChartError
            metric={props.metric}
            reason={state().error ?? ""}
            retry={() => retryChart(props.metric)}
          />
        }
      >
        <Show when={props.isNear && !isWaiting()} fallback={<div class="plot" />}>
          <PlotView
            view={shownView()}
            link={props.link}
            events={events}
            redrawOn={themeVersion()}
          />
        </Show>
      </Show>
    </article>
  );
}

export function MetricTitle(props: { readonly metric: string }) {
  const parts = () => splitMetric(props.metric);
  return (
    <h3 class="card-title" title={props.metric}>
      <Show when={parts().prefix !== ""}>
        <span>{parts().prefix}/</span>
      </Show>
      {parts().leaf}
    </h3>
  );
}

function ChartError(props: {
  readonly metric: string;
  readonly reason: string;
  readonly retry: () => void;
}) {
  return (
    <div class="plot">
      <div class="oops" role="alert">
        <span>
          <b>{props.metric} did not arrive.</b>
          <br />
          {props.reason}
        </span>
        <button type="button" class="link" onClick={props.retry}>
          Read again
        </button>
      </div>
    </div>
  );
}
