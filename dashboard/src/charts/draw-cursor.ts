/** The upper layer: cursor line, the points on it, the brush of a zoom, and the gutter with last values or those at the cursor. */

import { type DrawnLine, nearestIndex } from "./chart-line.ts";
import { type ChartTheme, chartTheme } from "./chart-theme.ts";
import { disc, drawLines, type Projection } from "./draw-lines.ts";
import { formatShort } from "./format.ts";
import type { Tick } from "./ticks.ts";
import type { Range } from "./value-range.ts";

/** A line's value at the cursor, or its last in view. */
export interface LineValue {
  readonly line: DrawnLine;
  readonly value: number;
  readonly x: number;
}

/** More points than this on a cursor's line say nothing; only the nearest line then has one. */
const MOST_DOTS = 24;

export interface CursorLayer {
  readonly lines: readonly DrawnLine[];
  readonly to: Projection;
  readonly xRange: Range;
  readonly cursor: number | null;
  readonly cursorText: string;
  /** Words of the x axis, so that none of them shines through beside the cursor's. */
  readonly xTicks: readonly Tick[];
  /** Id of the line nearest to the pointer. */
  readonly nearest: string | undefined;
  readonly lit: string | null;
  readonly gutter: boolean;
  /** Both ends of a zoom being drawn, in CSS pixels. */
  readonly brush?: readonly [number, number];
}

/** What every line shows at `cursor`; with null the last value in view. Lines without one are left out. */
export function valuesAt(
  lines: readonly DrawnLine[],
  cursor: number | null,
  view: Range,
): LineValue[] {
  const values: LineValue[] = [];
  const slack = (view.to - view.from) * 0.004;
  for (const line of lines) {
    const { x, shown } = line;
    let at = cursor === null ? x.length - 1 : nearestIndex(x, cursor, slack);
    if (cursor === null)
      while (at >= 0 && (x[at]! > view.to || !Number.isFinite(shown[at]!))) at -= 1;
    if (at < 0 || x[at]! < view.from - slack) continue;
    if (Number.isFinite(shown[at]!)) values.push({ line, value: shown[at]!, x: x[at]! });
  }
  return values;
}

export function drawCursorLayer(context: CanvasRenderingContext2D, layer: CursorLayer): void {
  const theme = chartTheme();
  const { to, lit, cursor, xRange } = layer;
  const { area } = to;
  if (lit !== null && layer.lines.some((line) => line.id === lit)) {
    // The others fall back to 22 %: a wash of the background over them costs nothing and redraws no data.
    context.globalAlpha = 0.78;
    context.fillStyle = theme.background;
    context.fillRect(area.left, area.top - 4, area.width + 1, area.height + 4);
    context.globalAlpha = 1;
    drawLines(context, layer.lines, to, lit);
  }
  const values = valuesAt(layer.lines, cursor, xRange);
  if (cursor !== null && cursor >= xRange.from && cursor <= xRange.to) {
    drawCursor(context, layer, values, theme);
  }
  if (layer.brush) {
    const [a, b] = layer.brush;
    context.globalAlpha = 0.14;
    context.fillStyle = theme.accent;
    context.fillRect(Math.min(a, b), area.top - 4, Math.abs(b - a), area.height + 4);
    context.globalAlpha = 1;
  }
  if (layer.gutter) drawGutter(context, layer, values, theme);
}

function drawCursor(
  context: CanvasRenderingContext2D,
  layer: CursorLayer,
  values: readonly LineValue[],
  theme: ChartTheme,
): void {
  const { area, xPixel, yPixel } = layer.to;
  const x = crisp(xPixel(layer.cursor!));
  context.strokeStyle = theme.ink3;
  context.globalAlpha = 0.75;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, area.top - 4);
  context.lineTo(x, area.top + area.height);
  context.stroke();
  context.globalAlpha = 1;
  const dotted =
    values.length > MOST_DOTS ? values.filter(({ line }) => line.id === layer.nearest) : values;
  for (const { line, value } of dotted) {
    const y = yPixel(value);
    if (y < area.top - 4 || y > area.top + area.height + 1) continue;
    disc(context, x, y, 3.5, theme.background);
    disc(context, x, y, 2.5, theme.hues[line.hue]!);
  }
  context.font = theme.font;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const width = context.measureText(layer.cursorText).width + 8;
  const left = Math.max(area.left, Math.min(area.left + area.width - width, x - width / 2));
  const top = area.top + area.height + 3;
  context.fillStyle = theme.background;
  for (const tick of layer.xTicks) {
    const half = context.measureText(tick.text).width / 2 + 1;
    const at = xPixel(tick.at);
    if (at - half < left + width + 4 && at + half > left - 4) {
      context.fillRect(at - half, top + 1, half * 2, 16);
    }
  }
  context.fillStyle = theme.ink;
  context.beginPath();
  context.roundRect(left, top, width, 15, 3);
  context.fill();
  context.fillStyle = theme.background;
  context.fillText(layer.cursorText, left + 4, top + 8);
}

function drawGutter(
  context: CanvasRenderingContext2D,
  layer: CursorLayer,
  values: readonly LineValue[],
  theme: ChartTheme,
): void {
  const { area, yPixel } = layer.to;
  const top = area.top + 2;
  const bottom = area.top + area.height;
  const rows = values
    .map(({ line, value }) => ({
      line,
      value,
      y: Math.max(top - 6, Math.min(bottom, yPixel(value))),
    }))
    .sort((a, b) => a.y - b.y);
  const places = spread(
    rows.map((row) => row.y),
    top,
    bottom,
    12,
  );
  const left = area.left + area.width;
  context.font = theme.font;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineWidth = 1.5;
  for (const [i, row] of rows.entries()) {
    const place = places[i]!;
    context.globalAlpha = layer.lit !== null && layer.lit !== row.line.id ? 0.35 : 1;
    context.strokeStyle = theme.hues[row.line.hue]!;
    context.beginPath();
    context.moveTo(left + 2, row.y);
    context.lineTo(left + 4, row.y);
    context.lineTo(left + 8, place);
    context.lineTo(left + 10, place);
    context.stroke();
    context.fillStyle = layer.cursor === null ? theme.ink2 : theme.ink;
    context.fillText(formatShort(row.value), left + 13, place + 0.5);
  }
  context.globalAlpha = 1;
}

/** Moves rising `wanted` apart until each has `gap`, as near to where they belong as that goes, between `top` and `bottom`. */
export function spread(
  wanted: readonly number[],
  top: number,
  bottom: number,
  gap: number,
): number[] {
  const places = wanted.map((y) => Math.max(top, Math.min(bottom, y)));
  for (let round = 0; round < 24; round += 1) {
    for (let i = 1; i < places.length; i += 1) {
      const lacking = gap - (places[i]! - places[i - 1]!);
      if (lacking <= 0) continue;
      places[i - 1] = Math.max(top, places[i - 1]! - lacking / 2);
      places[i] = Math.min(bottom, Math.max(places[i]! + lacking / 2, places[i - 1]! + gap));
    }
  }
  for (let i = places.length - 2; i >= 0; i -= 1) {
    if (places[i + 1]! - places[i]! < gap) places[i] = places[i + 1]! - gap;
  }
  return places;
}

/** The middle of the device pixel that `position` falls into: a hairline there is one pixel wide. */
function crisp(position: number): number {
  return (Math.floor(position * devicePixelRatio) + 0.5) / devicePixelRatio;
}
