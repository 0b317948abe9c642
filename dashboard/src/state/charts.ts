/** The series of the open project's charts as signals, each chart with one of its own, and the x range that they share. */

import { type Accessor, batch, createEffect, createMemo, createSignal, onCleanup } from "solid-js";
import type { Axis, ChangeEvent, Metric } from "../../../src/protocol/api.ts";
import { fetchSeries } from "../api/client.ts";
import type { Range } from "../charts/value-range.ts";
import { type ChartState, NOTHING_HELD } from "./chart-entry.ts";
import type { ProjectFacts } from "./project-facts.ts";
import { SeriesBook } from "./series-book.ts";
import { SharedX } from "./shared-x.ts";
import { AXES, type View } from "./url-state.ts";

export interface ChartsOptions {
  readonly facts: Accessor<ProjectFacts | undefined>;
  /** Ids of the runs that are drawn. */
  readonly shown: Accessor<ReadonlySet<string>>;
  readonly view: Accessor<View>;
  readonly buckets: Accessor<number>;
  readonly offline: () => void;
}

export interface Charts {
  readonly chart: (key: string) => Accessor<ChartState>;
  /** What is loaded of those metrics, of the runs shown; undefined where nothing is. */
  readonly xRange: (axis: Axis, keys: Iterable<string>) => Range | undefined;
  readonly see: (keys: readonly string[]) => void;
  readonly retry: (key: string) => void;
  readonly readAnew: () => void;
  readonly change: (event: ChangeEvent) => void;
}

/** More lines than this are read at two pixels a bucket: their bands still hold every spike, and nobody can tell such lines apart more finely. */
const MANY_RUNS = 40;

export function createCharts({ facts, shown, view, buckets, offline }: ChartsOptions): Charts {
  const open = createMemo(() => {
    const opened = facts();
    if (!opened) return undefined;
    const made = openCharts(opened, offline);
    onCleanup(made.close);
    return made;
  });
  // Over a metric a zoom is one of its values: the series are read over all steps.
  const isOverMetric = createMemo(() => {
    const { xMetric } = view();
    return (
      xMetric !== "" &&
      facts()
        ?.metrics()
        ?.some(({ key }) => key === xMetric) === true
    );
  });
  const zoom = createMemo(() => (isOverMetric() ? undefined : view().zoom), undefined, {
    equals: sameRange,
  });
  const axis = createMemo(() => AXES[view().xAxis]);
  createEffect(() => {
    const runs = [...shown()];
    const fewer = runs.length > MANY_RUNS ? 2 : 1;
    open()?.book.show({ runs, axis: axis(), zoom: zoom(), buckets: buckets() / fewer });
  });

  return {
    chart: (key) => open()?.chart(key) ?? (() => NOTHING_HELD),
    xRange: (unit, keys) => {
      const isLog = view().logX && unit !== "wall";
      return open()?.reach().range(unit, keys, shown(), isLog);
    },
    see: (keys) => open()?.book.see(keys),
    retry: (key) => open()?.book.retry(key),
    readAnew: () => {
      open()?.book.pause(document.hidden);
      open()?.book.readAnew();
    },
    change: (event) => {
      const createdAt = new Map(
        facts()
          ?.runs()
          ?.map((run) => [run.id, run.createdAt]),
      );
      for (const { id, step, time } of event.runs) {
        const from = { step, wall: time, relative: relativeTime(time, createdAt.get(id)) }[axis()];
        if (from !== undefined) open()?.book.change(id, from);
      }
    },
  };
}

/** The charts of one project for as long as it is open. */
function openCharts(facts: ProjectFacts, offline: () => void) {
  const signals = new Map<string, ReturnType<typeof createSignal<ChartState>>>();
  const sharedX = new SharedX();
  const [reach, setReach] = createSignal(sharedX, { equals: false });
  let news = new Map<string, ChartState>();
  // The charts of one answer are told together, so that a range that grows with each is drawn once.
  const tell = () => {
    const told = news;
    news = new Map();
    batch(() => {
      let hasGrown = false;
      for (const [key, state] of told) {
        signals.get(key)?.[1](() => state);
        if (state.held && sharedX.take(key, state.held)) hasGrown = true;
      }
      if (hasGrown) setReach(sharedX);
    });
  };
  const book = new SeriesBook({
    fetch: (request, signal) => fetchSeries(facts.project, request, signal),
    changed: (key, state) => {
      if (news.size === 0) queueMicrotask(tell);
      news.set(key, state);
    },
    offline,
    rangeClass: (key) => rangeClass(facts.metrics()?.find((metric) => metric.key === key)),
  });
  const onVisibility = () => book.pause(document.hidden);
  document.addEventListener("visibilitychange", onVisibility);
  return {
    book,
    reach,
    chart: (key: string): Accessor<ChartState> => {
      const known = signals.get(key);
      if (known) return known[0];
      const signal = createSignal(book.state(key));
      signals.set(key, signal);
      return signal[0];
    },
    close: () => {
      document.removeEventListener("visibilitychange", onVisibility);
      book.close();
    },
  };
}

function relativeTime(time: number | undefined, createdAt: number | undefined): number | undefined {
  return time === undefined || createdAt === undefined ? undefined : (time - createdAt) / 1000;
}

/** Metrics that end within a factor of four of each other share a grid: a short one is not squeezed into one bucket of a long one's. */
function rangeClass(metric: Metric | undefined): number {
  let last = 1;
  for (const step of metric?.lastStep ?? []) {
    if (typeof step === "number" && step > last) last = step;
  }
  return Math.round(Math.log2(last) / 2);
}

export function sameRange(a: Range | undefined, b: Range | undefined): boolean {
  return a?.from === b?.from && a?.to === b?.to;
}
