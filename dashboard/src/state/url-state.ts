/**
 * What the page shows, as the address says it: a link shows exactly what its
 * sender saw. The parameters that the Trackio dashboard for Python has keep
 * their names, so that its links open here. What is at its default is left out,
 * what is unknown stays as it is.
 */

import type { Axis } from "../../../src/protocol/api.ts";
import { NEWEST, type Selection } from "./selection.ts";
import { formatLooks, parseLooks, type TableLooks } from "./table-look.ts";

export interface View {
  readonly project: string | undefined;
  readonly selection: Selection;
  /** Regular expression over metric names; empty: all. */
  readonly metricFilter: string;
  /** The older way to choose metrics, as the address has it: see `metric-choice.ts`. Nothing where there is a filter. */
  readonly metrics: string;
  /** 0 to 99, in percent. */
  readonly smoothing: number;
  readonly xAxis: "step" | "time" | "wall";
  /** A metric that the address names as x axis. */
  readonly xMetric: string;
  readonly zoom: { readonly from: number; readonly to: number } | undefined;
  readonly logX: boolean;
  readonly logY: boolean;
  /** Metrics whose y axis is the other way round than `logY`. */
  readonly logSwitched: readonly string[];
  /** `auto`: as many as have room. */
  readonly columns: "auto" | 1 | 2 | 3 | 4 | 5 | 6;
  readonly folded: readonly string[];
  readonly sidebar: "shown" | "collapsed" | "hidden";
  /** Metric whose last values stand in the run list; empty: the runs' status in words. */
  readonly listMetric: string;
  readonly navbar: "shown" | "hidden";
  readonly accordion: "shown" | "hidden";
  /** Pages without anything on them have no tab. */
  readonly emptyTabs: "shown" | "hidden";
  /** How the tables are looked at, by key. */
  readonly tables: TableLooks;
  readonly page: "charts" | "runs" | "media";
  /** Step at which the media page looks; undefined: the newest, also while it grows. */
  readonly step: number | undefined;
  /** Regular expression over keys of media; empty: all. */
  readonly mediaFilter: string;
  /** The key whose media of all steps are looked at; empty: all keys at one step. */
  readonly mediaKey: string;
  readonly pictureSize: "s" | "m" | "l";
  readonly foldedMedia: readonly string[];
  /** The picture, video or sound that is shown as large as the window. */
  readonly picture: PicturePlace | undefined;
}

export interface PicturePlace {
  /** Its key, as `mediaName` writes it. */
  readonly name: string;
  readonly run: string;
  readonly step: number;
  /** Place among the items of the step. */
  readonly index: number;
}

export const DEFAULT_VIEW: View = {
  project: undefined,
  selection: NEWEST,
  metricFilter: "",
  metrics: "",
  smoothing: 60,
  xAxis: "step",
  xMetric: "",
  zoom: undefined,
  logX: false,
  logY: false,
  logSwitched: [],
  columns: 3,
  folded: [],
  sidebar: "shown",
  listMetric: "",
  navbar: "shown",
  accordion: "shown",
  emptyTabs: "shown",
  tables: {},
  page: "charts",
  step: undefined,
  mediaFilter: "",
  mediaKey: "",
  pictureSize: "m",
  foldedMedia: [],
  picture: undefined,
};

/** What the server calls the x axes of the page. */
export const AXES = { step: "step", time: "relative", wall: "wall" } as const satisfies Record<
  View["xAxis"],
  Axis
>;

const OURS = [
  ["project", "selected_project"],
  ["run_ids", "runs", "added_ids", "hidden_ids", "selected_run", "selected_run_id"],
  [
    "metric_filter",
    "metrics",
    "smoothing",
    "x_axis",
    "x-axis",
    "xmin",
    "xmax",
    "log",
    "log_metrics",
  ],
  ["columns", "plots_per_row", "folded", "sidebar", "navbar", "accordion", "list_metric"],
  ["tables", "hide_empty_tabs"],
  ["step", "media_filter", "media_key", "picture_size", "folded_media", "picture"],
].flat();

