/** The lower layer: bands, raw lines, lines, live ends, and the marks of what is not a number. */

import type { DrawnLine } from "./chart-line.ts";
import { type ChartTheme, chartTheme } from "./chart-theme.ts";
import type { PlotArea } from "./plot-frame.ts";
import type { Range } from "./value-range.ts";

/** Turns x and values into CSS pixels; made once for a drawing, so that a point costs a few multiplications. */
export interface Projection {
  readonly area: PlotArea;
  readonly xPixel: (x: number) => number;
  readonly yPixel: (value: number) => number;
  /** Whether the value axis is logarithmic: then nothing at or below zero can be shown. */
  readonly logY: boolean;
  readonly logX: boolean;
}

/** More lines than this are drawn thinner, with less behind them. */
const MANY_LINES = 8;
/**
 * With more lines than this the raw line behind a smoothed one is left out: the band shows what it
 * would. And all are solid: dashes that lie so close make patterns of their own.
 */
const CROWD = 40;

export function createProjection(
  area: PlotArea,
  x: Range,
  y: Range,
  logX: boolean,
  logY: boolean,
): Projection {
  return {
    area,
    logX,
    logY,
    xPixel: axisPixel(x, logX, area.left, area.width),
    yPixel: axisPixel(y, logY, area.top + area.height, -area.height),
  };
}

/** Draws `lines` in their order. With `raise`, only the line of that id, stronger: it lies over the others. */
export function drawLines(
  context: CanvasRenderingContext2D,
  lines: readonly DrawnLine[],
  to: Projection,
  raise?: string,
): void {
  const theme = chartTheme();
  const { area } = to;
  const drawn = raise === undefined ? lines : lines.filter((line) => line.id === raise);
  const many = lines.length > MANY_LINES;
  const isCrowd = lines.length > CROWD;
  context.save();
  context.beginPath();
  context.rect(area.left, area.top - 4, area.width + 1, area.height + 5);
  context.clip();
  context.lineJoin = "round";
  for (const line of drawn) drawBand(context, line, to, theme, many);
  for (const line of drawn) {
    context.strokeStyle = theme.hues[line.hue]!;
    if (line.isSmoothed && !isCrowd) {
      context.globalAlpha = theme.raw * (many ? 0.6 : 1);
      context.lineWidth = 1;
      context.setLineDash([]);
      strokeLine(context, line.x, line.y, to);
    }
    context.globalAlpha = 1;
    context.lineWidth = raise !== undefined ? 2 : many ? 1 : 1.5;
    context.setLineDash(isCrowd ? [] : theme.dashes[line.dash]!.slice());
    strokeLine(context, line.x, line.shown, to);
  }
  context.restore();
  for (const line of drawn) if (line.live) drawLiveEnd(context, line, to, theme);
  for (const line of drawn) drawOddPoints(context, line, to, theme);
}

function strokeLine(
  context: CanvasRenderingContext2D,
  x: Float64Array,
  y: Float64Array,
  to: Projection,
): void {
  const lone: number[] = [];
  context.beginPath();
  let previous = -1;
  let isOpen = false;
  for (let i = 0; i < x.length; i += 1) {
    const value = y[i]!;
    if (!isDrawable(value, x[i]!, to)) {
      if (isOpen && previous >= 0) lone.push(previous);
      isOpen = false;
      previous = -1;
      continue;
    }
    const xPixel = to.xPixel(x[i]!);
    const yPixel = to.yPixel(value);
    if (isOpen) {
      context.lineTo(xPixel, yPixel);
      previous = -1;
    } else {
      context.moveTo(xPixel, yPixel);
      previous = i;
    }
    isOpen = true;
  }
  if (isOpen && previous >= 0) lone.push(previous);
  context.stroke();
  // A point without neighbours would be a line without length: it gets a dot, the only point of all a larger one.
  const radius = lone.length === 1 && x.length === 1 ? 3 : 1.75;
  for (const i of lone) {
    disc(context, to.xPixel(x[i]!), to.yPixel(y[i]!), radius, String(context.strokeStyle));
  }
}

