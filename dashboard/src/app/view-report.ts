/** What is on the screen, in the words of the Trackio dashboard for Python: see `view-messages.ts`. */

import { readMetrics } from "../state/metric-choice.ts";
import { AXES, type View } from "../state/url-state.ts";
import type { Workspace } from "../state/workspace.ts";
import { sharedAddress } from "./shared-address.ts";

const PAGES: Record<View["page"], string> = { charts: "metrics", media: "media", runs: "runs" };

export function viewReport(workspace: Workspace): Readonly<Record<string, unknown>> {
  const { view, project, runs, shown, metrics, xRange } = workspace;
  const now = view();
  const keys = metrics()?.map(({ key }) => key) ?? [];
  const chosen = readMetrics(now.metrics);
  const range = now.zoom ?? xRange(AXES[now.xAxis], keys);
  return {
    page: PAGES[now.page],
    project: project()?.name ?? now.project ?? null,
    space_id: null,
    runs: (runs() ?? []).filter(({ id }) => shown().has(id)).map(({ name, id }) => ({ name, id })),
    x_axis: now.xMetric || now.xAxis,
    x_range: now.zoom ? [now.zoom.from, now.zoom.to] : null,
    smoothing: now.smoothing,
    log_x: now.logX,
    log_y: now.logY,
    metric_filter: now.metricFilter,
    metrics: chosen && "names" in chosen ? chosen.names : keys,
    metrics_on_screen: metricsOnScreen(),
    latest_x: range?.to ?? null,
    captured_at: new Date().toISOString(),
    view_url: sharedAddress(workspace),
  };
}

/** Names of the cards in the window, in their order. */
function metricsOnScreen(): string[] {
  const cards = [...document.querySelectorAll<HTMLElement>("article[data-metric]")];
  const seen = cards.filter((card) => {
    const { top, bottom } = card.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
  return [...new Set(seen.map((card) => card.dataset.metric ?? ""))];
}