/** Secrets that links bring, those of the Trackio dashboard for Python among them: never written, whatever the address had. */
export const SECRETS = ["write_token", "read_token", "oauth_session"];

/**
 * Reads `search`, e.g. `?project=mnist&smoothing=20`, and which page `path` names: `/runs` the runs
 * table, `/media` pictures and tables, any other the charts. What cannot be read counts as not said.
 */
export function parseView(search: string, path = "/"): View {
  const given = new URLSearchParams(search);
  const log = list(given.get("log"));
  return {
    project: given.get("project") ?? given.get("selected_project") ?? undefined,
    selection: parseSelection(given),
    metricFilter: given.get("metric_filter") ?? DEFAULT_VIEW.metricFilter,
    smoothing: parseSmoothing(given.get("smoothing")),
    metrics: given.has("metric_filter") ? "" : (given.get("metrics") ?? DEFAULT_VIEW.metrics),
    ...parseXAxis(given.get("x_axis") ?? given.get("x-axis")),
    zoom: parseZoom(given.get("xmin"), given.get("xmax")),
    logX: log.includes("x"),
    logY: log.includes("y"),
    logSwitched: list(given.get("log_metrics")),
    columns: parseColumns(given.get("columns") ?? given.get("plots_per_row")),
    folded: list(given.get("folded")),
    sidebar: oneOf(given.get("sidebar"), ["hidden", "collapsed"]) ?? "shown",
    listMetric: given.get("list_metric") ?? DEFAULT_VIEW.listMetric,
    navbar: oneOf(given.get("navbar"), ["hidden"]) ?? "shown",
    accordion: oneOf(given.get("accordion"), ["hidden"]) ?? "shown",
    emptyTabs: given.get("hide_empty_tabs") === "true" ? "hidden" : "shown",
    tables: parseLooks(given.get("tables")),
    page: oneOf(path.split("/").at(-1) ?? "", ["runs", "media"]) ?? "charts",
    step: parseStep(given.get("step")),
    mediaFilter: given.get("media_filter") ?? DEFAULT_VIEW.mediaFilter,
    mediaKey: given.get("media_key") ?? DEFAULT_VIEW.mediaKey,
    pictureSize: oneOf(given.get("picture_size"), ["s", "l"]) ?? DEFAULT_VIEW.pictureSize,
    foldedMedia: list(given.get("folded_media")),
    picture: parsePicture(given.get("picture")),
  };
}

/** The query of `view`, without `?`; what `search` had beside it is kept. */
export function formatView(view: View, search: string): string {
  const query = new URLSearchParams(search);
  for (const name of [...OURS, ...SECRETS]) query.delete(name);
  const set = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== "") query.set(name, String(value));
  };
  const unlessDefault = <K extends keyof View>(key: K): View[K] | undefined =>
    view[key] === DEFAULT_VIEW[key] ? undefined : view[key];

  set("project", view.project);
  const { base, added, hidden } = view.selection;
  if (base.kind === "all") set("run_ids", "all");
  if (base.kind === "ids") query.set("run_ids", joined(base.ids));
  if (base.kind === "names") query.set("runs", joined(base.names));
  set("added_ids", joined(added));
  set("hidden_ids", joined(hidden));
  set("metric_filter", unlessDefault("metricFilter"));
  set("smoothing", unlessDefault("smoothing"));
  set("metrics", unlessDefault("metrics"));
  set("x_axis", view.xMetric || unlessDefault("xAxis"));
  set("xmin", view.zoom?.from);
  set("xmax", view.zoom?.to);
  set("log", [view.logX ? "x" : "", view.logY ? "y" : ""].filter(Boolean).join(","));
  set("log_metrics", joined(view.logSwitched));
  set("columns", unlessDefault("columns"));
  set("folded", joined(view.folded));
  set("sidebar", unlessDefault("sidebar"));
  set("list_metric", unlessDefault("listMetric"));
  set("navbar", unlessDefault("navbar"));
  set("accordion", unlessDefault("accordion"));
  set("hide_empty_tabs", view.emptyTabs === "hidden" ? "true" : undefined);
  set("tables", formatLooks(view.tables));
  set("step", unlessDefault("step"));
  set("media_filter", unlessDefault("mediaFilter"));
  set("media_key", unlessDefault("mediaKey"));
  set("picture_size", unlessDefault("pictureSize"));
  set("folded_media", joined(view.foldedMedia));
  set("picture", view.picture && formatPicture(view.picture));
  return query.toString();
}

