/** Turns the buckets of runs into the lines of a chart. A line whose numbers did not change stays the same object, so that nothing is reckoned twice. */

import type { FrameSeries } from "../../../src/protocol/series-frame.ts";
import type { ChartLine, OddPoint } from "../charts/chart-line.ts";

/** How a line is called and drawn. */
export interface LineSign {
  readonly id: string;
  readonly name: string;
  readonly hue: number;
  readonly dash: number;
  readonly live: boolean;
}

const known = new WeakMap<FrameSeries, ChartLine>();

export function chartLine(series: FrameSeries, sign: LineSign): ChartLine {
  const old = known.get(series);
  if (old && old.name === sign.name && old.live === sign.live && old.id === sign.id) return old;
  const numbers = old ?? lineNumbers(series);
  const { x, y, low, high, odd } = numbers;
  const line: ChartLine = { ...sign, x, y, low, high, odd };
  known.set(series, line);
  return line;
}

/**
 * A bucket is drawn at the middle of its points, as their mean between their
 * extremes. The first and last point of the series are drawn as themselves, so
 * that a line begins and ends where it was logged.
 */
function lineNumbers(series: FrameSeries) {
  const { length, firstX, lastX, mean, min, max, count } = series;
  const end = length - 1;
  const hasHead = length > 0 && count[0]! > 1 && Number.isFinite(series.first[0]!);
  const hasTail = length > 0 && count[end]! > 1 && Number.isFinite(series.last[end]!);
  const head = hasHead ? 1 : 0;
  const total = length + head + (hasTail ? 1 : 0);
  const x = new Float64Array(total);
  const y = new Float64Array(total);
  const low = new Float64Array(total);
  const high = new Float64Array(total);
  for (let i = 0; i < length; i += 1) x[head + i] = (firstX[i]! + lastX[i]!) / 2;
  y.set(mean, head);
  low.set(min, head);
  high.set(max, head);
  const single = (at: number, atX: number, value: number) => {
    x[at] = atX;
    y[at] = value;
    low[at] = value;
    high[at] = value;
  };
  if (hasHead) single(0, firstX[0]!, series.first[0]!);
  if (hasTail) single(total - 1, lastX[end]!, series.last[end]!);
  return { x, y, low, high, odd: oddPoints(series) };
}

function oddPoints(series: FrameSeries): OddPoint[] {
  const odd: OddPoint[] = [];
  for (const kind of ["nan", "posInf", "negInf"] as const) {
    const counts = series[kind];
    for (let i = 0; i < counts.length; i += 1) {
      const count = counts[i]!;
      if (count > 0) odd.push({ kind, count, x: (series.firstX[i]! + series.lastX[i]!) / 2 });
    }
  }
  return odd;
}
