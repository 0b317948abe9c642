import fc from "fast-check";
import { expect, test } from "vitest";
import { NEWEST } from "./selection.ts";
import type { TableLook } from "./table-look.ts";
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
  const view = parseView("?smoothing=abc&x_axis=&xmin=9&xmax=5&columns=9&sidebar=sideways&step=x");
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
  const look = fc.record<TableLook>(
    {
      step: fc.integer(),
      withStep: fc.integer(),
      sort: fc.record({ column: fc.string(), descending: fc.boolean() }),
      isTogether: fc.constant(true),
      filters: fc.dictionary(
        fc.string(),
        fc.string({ minLength: 1 }).map((text) => `=${text}`),
        {
          minKeys: 1,
        },
      ),
    },
    { requiredKeys: ["step"] },
  );
  const looks = fc.dictionary(fc.string(), look, { maxKeys: 3 });
  const views = fc.record<View>({
    project: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    selection: names.map((ids) =>
      ids.length === 0 ? NEWEST : { ...NEWEST, hidden: new Set(ids) },
    ),
    metricFilter: fc.string(),
    metrics: fc.constant(""),
    smoothing: fc.integer({ min: 0, max: 99 }),
    xAxis: fc.constantFrom("step", "time", "wall"),
    xMetric: fc.constant(""),
    zoom: fc.constantFrom(undefined, { from: -1.5, to: 1e15 }),
    logX: fc.boolean(),
    logY: fc.boolean(),
    logSwitched: names,
    columns: fc.constantFrom<View["columns"]>("auto", 1, 2, 3, 4, 5, 6),
    folded: names,
    sidebar: fc.constantFrom("shown", "collapsed", "hidden"),
    listMetric: fc.string(),
    navbar: fc.constantFrom("shown", "hidden"),
    accordion: fc.constantFrom("shown", "hidden"),
    emptyTabs: fc.constantFrom("shown", "hidden"),
    tables: looks,
    page: fc.constantFrom("charts", "runs", "media"),
    step: fc.constantFrom(undefined, 0, -3, 1.5, 33_000),
    mediaFilter: fc.string(),
    mediaKey: fc.string(),
    pictureSize: fc.constantFrom("s", "m", "l"),
    foldedMedia: names,
    picture: fc.constantFrom(undefined, { name: "a,b%", run: "r1", step: -1.5, index: 3 }),
  });
  fc.assert(
    fc.property(views, (view) => {
      expect(parseView(formatView(view, ""), pagePath(view.page, "/"))).toEqual(view);
    }),
  );
});

test("the older ways to choose metrics, runs and columns are read; what is no axis is a metric", () => {
  expect(parseView("?metrics=loss,text").metrics).toBe("loss,text");
  expect(parseView("?metrics=loss&metric_filter=acc")).toMatchObject({
    metrics: "",
    metricFilter: "acc",
  });
  expect(parseView("?selected_run_id=x").selection.base).toEqual({
    kind: "ids",
    ids: new Set(["x"]),
  });
  expect(parseView("?selected_run=one&runs=two").selection.base).toEqual({
    kind: "names",
    names: new Set(["two"]),
  });
  expect(parseView("?plots_per_row=auto").columns).toBe("auto");
  expect(parseView("?plots_per_row=7").columns).toBe(DEFAULT_VIEW.columns);
  expect(parseView("?sidebar=visible").sidebar).toBe("shown");
  expect(parseView("?hide_empty_tabs=true").emptyTabs).toBe("hidden");
  expect(parseView("?x-axis=train/loss")).toMatchObject({ xAxis: "step", xMetric: "train/loss" });
  expect(formatView(parseView("?x_axis=train/loss"), "")).toBe("x_axis=train%2Floss");
});

test("a secret of an address is never written", () => {
  expect(formatView(DEFAULT_VIEW, "?write_token=s3cret&oauth_session=s&a=1")).toBe("a=1");
});
