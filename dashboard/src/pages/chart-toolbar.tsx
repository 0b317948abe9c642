/** The toolbar over the charts: what they have in common, and how far a long read is. */

import { createEffect, createMemo, createSignal, onCleanup, Show } from "solid-js";
import { Icon } from "../app/icons.tsx";
import { PatternField } from "../app/pattern-field.tsx";
import { Popover } from "../app/popover.tsx";
import { metricsPattern, readMetrics } from "../state/metric-choice.ts";
import { DEFAULT_VIEW, type View } from "../state/url-state.ts";
import type { Workspace } from "../state/workspace.ts";
import { Choices } from "./choices.tsx";
import { RunsButton } from "./runs-button.tsx";

export interface ChartToolbarProps {
  readonly workspace: Workspace;
  /** Charts in sight. */
  readonly seen: readonly string[];
  /** Why the filter is none. */
  readonly problem: string | undefined;
  readonly openRuns: () => void;
}

export function ChartToolbar(props: ChartToolbarProps) {
  const { view, changeView, metrics } = props.workspace;
  const isOverMetric = () => metrics()?.some(({ key }) => key === view().xMetric) === true;
  const setXAxis = (xAxis: View["xAxis"]) => changeView({ xAxis, xMetric: "", zoom: undefined });
  return (
    <>
      <div class="bar">
        <RunsButton workspace={props.workspace} openRuns={props.openRuns} />
        <MetricFilter workspace={props.workspace} problem={props.problem} />
        <span class="sep not-s" />
        <Choices
          label="x axis"
          value={isOverMetric() ? undefined : view().xAxis}
          choices={[
            ["step", "Step"],
            ["time", "Time"],
            ["wall", "Wall"],
          ]}
          choose={setXAxis}
        />
        <span class="sep not-s" />
        <SmoothingSlider
          value={view().smoothing}
          change={(smoothing) => changeView({ smoothing })}
        />
        <span class="grow" />
        <Show when={view().zoom}>
          <button
            type="button"
            class="btn quiet"
            title="Double-click in a chart does the same"
            onClick={() => changeView({ zoom: undefined })}
          >
            <Icon name="reset" />
            Reset zoom
          </button>
        </Show>
        <span class="not-s not-m">
          <Choices
            label="Chart columns"
            value={view().columns}
            choices={[
              [2, "2"],
              [3, "3"],
              [4, "4"],
            ]}
            choose={(columns) => changeView({ columns })}
          />
        </span>
        <ViewMenu view={view()} change={changeView} />
      </div>
      <LongRead workspace={props.workspace} seen={props.seen} />
    </>
  );
}

function MetricFilter(props: {
  readonly workspace: Workspace;
  readonly problem: string | undefined;
}) {
  const { view, changeView } = props.workspace;
  return (
    <div class="filter-metrics not-s">
      <PatternField
        icon="filter"
        placeholder="Filter metrics"
        label="Filter metrics by name or regular expression"
        problemId="metric-filter-problem"
        text={view().metricFilter || metricsPattern(readMetrics(view().metrics))}
        problem={props.problem}
        isProblemBelow
        onText={(metricFilter) => changeView({ metricFilter, metrics: "" })}
      />
    </div>
  );
}

const HIGHEST_SMOOTHING = 99;

function SmoothingSlider(props: {
  readonly value: number;
  readonly change: (value: number) => void;
}) {
  const set = (value: number) => props.change(Math.max(0, Math.min(HIGHEST_SMOOTHING, value)));
  return (
    <label class="slider">
      <span class="lab not-s not-m">Smoothing</span>
      <span class="rail" style={{ "--p": props.value / HIGHEST_SMOOTHING }}>
        <input
          type="range"
          min="0"
          max={HIGHEST_SMOOTHING}
          step="1"
          aria-label="Smoothing, in percent"
          value={props.value}
          onInput={(event) => set(event.currentTarget.valueAsNumber)}
          onKeyDown={(event) => {
            const move = { ArrowLeft: -10, ArrowRight: 10 }[event.key];
            if (!move || !event.shiftKey) return;
            event.preventDefault();
            set(props.value + move);
          }}
        />
      </span>
      <output>{(props.value / 100).toFixed(2)}</output>
    </label>
  );
}

function ViewMenu(props: { readonly view: View; readonly change: (part: Partial<View>) => void }) {
  const scales = [
    [false, "Linear"],
    [true, "Log"],
  ] as const;
  return (
    <Popover
      width={288}
      alignRight
      button={(attributes) => (
        <button type="button" class="btn quiet" aria-haspopup="dialog" {...attributes}>
          <Icon name="sliders" />
          View
        </button>
      )}
    >
      {(close) => (
        <div role="dialog" aria-label="View">
          <div class="form">
            <span>x axis</span>
            <Choices
              label="Scale of the x axis"
              value={props.view.logX}
              choices={scales}
              choose={(logX) => props.change({ logX })}
            />
            <span>y axis, all charts</span>
            <Choices
              label="Scale of the y axis"
              value={props.view.logY}
              choices={scales}
              choose={(logY) => props.change({ logY, logSwitched: [] })}
            />
            <Show when={props.view.sidebar !== "hidden"}>
              <span class="not-s">Run list</span>
              <span class="not-s">
                <Choices
                  label="Run list"
                  value={props.view.sidebar}
                  choices={[
                    ["shown", "Shown"],
                    ["collapsed", "Folded"],
                  ]}
                  choose={(sidebar) => props.change({ sidebar })}
                />
              </span>
            </Show>
          </div>
          <hr />
          <button
            type="button"
            onClick={() => {
              const { project, sidebar, navbar, accordion } = props.view;
              props.change({ ...DEFAULT_VIEW, project, sidebar, navbar, accordion });
              close();
            }}
          >
            <Icon name="reset" />
            Back to how the project opens
          </button>
        </div>
      )}
    </Popover>
  );
}

const SAY_AFTER_MS = 1000;
const EXPLAIN_AFTER_MS = 5000;

/** Nothing at first; a bar from one second on, a sentence from five. */
function LongRead(props: { readonly workspace: Workspace; readonly seen: readonly string[] }) {
  const waiting = createMemo(() =>
    props.seen.filter((key) => {
      const { held, error, waitingSince } = props.workspace.chart(key)();
      return held === undefined && error === undefined && waitingSince !== undefined;
    }),
  );
  const isWaiting = createMemo(() => waiting().length > 0);
  const [isLong, setIsLong] = createSignal(false);
  const [isVeryLong, setIsVeryLong] = createSignal(false);
  createEffect(() => {
    setIsLong(false);
    setIsVeryLong(false);
    if (!isWaiting()) return;
    const timers = [
      setTimeout(() => setIsLong(true), SAY_AFTER_MS),
      setTimeout(() => setIsVeryLong(true), EXPLAIN_AFTER_MS),
    ];
    onCleanup(() => timers.forEach(clearTimeout));
  });
  const done = () => (props.seen.length - waiting().length) / Math.max(1, props.seen.length);
  return (
    <Show when={isLong()}>
      <div class="long-read" role="status">
        <div class="progress" style={{ "--v": `${5 + 95 * done()}%` }}>
          <i />
        </div>
        <Show when={isVeryLong()}>
          <p>
            Reading {waiting().length} of {props.seen.length} charts takes long. Fewer runs are read
            faster.
          </p>
        </Show>
      </div>
    </Show>
  );
}