/** Fills between low and high, wherever a pixel stands for several points. */
function drawBand(
  context: CanvasRenderingContext2D,
  line: DrawnLine,
  to: Projection,
  theme: ChartTheme,
  many: boolean,
): void {
  const { x, low, high } = line;
  const floor = to.area.top + to.area.height;
  const lowPixel = (i: number) => (to.logY && low[i]! <= 0 ? floor : to.yPixel(low[i]!));
  context.fillStyle = theme.hues[line.hue]!;
  context.globalAlpha = theme.band * (many ? 0.5 : 1);
  let from = 0;
  while (from < x.length) {
    if (!isDrawable(high[from]!, x[from]!, to) || Number.isNaN(low[from]!)) {
      from += 1;
      continue;
    }
    let end = from;
    let hasHeight = false;
    context.beginPath();
    for (; end < x.length && isDrawable(high[end]!, x[end]!, to); end += 1) {
      hasHeight ||= high[end]! > low[end]!;
      context.lineTo(to.xPixel(x[end]!), to.yPixel(high[end]!));
    }
    if (hasHeight) {
      for (let i = end - 1; i >= from; i -= 1) context.lineTo(to.xPixel(x[i]!), lowPixel(i));
      if (end - from > 1) context.fill();
      else
        context.fillRect(
          to.xPixel(x[from]!) - 0.5,
          to.yPixel(high[from]!),
          1,
          lowPixel(from) - to.yPixel(high[from]!),
        );
    }
    from = end;
  }
}

function drawLiveEnd(
  context: CanvasRenderingContext2D,
  line: DrawnLine,
  to: Projection,
  theme: ChartTheme,
): void {
  let last = line.x.length - 1;
  while (last >= 0 && !isDrawable(line.shown[last]!, line.x[last]!, to)) last -= 1;
  if (last < 0) return;
  const { area } = to;
  const x = to.xPixel(line.x[last]!);
  const y = to.yPixel(line.shown[last]!);
  if (x < area.left || x > area.left + area.width + 1) return;
  if (y < area.top - 4 || y > area.top + area.height + 1) return;
  disc(context, x, y, 4.5, theme.background);
  disc(context, x, y, 3, theme.hues[line.hue]!);
}

export function disc(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  color: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fillStyle = color;
  context.fill();
}

/** NaN is a cross on the base line, ±Infinity a triangle at the edge that it left through. */
function drawOddPoints(
  context: CanvasRenderingContext2D,
  line: DrawnLine,
  to: Projection,
  theme: ChartTheme,
): void {
  const { area } = to;
  context.strokeStyle = theme.bad;
  context.fillStyle = theme.bad;
  context.lineWidth = 1.25;
  for (const point of line.odd) {
    const x = Math.round(to.xPixel(point.x));
    if (!(x >= area.left && x <= area.left + area.width)) continue;
    context.beginPath();
    if (point.kind === "nan") {
      const y = area.top + area.height - 5;
      context.moveTo(x - 3, y - 3);
      context.lineTo(x + 3, y + 3);
      context.moveTo(x + 3, y - 3);
      context.lineTo(x - 3, y + 3);
      context.stroke();
      continue;
    }
    const up = point.kind === "posInf";
    const tip = up ? area.top - 7 : area.top + area.height + 7;
    const base = up ? tip + 7 : tip - 7;
    context.moveTo(x, tip);
    context.lineTo(x + 4, base);
    context.lineTo(x - 4, base);
    context.closePath();
    context.fill();
  }
}

function isDrawable(value: number, x: number, to: Projection): boolean {
  return Number.isFinite(value) && !(to.logY && value <= 0) && !(to.logX && x <= 0);
}

function axisPixel(
  range: Range,
  log: boolean,
  start: number,
  length: number,
): (value: number) => number {
  if (log) {
    const from = Math.log(range.from);
    const scale = length / (Math.log(range.to) - from);
    return (value) => start + (Math.log(value) - from) * scale;
  }
  const scale = length / (range.to - range.from);
  const { from } = range;
  return (value) => start + (value - from) * scale;
}
