/** One chart as large as the window, with the values of all its lines as a table that follows the cursor. */

import { createMemo, createSignal, For, onCleanup, onMount } from "solid-js";
import { Icon, LineSample } from "../app/icons.tsx";
import { themeVersion } from "../app/theme.ts";
import { type ChartLine, nearestIndex } from "../charts/chart-line.ts";
import type { CursorLink } from "../charts/cursor-link.ts";
import { formatDuration, formatMoment, formatStep, formatValue } from "../charts/format.ts";
import { PlotView } from "../charts/plot-view.tsx";
import { type ChartProps, MetricTitle } from "./chart-card.tsx";
import {
  chartAxis,
  chartLines,
  isLogY,
  linesOver,
  oddNotes,
  plotView,
  sameLines,
  samePlotView,
  switchLogY,
} from "./chart-model.ts";

export interface FullScreenChartProps extends ChartProps {
  readonly close: () => void;
}

export function FullScreenChart(props: FullScreenChartProps) {
  const { view, changeView, chart } = props.workspace;
  let dialog!: HTMLDialogElement;
  const lines = createMemo(
    () => linesOver(chartLines(chart(props.metric)(), props.drawn), props.xLines),
    [],
    { equals: sameLines },
  );
  const axis = createMemo(() => chartAxis(chart(props.metric)(), view()));
  const shownView = createMemo(
    () =>
      plotView(props.metric, lines(), {
        view: view(),
        axis: axis(),
        xRange: props.xRange(axis()),
        xName: props.xLines ? view().xMetric : undefined,
        gutter: props.gutter,
      }),
    undefined,
    { equals: samePlotView },
  );
  onMount(() => {
    dialog.showModal();
    dialog.querySelector<HTMLElement>(".plot")?.focus();
  });
  onCleanup(() => props.link.light(null));
  return (
    <dialog ref={dialog} class="full" aria-label={props.metric} onClose={props.close}>
      <header class="full-head">
        <MetricTitle metric={props.metric} />
        <For each={oddNotes(lines())}>{(note) => <span class="note bad">{note}</span>}</For>
        <span class="grow" />
        <button
          type="button"
          class="btn quiet"
          aria-pressed={isLogY(view(), props.metric)}
          onClick={() => changeView(switchLogY(view(), props.metric))}
        >
          <Icon name="log" />
          Log y axis
        </button>
        <button type="button" class="icon" aria-label="Close" onClick={() => dialog.close()}>
          <Icon name="close" />
        </button>
      </header>
      <PlotView
        view={shownView()}
        link={props.link}
        redrawOn={themeVersion()}
        events={{
          zoom: (range) => changeView({ zoom: range ?? undefined }),
          tip: () => {},
          key: (key) => {
            if (key === "log") changeView(switchLogY(view(), props.metric));
            else dialog.close();
          },
        }}
      />
      <Legend lines={lines()} link={props.link} xAxis={props.xLines ? "metric" : view().xAxis} />
    </dialog>
  );
}

type SortColumn = "name" | "min" | "max" | "value";

interface LegendRow {
  readonly line: ChartLine;
  readonly min: number;
  readonly max: number;
  readonly value: number;
}

function Legend(props: {
  readonly lines: readonly ChartLine[];
  readonly link: CursorLink;
  readonly xAxis: "step" | "time" | "wall" | "metric";
}) {
  const [cursor, setCursor] = createSignal(props.link.x);
  const [sort, setSort] = createSignal<{ column: SortColumn; up: boolean }>({
    column: "value",
    up: false,
  });
  onCleanup(props.link.follow(() => setCursor(props.link.x)));
  const ranges = createMemo(() => new Map(props.lines.map((line) => [line, lineRange(line)])));
  const rows = createMemo(() => {
    const { column, up } = sort();
    const all = props.lines.map(
      (line): LegendRow => ({ line, ...ranges().get(line)!, value: valueAt(line, cursor()) }),
    );
    const order = (a: LegendRow, b: LegendRow) =>
      column === "name" ? a.line.name.localeCompare(b.line.name) : compare(a[column], b[column]);
    return all.sort((a, b) => (up ? order(a, b) : order(b, a)));
  });
  const head = (column: SortColumn, text: () => string) => (
    <th aria-sort={sort().column === column ? (sort().up ? "ascending" : "descending") : undefined}>
      <button
        type="button"
        onClick={() => setSort((old) => ({ column, up: old.column === column ? !old.up : false }))}
      >
        {text()} {sort().column === column ? (sort().up ? "↑" : "↓") : ""}
      </button>
    </th>
  );
  const at = () => {
    const x = cursor();
    if (x === null) return "last";
    if (props.xAxis === "wall") return formatMoment(x);
    if (props.xAxis === "metric") return `at ${formatValue(x)}`;
    return `at ${props.xAxis === "time" ? formatDuration(x) : formatStep(Math.round(x))}`;
  };
  return (
    <div class="full-legend">
      <table class="legend">
        <thead>
          <tr>
            <th aria-label="Sample" />
            {head(
              "name",
              () => `${props.lines.length} ${props.lines.length === 1 ? "line" : "lines"}`,
            )}
            {head("min", () => "min")}
            {head("max", () => "max")}
            {head("value", at)}
          </tr>
        </thead>
        <tbody>
          <For each={rows()}>
            {(row) => (
              <tr
                onMouseEnter={() => props.link.light(row.line.id)}
                onMouseLeave={() => props.link.light(null)}
              >
                <td>
                  <LineSample hue={row.line.hue} dash={row.line.dash} />
                </td>
                <td class="cut">{row.line.name}</td>
                <td class="num mid">{formatValue(row.min)}</td>
                <td class="num mid">{formatValue(row.max)}</td>
                <td class="num">{formatValue(row.value)}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}

/** Logged values, not smoothed ones: NaN where the line has none there. */
function valueAt(line: ChartLine, x: number | null): number {
  if (x === null) return line.y.findLast(Number.isFinite) ?? Number.NaN;
  const at = nearestIndex(line.x, x, 0);
  return at < 0 ? Number.NaN : line.y[at]!;
}

function lineRange(line: ChartLine): { min: number; max: number } {
  let min = Number.NaN;
  let max = Number.NaN;
  for (let i = 0; i < line.x.length; i += 1) {
    if (!(line.low[i]! >= min)) min = Number.isNaN(line.low[i]!) ? min : line.low[i]!;
    if (!(line.high[i]! <= max)) max = Number.isNaN(line.high[i]!) ? max : line.high[i]!;
  }
  return { min, max };
}

/** What has no value comes last of those that fall. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  return Number.isNaN(b) ? 1 : a - b;
}
