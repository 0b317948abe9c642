/** The range of a value axis: from the raw values in view, never from what is smoothed, never bent by NaN or ±Infinity. */

import type { ChartLine } from "./chart-line.ts";

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The range that shows all of `lines` between `x.from` and `x.to`, with air above and below. */
export function valueRange(lines: readonly ChartLine[], x: Range, log: boolean): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    for (let i = 0; i < line.x.length; i += 1) {
      const at = line.x[i]!;
      if (at < x.from || at > x.to) continue;
      const top = line.high[i]!;
      let bottom = line.low[i]!;
      if (log && bottom <= 0) bottom = line.y[i]!;
      if (bottom < low && (!log || bottom > 0)) low = bottom;
      if (top > high && (!log || top > 0)) high = top;
    }
  }
  if (!(low <= high)) return log ? { from: 0.1, to: 10 } : { from: 0, to: 1 };
  return log ? { from: low * 0.86, to: high * 1.16 } : withAir(low, high);
}

function withAir(low: number, high: number): Range {
  const span = high - low;
  const air = span > 0 ? span * 0.05 : Math.abs(high) * 0.05 || 1;
  if (!Number.isFinite(air)) return { from: low / 2, to: high / 2 };
  const startsAtZero = low >= 0 && low < span * 0.12;
  return { from: startsAtZero ? 0 : low - air, to: high + air };
}
