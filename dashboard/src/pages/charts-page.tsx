/** The charts of a project in sections: a matrix with shared hairlines. Reads and draws only what can be seen. */

import { createEffect, createMemo, createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import type { Axis, Run } from "../../../src/protocol/api.ts";
import { nearestName } from "../../../src/protocol/nearest.ts";
import { Icon, LineSample } from "../app/icons.tsx";
import { ChartTooltip } from "../charts/chart-tooltip.tsx";
import type { CursorLink } from "../charts/cursor-link.ts";
import type { PlotTip } from "../charts/plot.ts";
import type { Range } from "../charts/value-range.ts";
import { sameRange } from "../state/charts.ts";
import { EVERYTHING, type NameSearch, searchNames } from "../state/name-search.ts";
import { groupMetrics, type Section, splitMetric } from "../state/sections.ts";
import type { Workspace } from "../state/workspace.ts";
import { ChartCard } from "./chart-card.tsx";
import { hasGutter } from "./chart-model.ts";
import { ChartToolbar } from "./chart-toolbar.tsx";
import { FullScreenChart } from "./full-screen-chart.tsx";
import { createSight } from "./sight.ts";

export interface ChartsPageProps {
  readonly workspace: Workspace;
  readonly link: CursorLink;
  readonly openRuns: () => void;
}

export function ChartsPage(props: ChartsPageProps) {
  const { view, metrics, runs, shown } = props.workspace;
  let scroll!: HTMLDivElement;
  const [tip, setTip] = createSignal<PlotTip | null>(null);
  const [full, setFull] = createSignal<string | undefined>();
  const sight = createSight(() => scroll);
  const search = createMemo<NameSearch>(
    (last) => searchNames(view().metricFilter, last),
    EVERYTHING,
  );
  const keys = createMemo(() => metrics()?.map((metric) => metric.key) ?? []);
  const matching = createMemo(() => keys().filter(search().matches));
  const xRange = createXRange(props.workspace, matching);
  const sections = createMemo(() => groupMetrics(matching()), [], {
    equals: sameSections,
  });
  const drawn = createMemo<readonly Run[]>(() =>
    (runs() ?? []).filter((run) => shown().has(run.id)),
  );
  const gutter = createGutter(props.workspace);

  createEffect(() => {
    const one = full();
    props.workspace.seeCharts(one === undefined ? sight.seen() : [one]);
  });
  followPlotWidth(
    () => scroll,
    () => full() !== undefined,
    props.workspace.setBuckets,
  );

  return (
    <>
      <ChartToolbar
        workspace={props.workspace}
        seen={sight.seen()}
        problem={search().problem}
        openRuns={props.openRuns}
      />
      <div
        class={`scroll charts ${gutter() ? "" : "no-gutter"}`}
        ref={scroll}
        style={{ "--cols": view().columns }}
      >
        <For each={sections()} fallback={<NoCharts workspace={props.workspace} keys={keys()} />}>
          {(section) => (
            <ChartSection section={section} workspace={props.workspace}>
              <For each={section.keys}>
                {(key) => (
                  <ChartCard
                    metric={key}
                    workspace={props.workspace}
                    drawn={drawn()}
                    link={props.link}
                    gutter={gutter()}
                    xRange={xRange}
                    isNear={sight.isNear(key)}
                    isSeen={full() === undefined && sight.seen().includes(key)}
                    watch={(element) => sight.watch(key, element)}
                    setTip={setTip}
                    openFull={() => setFull(key)}
                  />
                )}
              </For>
            </ChartSection>
          )}
        </For>
      </div>
      <Show when={full()} keyed>
        {(key) => (
          <FullScreenChart
            metric={key}
            workspace={props.workspace}
            drawn={drawn()}
            link={props.link}
            gutter={gutter()}
            xRange={xRange}
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
  readonly section: Section;
  readonly workspace: Workspace;
  readonly children: JSX.Element;
}) {
  const { view, changeView } = props.workspace;
  const { name } = props.section;
  const isOpen = () => view().accordion === "hidden" || !view().folded.includes(name);
  const toggle = () => {
    const rest = view().folded.filter((one) => one !== name);
    changeView({ folded: isOpen() ? [...rest, name] : rest });
  };
  return (
    <section aria-label={name}>
      <Show when={view().accordion !== "hidden"}>
        <button type="button" class="section-head" aria-expanded={isOpen()} onClick={toggle}>
          <Icon name="down" />
          {name} <span class="n">{props.section.keys.length}</span>
        </button>
      </Show>
      <Show when={isOpen()}>
        <div class="grid">{props.children}</div>
      </Show>
    </section>
  );
}

/** Why there is no chart: nothing logged, nothing shown, or nothing that matches; and what to do. */
function NoCharts(props: { readonly workspace: Workspace; readonly keys: readonly string[] }) {
  const { view, changeView, metrics, shown, runs } = props.workspace;
  const closest = () => {
    const wanted = view().metricFilter;
    const leaves = new Map(props.keys.map((key) => [splitMetric(key).leaf, key]));
    const near = nearestName(wanted, props.keys) ?? nearestName(wanted, leaves.keys());
    if (near === undefined) return [];
    return props.keys.filter((key) => key === near || splitMetric(key).leaf === near).slice(0, 3);
  };
  return (
    <Show when={metrics() !== undefined && runs() !== undefined}>
      <div class="nothing" role="status">
        <Show
          when={props.keys.length > 0}
          fallback={
            <Show
              when={shown().size > 0 || runs()?.length === 0}
              fallback={
                <>
                  <b>No run is shown.</b>
                  <br />
                  <span class="mid">Click the sample beside a name, or show all of them.</span>
                </>
              }
            >
              <b>Nothing logged yet.</b>
              <br />
              <span class="mid">The first number that a run logs appears here by itself.</span>
            </Show>
          }
        >
          <b>No metric matches “{view().metricFilter}”.</b>
          <br />
          <Show when={closest().length > 0}>
            <span class="mid">
              Closest:{" "}
              <For each={closest()}>
                {(key, index) => (
                  <>
                    {index() > 0 ? ", " : ""}
                    <button
                      type="button"
                      class="link"
                      onClick={() => changeView({ metricFilter: exactly(key) })}
                    >
                      {key}
                    </button>
                  </>
                )}
              </For>
            </span>
            <br />
          </Show>
          <button type="button" class="btn" onClick={() => changeView({ metricFilter: "" })}>
            Clear the filter
          </button>
        </Show>
      </div>
    </Show>
  );
}

function exactly(name: string): string {
  return `^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
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

function sameSections(a: readonly Section[], b: readonly Section[]): boolean {
  const text = (sections: readonly Section[]) => JSON.stringify(sections);
  return text(a) === text(b);
}
