/** The charts of a project in sections: a matrix with shared hairlines. Reads and draws only what can be seen. */

import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  Match,
  onCleanup,
  Show,
  Switch,
} from "solid-js";
import type { Axis, Run } from "../../../src/protocol/api.ts";
import { Icon, LineSample } from "../app/icons.tsx";
import { ChartTooltip } from "../charts/chart-tooltip.tsx";
import type { CursorLink } from "../charts/cursor-link.ts";
import type { PlotTip } from "../charts/plot.ts";
import type { Range } from "../charts/value-range.ts";
import { MediaCard } from "../gallery/media-card.tsx";
import type { TileKind } from "../gallery/tile-layout.ts";
import { TableCard } from "../grid/table-card.tsx";
import { sameRange } from "../state/charts.ts";
import { EVERYTHING, type NameSearch } from "../state/name-search.ts";
import {
  type CardSection,
  filterSearch,
  type PageCards,
  pageCards,
  sameCards,
} from "../state/page-cards.ts";
import { DEFAULT_VIEW, type View } from "../state/url-state.ts";
import type { Workspace } from "../state/workspace.ts";
import { ChartCard } from "./chart-card.tsx";
import { chartLines, hasGutter, type LinesByRun, rangeOf } from "./chart-model.ts";
import { ChartToolbar } from "./chart-toolbar.tsx";
import { FullScreenChart } from "./full-screen-chart.tsx";
import { MetricAxisNote, MissingNames, NoCards } from "./no-cards.tsx";
import { createSight } from "./sight.ts";

const NO_CARDS: PageCards = { sections: [], missing: [] };

export interface ChartsPageProps {
  readonly workspace: Workspace;
  readonly link: CursorLink;
  readonly openRuns: () => void;
}

export function ChartsPage(props: ChartsPageProps) {
  const { view, metrics, media, mediaError, runs, shown } = props.workspace;
  const isKnown = () =>
    metrics() !== undefined && (media() !== undefined || mediaError() !== undefined);
  let scroll!: HTMLDivElement;
  const [tip, setTip] = createSignal<PlotTip | null>(null);
  const [full, setFull] = createSignal<string | undefined>();
  const sight = createSight(() => scroll);
  const search = createMemo<NameSearch>(
    (last) => filterSearch(view().metricFilter, last),
    EVERYTHING,
  );
  const keys = createMemo(() => metrics()?.map((metric) => metric.key) ?? []);
  const cards = createMemo(
    () =>
      pageCards({
        // Cards that are named have a place each: nothing is placed before all are known, or they would move.
        charts: view().metrics === "" || isKnown() ? keys() : [],
        media: isKnown() ? (media() ?? []) : [],
        metrics: view().metrics,
        filter: view().metricFilter.trim() === "" ? undefined : search(),
      }),
    NO_CARDS,
    { equals: sameCards },
  );
  const chartKeys = createMemo(() =>
    cards().sections.flatMap((section) =>
      section.cards.filter(({ kind }) => kind === "chart").map(({ key }) => key),
    ),
  );
  const xRange = createXRange(props.workspace, chartKeys);
  const drawn = createMemo<readonly Run[]>(() =>
    (runs() ?? []).filter((run) => shown().has(run.id)),
  );
  const gutter = createGutter(props.workspace);

  /** A metric that the address names as x axis, where there is one of that name. */
  const xKey = createMemo(() => keys().find((key) => key === view().xMetric));
  const xLines = createMemo<LinesByRun | undefined>(() => {
    const key = xKey();
    if (key === undefined) return undefined;
    return new Map(
      chartLines(props.workspace.chart(key)(), drawn()).map((line) => [line.id, line]),
    );
  });
  const metricRange = createMemo(() => rangeOf(xLines()), undefined, { equals: sameRange });
  const xRangeOf = (axis: Axis) => (xKey() === undefined ? xRange(axis) : metricRange());
  const seenCharts = createMemo(() => {
    const all = new Set(chartKeys());
    return sight.seen().filter((key) => all.has(key));
  });
  createEffect(() => {
    const one = full();
    const seen = one === undefined ? seenCharts() : [one];
    const key = xKey();
    props.workspace.seeCharts(key === undefined || seen.includes(key) ? seen : [...seen, key]);
  });
  followPlotWidth(
    () => scroll,
    () => full() !== undefined,
    props.workspace.setBuckets,
  );

  return (
    <>
      <Show when={view().sidebar !== "hidden"}>
        <ChartToolbar
          workspace={props.workspace}
          seen={seenCharts()}
          problem={search().problem}
          openRuns={props.openRuns}
        />
      </Show>
      <Show when={metrics() !== undefined}>
        <MetricAxisNote workspace={props.workspace} isKnown={xKey() !== undefined} />
      </Show>
      <div
        class={`scroll charts ${gutter() ? "" : "no-gutter"} ${columnsClass(view())}`}
        ref={scroll}
        style={view().columns === "auto" ? {} : { "--cols": view().columns }}
      >
        <For
          each={cards().sections}
          fallback={
            <NoCards
              workspace={props.workspace}
              keys={[...keys(), ...(media() ?? []).map(({ key }) => key)]}
              missing={cards().missing}
            />
          }
        >
          {(section) => (
            <ChartSection section={section} workspace={props.workspace}>
              <For each={section.cards}>
                {(card) => (
                  <Switch
                    fallback={
                      <ChartCard
                        metric={card.key}
                        workspace={props.workspace}
                        drawn={drawn()}
                        link={props.link}
                        gutter={gutter()}
                        xRange={xRangeOf}
                        xLines={xLines()}
                        isNear={sight.isNear(card.key)}
                        isSeen={full() === undefined && sight.seen().includes(card.key)}
                        watch={(element) => sight.watch(card.key, element)}
                        setTip={setTip}
                        openFull={() => setFull(card.key)}
                      />
                    }
                  >
                    <Match when={card.kind === "table"}>
                      <TableCard
                        workspace={props.workspace}
                        tableKey={card.key}
                        frame="card"
                        step={undefined}
                        isSeen={sight.seen().includes(card.key)}
                        watch={(element) => sight.watch(card.key, element)}
                      />
                    </Match>
                    <Match when={card.kind !== "chart"}>
                      <MediaCard
                        workspace={props.workspace}
                        mediaKey={card.key}
                        kind={card.kind as TileKind}
                        isSeen={sight.seen().includes(card.key)}
                        watch={(element) => sight.watch(card.key, element)}
                      />
                    </Match>
                  </Switch>
                )}
              </For>
            </ChartSection>
          )}
        </For>
        <Show when={cards().sections.length > 0 && cards().missing.length > 0 && isKnown()}>
          <MissingNames
            workspace={props.workspace}
            missing={cards().missing}
            keys={[...keys(), ...(media() ?? []).map(({ key }) => key)]}
          />
        </Show>
      </div>
      <Show when={full()} keyed>
        {(key) => (
          <FullScreenChart
            metric={key}
            workspace={props.workspace}
            drawn={drawn()}
            link={props.link}
            gutter={gutter()}
            xRange={xRangeOf}
            xLines={xLines()}
            close={() => setFull(undefined)}
          />
        )}
      </Show>
      <Show when={full() === undefined}>
        <ChartTooltip tip={tip()} sample={(hue, dash) => <LineSample hue={hue} dash={dash} />} />
      </Show>
    </>
  );
}

