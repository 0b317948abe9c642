/** The last values of metrics, as the server's compact lists give them, by metric and run. */

import type { Metric } from "../../../src/protocol/api.ts";

/** Last value of a metric by run id, by the metric's key. */
export type LastValues = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** @param metricRuns Ids of the runs that the metrics were asked for, in that order. */
export function lastValues(metrics: readonly Metric[], metricRuns: readonly string[]): LastValues {
  return new Map(
    metrics.map((metric) => {
      const last = new Map<string, number>();
      for (const [place, index] of metric.runs.entries()) {
        const run = metricRuns[index];
        if (run !== undefined) last.set(run, Number(metric.last[place]));
      }
      return [metric.key, last];
    }),
  );
}
