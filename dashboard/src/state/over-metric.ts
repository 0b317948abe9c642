/**
 * A line over another metric instead of over steps: each point stands where that
 * metric of the same run stood at its step, between two points of it on the way
 * from one to the other. Both are drawn from buckets: what a bucket holds stands
 * at the mean of its x.
 */

import type { ChartLine } from "../charts/chart-line.ts";

const known = new WeakMap<ChartLine, { readonly xLine: ChartLine; readonly line: ChartLine }>();

/** `line` over `xLine`, both of one run over steps. The same two give the same object. */
export function overMetric(line: ChartLine, xLine: ChartLine): ChartLine {
  const old = known.get(line);
  if (old?.xLine === xLine) return old.line;
  const places: { readonly x: number; readonly at: number }[] = [];
  for (let at = 0; at < line.x.length; at += 1) {
    const x = valueAt(xLine, line.x[at]!);
    if (Number.isFinite(x)) places.push({ x, at });
  }
  places.sort((a, b) => a.x - b.x || a.at - b.at);
  const pick = (values: Float64Array) => Float64Array.from(places, ({ at }) => values[at]!);
  const made: ChartLine = {
    ...line,
    x: Float64Array.from(places, ({ x }) => x),
    y: pick(line.y),
    low: pick(line.low),
    high: pick(line.high),
    odd: line.odd.flatMap((one) => {
      const x = valueAt(xLine, one.x);
      return Number.isFinite(x) ? [{ ...one, x }] : [];
    }),
  };
  known.set(line, { xLine, line: made });
  return made;
}

/** The value of a line at a step; NaN before its beginning, behind its end, and where it has none. */
function valueAt({ x, y }: ChartLine, step: number): number {
  const end = x.length - 1;
  if (end < 0 || step < x[0]! || step > x[end]!) return Number.NaN;
  let [low, high] = [0, end];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! > step) high = middle;
    else low = middle;
  }
  if (x[high]! === step) return y[high]!;
  if (x[low]! === step || high === low) return y[low]!;
  const share = (step - x[low]!) / (x[high]! - x[low]!);
  return y[low]! + share * (y[high]! - y[low]!);
}