function ChartSection(props: {
  readonly section: CardSection;
  readonly workspace: Workspace;
  readonly children: JSX.Element;
}) {
  const { view, changeView } = props.workspace;
  const { name } = props.section;
  const hasHead = () => name !== "" && view().accordion !== "hidden";
  const isOpen = () => !hasHead() || !view().folded.includes(name);
  const toggle = () => {
    const rest = view().folded.filter((one) => one !== name);
    changeView({ folded: isOpen() ? [...rest, name] : rest });
  };
  return (
    <section aria-label={name || "Cards"}>
      <Show when={hasHead()}>
        <button type="button" class="section-head" aria-expanded={isOpen()} onClick={toggle}>
          <Icon name="down" />
          {name} <span class="n">{props.section.cards.length}</span>
        </button>
      </Show>
      <Show when={isOpen()}>
        {/* Cards that were chosen by name share the width, however few they are. */}
        <div class="grid" style={name === "" ? { "--most": props.section.cards.length } : {}}>
          {props.children}
        </div>
      </Show>
    </section>
  );
}

/** Asks for about a bucket a device pixel, in coarse steps, so that a small change of the window reads nothing. */
function followPlotWidth(
  scroll: () => HTMLElement,
  isFull: () => boolean,
  setBuckets: (buckets: number) => void,
): void {
  const measure = () => {
    const plot = isFull() ? undefined : scroll().querySelector(".plot");
    const width =
      (plot?.clientWidth ?? (isFull() ? innerWidth : 0)) * Math.min(2, devicePixelRatio);
    if (width > 0) setBuckets(Math.min(2048, Math.ceil(width / 128) * 128));
  };
  createEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(scroll());
    measure();
    onCleanup(() => observer.disconnect());
  });
}

/** Decided anew where a person chose runs or a project; runs that come by themselves move nothing. */
function createGutter({ runs, shown, view, project }: Workspace): () => boolean {
  const decided = createMemo<{ readonly by: readonly unknown[]; readonly is: boolean }>(
    (old) => {
      const by = [view().selection, project()?.key, runs() === undefined];
      const isSame = by.every((one, i) => one === old.by[i]);
      const is = hasGutter(shown().size, isSame && old.is);
      return isSame && is === old.is ? old : { by, is };
    },
    { by: [], is: true },
  );
  return () => decided().is;
}

/** Reckoned once for all charts, and told to them only where it changed. */
function createXRange(
  { xRange }: Workspace,
  keys: () => readonly string[],
): (axis: Axis) => Range | undefined {
  const along = (axis: Axis) =>
    createMemo(() => xRange(axis, keys()), undefined, { equals: sameRange });
  const ranges = { step: along("step"), relative: along("relative"), wall: along("wall") };
  return (axis) => ranges[axis]();
}

/** A number of columns that was asked for holds where it has room; the usual ones follow the window. */
function columnsClass({ columns }: View): string {
  if (columns === DEFAULT_VIEW.columns) return "";
  return columns === "auto" ? "cols-auto" : "cols-set";
}