/** The path of `page` beside `path`, in the same folder: the dashboard may be served below any path. */
export function pagePath(page: View["page"], path: string): string {
  if (parseView("", path).page === page) return path;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return page === "charts" ? folder : `${folder}${page}`;
}

function parseSelection(given: URLSearchParams): Selection {
  const changes = {
    added: new Set(list(given.get("added_ids"))),
    hidden: new Set(list(given.get("hidden_ids"))),
  };
  const ids = given.get("run_ids");
  if (ids === "all") return { base: { kind: "all" }, ...changes };
  if (ids !== null) return { base: { kind: "ids", ids: new Set(list(ids)) }, ...changes };
  const names = list(given.get("runs"));
  if (names.length > 0) return { base: { kind: "names", names: new Set(names) }, ...changes };
  const id = given.get("selected_run_id");
  if (id) return { base: { kind: "ids", ids: new Set([id]) }, ...changes };
  const name = given.get("selected_run");
  if (name) return { base: { kind: "names", names: new Set([name]) }, ...changes };
  return { base: { kind: "newest" }, ...changes };
}

function parseSmoothing(text: string | null): number {
  const value = Number(text);
  if (text === null || text.trim() === "" || !Number.isFinite(value)) return DEFAULT_VIEW.smoothing;
  return Math.max(0, Math.min(99, Math.round(value)));
}

/** What is no axis of ours is a metric's name. */
function parseXAxis(text: string | null): Pick<View, "xAxis" | "xMetric"> {
  const xAxis = text === "relative" ? "time" : oneOf(text, ["step", "time", "wall"]);
  return { xAxis: xAxis ?? "step", xMetric: xAxis === undefined ? (text ?? "") : "" };
}

function parseZoom(from: string | null, to: string | null): View["zoom"] {
  if (!from || !to) return undefined;
  const zoom = { from: Number(from), to: Number(to) };
  const isRange = Number.isFinite(zoom.from) && Number.isFinite(zoom.to) && zoom.from < zoom.to;
  return isRange ? zoom : undefined;
}

/** `samples,r1f0,33000,2`: key, run, step and place. */
function parsePicture(text: string | null): PicturePlace | undefined {
  const [name, run, step, index] = list(text);
  const place = { name: name ?? "", run: run ?? "", step: Number(step), index: Number(index) };
  const isPlace = run !== undefined && Number.isFinite(place.step) && place.index >= 0;
  return isPlace ? place : undefined;
}

function formatPicture({ name, run, step, index }: PicturePlace): string {
  return joined([name, run, String(step), String(index)]);
}

function parseStep(text: string | null): number | undefined {
  const step = Number(text);
  return text === null || text.trim() === "" || !Number.isFinite(step) ? undefined : step;
}

function parseColumns(text: string | null): View["columns"] {
  const counts = ["auto", 1, 2, 3, 4, 5, 6] as const;
  const columns = counts.find((count) => String(count) === text);
  return columns ?? DEFAULT_VIEW.columns;
}

function oneOf<T extends string>(text: string | null, words: readonly T[]): T | undefined {
  return words.find((word) => word === text);
}

/** Names may hold commas: those are written `%2C` inside a list. */
function list(text: string | null): string[] {
  if (!text) return [];
  return text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => part.replaceAll("%2C", ",").replaceAll("%25", "%"));
}

function joined(parts: Iterable<string>): string {
  return Array.from(parts, (part) => part.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
}
