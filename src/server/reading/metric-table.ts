import type { Metric, MetricTable } from "../../protocol/api.ts";
import type { MetricSummary } from "../../store/store.ts";

type LooseNumber = Metric["last"][number];

/** Summaries by metric, in the order of first appearance; runs by their index in `runs`. */
export function buildMetricTable(
  runs: readonly string[],
  summaries: readonly MetricSummary[],
): MetricTable {
  const indexes = new Map(runs.map((run, index) => [run, index]));
  const metrics = new Map<string, Metric>();
  for (const summary of summaries) {
    const metric = metrics.get(summary.key) ?? emptyMetric(summary.key);
    metrics.set(summary.key, metric);
    metric.runs.push(indexes.get(summary.run)!);
    metric.count.push(summary.count);
    metric.last.push(loose(summary.last));
    metric.lastStep.push(loose(summary.lastStep));
    metric.min.push(loose(summary.min));
    metric.max.push(loose(summary.max));
    metric.mean.push(loose(summary.mean));
    metric.nan.push(summary.nanCount);
    metric.posInf.push(summary.posInfCount);
    metric.negInf.push(summary.negInfCount);
  }
  return { metrics: [...metrics.values()] };
}

function emptyMetric(key: string): Metric {
  return {
    key,
    runs: [],
    count: [],
    last: [],
    lastStep: [],
    min: [],
    max: [],
    mean: [],
    nan: [],
    posInf: [],
    negInf: [],
  };
}

function loose(value: number): LooseNumber {
  return Number.isFinite(value) ? value : (String(value) as LooseNumber);
}
