import type { MetricSummary } from "../store/store.ts";
import { formatCount, formatNumber } from "./format.ts";
import { formatTable } from "./table.ts";

/** Counts of values that are not finite get a column only where there are any. */
const UNUSUAL = [
  { title: "NaN", countOf: (metric: MetricSummary) => metric.nanCount },
  { title: "Infinity", countOf: (metric: MetricSummary) => metric.posInfCount },
  { title: "-Infinity", countOf: (metric: MetricSummary) => metric.negInfCount },
] as const;

/** Metrics with their summaries, a line each. */
export function formatMetrics(metrics: readonly MetricSummary[], width?: number): string {
  const unusual = UNUSUAL.filter(({ countOf }) => metrics.some((metric) => countOf(metric) > 0));
  const right = (title: string) => ({ title, align: "right" as const });
  return formatTable(
    [
      { title: "Metric", canShrink: true },
      ...["Points", "Last", "Last step", "Min", "Max", "Mean"].map(right),
      ...unusual.map(({ title }) => right(title)),
    ],
    metrics.map((metric) => [
      metric.key,
      formatCount(metric.count),
      formatNumber(metric.last),
      formatNumber(metric.lastStep),
      ...[metric.min, metric.max, metric.mean].map((value) =>
        Number.isNaN(value) ? "–" : formatNumber(value),
      ),
      ...unusual.map(({ countOf }) => formatCount(countOf(metric))),
    ]),
    width,
  );
}
