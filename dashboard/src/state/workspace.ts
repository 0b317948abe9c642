/**
 * All that the page knows, as signals: the view that the address holds, the
 * projects, and of the open project its runs, its metrics and the series of the
 * charts in sight. One event stream keeps it true; while the page is hidden it
 * is closed and nothing is asked for, and what changed is caught up on return.
 */

import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";
import type { Metric, Project, ReadingEvent, Run } from "../../../src/protocol/api.ts";
import { ChangeFeed } from "../api/change-feed.ts";
import { fetchProjects, ReadError } from "../api/client.ts";
import { type Charts, createCharts } from "./charts.ts";
import { type KeyedMedia, type MediaChange, MediaFacts } from "./media-facts.ts";
import { ProjectFacts } from "./project-facts.ts";
import { shownRuns } from "./selection.ts";
import type { View } from "./url-state.ts";
import { type ChangeView, createView } from "./view.ts";

export interface Workspace {
  readonly view: Accessor<View>;
  readonly changeView: ChangeView;
  /** Undefined until they are there. */
  readonly projects: Accessor<readonly Project[] | undefined>;
  readonly readProjects: () => Promise<void>;
  readonly project: Accessor<Project | undefined>;
  readonly runs: Accessor<readonly Run[] | undefined>;
  /** Ids of the runs that are drawn. */
  readonly shown: Accessor<ReadonlySet<string>>;
  readonly metrics: Accessor<readonly Metric[] | undefined>;
  /** Ids of the runs that the metrics speak of, in the order of their indexes. */
  readonly metricRuns: Accessor<readonly string[]>;
  readonly wantMetrics: (runs: readonly string[]) => void;
  /** Keeps last steps and last values true while they are looked at. Returns how to end that. */
  readonly followValues: () => () => void;
  readonly problem: Accessor<ReadError | undefined>;
  /** Since when the server has not answered, epoch milliseconds. */
  readonly offlineSince: Accessor<number | undefined>;
  /** How far the first reading of a folder of Trackio for Python has come; undefined while none goes on. */
  readonly reading: Accessor<ReadingEvent | undefined>;
  readonly retry: () => void;
  readonly chart: Charts["chart"];
  readonly xRange: Charts["xRange"];
  readonly retryChart: (key: string) => void;
  readonly seeCharts: (keys: readonly string[]) => void;
  readonly setBuckets: (buckets: number) => void;
  /** What pictures, videos, sounds and tables the runs shown have; undefined until it is there. */
  readonly media: Accessor<readonly KeyedMedia[] | undefined>;
  readonly mediaError: Accessor<string | undefined>;
  /** Runs with new media since the read before, and from which step on. */
  readonly lastMediaChange: Accessor<MediaChange>;
  /** To be told where a read finds the server away. */
  readonly offline: () => void;
}

/** Reads wait so long for the event stream to stand. */
const STREAM_FIRST_MS = 250;

export function createWorkspace(): Workspace {
  const [view, changeView] = createView();
  const [projects, setProjects] = createSignal<readonly Project[] | undefined>();
  const [listProblem, setListProblem] = createSignal<ReadError | undefined>();
  const [offlineSince, setOfflineSince] = createSignal<number | undefined>();
  const [reading, setReading] = createSignal<ReadingEvent | undefined>();
  const [buckets, setBuckets] = createSignal(384);
  const offline = () => setOfflineSince((since) => since ?? Date.now());

  const readProjects = async () => {
    try {
      const list = await fetchProjects();
      setProjects(() => list.projects);
      setListProblem(undefined);
    } catch (error) {
      const known = error instanceof ReadError ? error : new ReadError(String(error));
      if (known.isOffline) offline();
      setListProblem(() => known);
    }
  };

  const wanted = createMemo(() => {
    const name = view().project;
    const list = projects();
    const found = list?.find((project) => project.key === name || project.name === name);
    return found?.key ?? name ?? list?.[0]?.key;
  });
  const project = createMemo(() => projects()?.find((one) => one.key === wanted()));

  const facts = createMemo(() => {
    const key = wanted();
    if (key === undefined) return undefined;
    const opened = new ProjectFacts(key, offline);
    onCleanup(() => opened.close());
    return opened;
  });
  const runs = createMemo(() => facts()?.runs());
  const shown = createMemo(
    () => shownRuns(view().selection, runs() ?? [], facts()?.newestAtStart),
    new Set<string>(),
    { equals: sameSet },
  );
  const charts = createCharts({ facts, shown, view, buckets, offline });

  const mediaFacts = createMemo(() => {
    const opened = facts();
    if (!opened) return undefined;
    const made = new MediaFacts(opened.project, offline);
    onCleanup(() => made.close());
    return made;
  });

  const readAll = () => {
    void readProjects();
    void facts()?.readRuns();
    void facts()?.readMetrics();
    charts.readAnew();
    mediaFacts()?.readAnew();
  };
  const feed = createMemo(() => {
    const opened = facts();
    const stream = new ChangeFeed(opened?.project, {
      open: () => {
        setOfflineSince(undefined);
        if (opened && !opened.isBegun) opened.begin();
        else readAll();
      },
      change: (event) => {
        if (!opened) void readProjects();
        else if (event.runs.length === 0) readAll();
        else if (event.project === opened.project) {
          opened.change(event);
          charts.change(event);
          mediaFacts()?.change(event);
        }
      },
      reading: setReading,
      lost: () => {
        setReading(undefined);
        offline();
      },
    });
    onCleanup(() => stream.close());
    return stream;
  });

  void readProjects();
  createEffect(
    on(facts, (opened) => {
      // What changes between a read and the stream's begin would be missed: the stream comes first, if it comes soon.
      const timer = setTimeout(() => opened?.isBegun || opened?.begin(), STREAM_FIRST_MS);
      onCleanup(() => clearTimeout(timer));
    }),
  );
  createEffect(() => {
    const opened = facts();
    if (runs() !== undefined) opened?.wantMetrics([...shown()]);
  });
  createEffect(() => {
    const opened = mediaFacts();
    if (runs() !== undefined) opened?.want([...shown()]);
  });

  return {
    view,
    changeView,
    projects,
    readProjects,
    project,
    runs,
    shown,
    metrics: () => facts()?.metrics(),
    metricRuns: () => facts()?.metricRuns() ?? [],
    wantMetrics: (ids) => facts()?.wantMetrics(ids),
    followValues: () => facts()?.followValues() ?? (() => {}),
    problem: () => facts()?.problem() ?? (projects() === undefined ? listProblem() : undefined),
    offlineSince,
    reading,
    retry: () => {
      if (offlineSince() === undefined) readAll();
      feed().retry();
    },
    chart: charts.chart,
    xRange: charts.xRange,
    retryChart: charts.retry,
    seeCharts: charts.see,
    setBuckets,
    media: () => mediaFacts()?.keys(),
    mediaError: () => mediaFacts()?.error(),
    lastMediaChange: () => mediaFacts()?.lastChange() ?? NO_CHANGE,
    offline,
  };
}

const NO_CHANGE: MediaChange = new Map();

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
