import fc from "fast-check";
import { expect, test } from "vitest";
import { NEWEST } from "./selection.ts";
import { DEFAULT_VIEW, formatView, pagePath, parseView, type View } from "./url-state.ts";

test("an empty address is the default view, and the default view an empty address", () => {
  expect(parseView("")).toEqual(DEFAULT_VIEW);
  expect(formatView(DEFAULT_VIEW, "")).toBe("");
});

test("links of the Trackio dashboard for Python open here", () => {
  const view = parseView(
    "?selected_project=mnist&run_ids=a,b&metric_filter=loss&smoothing=10&x_axis=time&xmin=5&xmax=9&sidebar=hidden&navbar=hidden&accordion=hidden",
  );
  expect(view).toMatchObject({
    project: "mnist",
    metricFilter: "loss",
    smoothing: 10,
    xAxis: "time",
    zoom: { from: 5, to: 9 },
    sidebar: "hidden",
    navbar: "hidden",
    accordion: "hidden",
  });
  expect(view.selection.base).toEqual({ kind: "ids", ids: new Set(["a", "b"]) });
  expect(parseView("?runs=one,two").selection.base).toEqual({
    kind: "names",
    names: new Set(["one", "two"]),
  });
});

test("what cannot be read counts as not said", () => {
  const view = parseView(
    "?smoothing=abc&x_axis=loss&xmin=9&xmax=5&columns=9&sidebar=sideways&step=x",
  );
  expect(view).toEqual(DEFAULT_VIEW);
  expect(parseView("?smoothing=400").smoothing).toBe(99);
});

test("what is not ours stays in the address", () => {
  expect(formatView({ ...DEFAULT_VIEW, project: "a" }, "?__theme=dark&smoothing=3")).toBe(
    "__theme=dark&project=a",
  );
});

test("a path names its page, below any folder, and stays where the page is the same", () => {
  expect(parseView("", "/runs").page).toBe("runs");
  expect(parseView("", "/below/runs").page).toBe("runs");
  expect(parseView("", "/media").page).toBe("media");
  expect(parseView("", "/metrics").page).toBe("charts");
  expect(pagePath("runs", "/")).toBe("/runs");
  expect(pagePath("runs", "/below/metrics")).toBe("/below/runs");
  expect(pagePath("charts", "/below/runs")).toBe("/below/");
  expect(pagePath("charts", "/metrics")).toBe("/metrics");
});

test("every view comes back from its address", () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 4 });
  const views = fc.record<View>({
    project: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    selection: names.map((ids) =>
      ids.length === 0 ? NEWEST : { ...NEWEST, hidden: new Set(ids) },
    ),
    metricFilter: fc.string(),
    smoothing: fc.integer({ min: 0, max: 99 }),
    xAxis: fc.constantFrom("step", "time", "wall"),
    zoom: fc.constantFrom(undefined, { from: -1.5, to: 1e15 }),
    logX: fc.boolean(),
    logY: fc.boolean(),
    logSwitched: names,
    columns: fc.constantFrom(2, 3, 4),
    folded: names,
    sidebar: fc.constantFrom("shown", "collapsed", "hidden"),
    listMetric: fc.string(),
    navbar: fc.constantFrom("shown", "hidden"),
    accordion: fc.constantFrom("shown", "hidden"),
    page: fc.constantFrom("charts", "runs", "media"),
    step: fc.constantFrom(undefined, 0, -3, 1.5, 33_000),
    mediaFilter: fc.string(),
    mediaKey: fc.string(),
    pictureSize: fc.constantFrom("s", "m", "l"),
    foldedMedia: names,
  });
  fc.assert(
    fc.property(views, (view) => {
      expect(parseView(formatView(view, ""), pagePath(view.page, "/"))).toEqual(view);
    }),
  );
});
