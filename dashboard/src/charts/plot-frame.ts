/**
 * The still part of a chart: scales, axes, grid and canvas, by uPlot. The lines
 * are drawn by a hook straight from typed arrays, because every line has x
 * values of its own and uPlot wants one x for all; so uPlot gets two points
 * that only say where the scales begin and end.
 */

import uPlot from "uplot";
import { chartTheme } from "./chart-theme.ts";
import { logTicks, type Tick, valueTicks, type XUnit, xTicks } from "./ticks.ts";
import type { Range } from "./value-range.ts";

/** The rectangle that the lines fill, in CSS pixels of the chart's element. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface FrameOptions {
  readonly logX: boolean;
  readonly logY: boolean;
  readonly xUnit: XUnit;
  /** Room at the right for values. */
  readonly gutter: boolean;
}

const INSET = { left: 40, top: 8, bottom: 20, gutter: 54, noGutter: 12 } as const;

export class PlotFrame {
  readonly options: FrameOptions;
  readonly #plot: uPlot;
  #x: Range = { from: 0, to: 1 };
  #y: Range = { from: 0, to: 1 };

  /** @param draw Draws the lines, below which grid and axes stand already; in CSS pixels. */
  constructor(
    root: HTMLElement,
    options: FrameOptions,
    draw: (context: CanvasRenderingContext2D) => void,
  ) {
    this.options = options;
    const range = (pick: () => Range) => (): uPlot.Range.MinMax => [pick().from, pick().to];
    this.#plot = new uPlot(
      {
        ...sizeOf(root),
        padding: [INSET.top, options.gutter ? INSET.gutter : INSET.noGutter, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, distr: options.logX ? 3 : 1, range: range(() => this.#x) },
          y: { distr: options.logY ? 3 : 1, range: range(() => this.#y) },
        },
        series: [{}, { scale: "y", paths: () => null, points: { show: false } }],
        axes: [this.#xAxis(), this.#yAxis()],
        hooks: { draw: [(plot) => inCssPixels(plot.ctx, draw)] },
      },
      [
        [0, 1],
        [0, 1],
      ],
      root,
    );
  }

  get area(): PlotArea {
    const { width, height } = this.#plot;
    const right = this.options.gutter ? INSET.gutter : INSET.noGutter;
    return {
      left: INSET.left,
      top: INSET.top,
      width: Math.max(1, width - INSET.left - right),
      height: Math.max(1, height - INSET.top - INSET.bottom),
    };
  }

  get x(): Range {
    return this.#x;
  }

  get y(): Range {
    return this.#y;
  }

  /** Sets both ranges and draws all anew, once, however often it is called in a task. */
  show(x: Range, y: Range): void {
    this.#x = x;
    this.#y = y;
    this.#plot.setData([
      [x.from, x.to],
      [y.from, y.to],
    ]);
  }

  redraw(): void {
    this.#plot.redraw(false, true);
  }

  /** Takes the size of `root`; draws only where that is another one. */
  resize(root: HTMLElement): void {
    const size = sizeOf(root);
    if (size.width === this.#plot.width && size.height === this.#plot.height) return;
    this.#plot.setSize(size);
  }

  destroy(): void {
    this.#plot.destroy();
  }

  get xTicks(): Tick[] {
    const { width } = this.area;
    const { from, to } = this.#x;
    const each = this.options.xUnit === "step" ? 72 : 84;
    const count = Math.max(2, Math.round(width / each));
    return xTicks(from, to, count, this.options.xUnit, this.options.logX);
  }

  #yTicks(): Tick[] {
    const { from, to } = this.#y;
    if (this.options.logY) return logTicks(from, to);
    const { height } = this.area;
    // A tall chart is not better for twice the words: its lines of the grid lie farther apart.
    const count = Math.min(Math.round(height / 38), 3 + Math.round(height / 120));
    return valueTicks(from, to, Math.max(2, count));
  }

  #xAxis(): uPlot.Axis {
    return {
      ...axisLook(),
      scale: "x",
      side: 2,
      size: INSET.bottom,
      grid: { show: false },
      border: { show: true, stroke: () => chartTheme().line2, width: 1 },
      splits: () => this.xTicks.map((tick) => tick.at),
      values: () => this.xTicks.map((tick) => (this.#fits(tick) ? tick.text : "")),
    };
  }

  #yAxis(): uPlot.Axis {
    const marks = (named: boolean) => () =>
      this.#yTicks().map((tick) => ((tick.text !== "") === named ? tick.at : null));
    // The base line is stronger than the grid and would be lost below one of its lines.
    const aboveBase = () => marks(true)().map((at) => (at === this.#y.from ? null : at));
    return {
      ...axisLook(),
      scale: "y",
      side: 3,
      size: INSET.left,
      grid: { show: true, stroke: () => chartTheme().grid, width: 1, filter: aboveBase },
      ticks: {
        show: true,
        stroke: () => chartTheme().line2,
        width: 1,
        size: 3,
        filter: marks(false),
      },
      splits: () => this.#yTicks().map((tick) => tick.at),
      values: () => this.#yTicks().map((tick) => tick.text),
    };
  }

  /** A word that would be cut at the right edge is left out; its mark stays. */
  #fits(tick: Tick): boolean {
    const { left, width } = this.area;
    const half = (tick.text.length * 6) / 2;
    return (
      left + positionOf(tick.at, this.#x, this.options.logX) * width + half <= this.#plot.width
    );
  }
}

/** Where `value` lies between the ends of `range`: 0 to 1. */
export function positionOf(value: number, range: Range, log: boolean): number {
  return log
    ? Math.log(value / range.from) / Math.log(range.to / range.from)
    : (value - range.from) / (range.to - range.from);
}

/** The value that lies at `position` between the ends of `range`. */
export function valueAt(position: number, range: Range, log: boolean): number {
  return log
    ? range.from * (range.to / range.from) ** position
    : range.from + position * (range.to - range.from);
}

function axisLook(): uPlot.Axis {
  return {
    // uPlot scales whole font sizes only: a fraction would come out wrong on a dense screen.
    font: devicePixelRatio === 1 ? chartTheme().font : chartTheme().font.replace("10.5px", "11px"),
    gap: 3,
    // uPlot leaves out an axis whose range is wider than its own list of steps; ours are told by `splits`.
    incrs: (_plot, _axis, min, max) => [Math.max(5, max - min)],
    stroke: () => chartTheme().ink3,
    ticks: { show: true, stroke: () => chartTheme().line2, width: 1, size: 3 },
  };
}

function sizeOf(root: HTMLElement): { width: number; height: number } {
  return { width: Math.max(80, root.clientWidth), height: Math.max(60, root.clientHeight) };
}

function inCssPixels(
  context: CanvasRenderingContext2D,
  draw: (context: CanvasRenderingContext2D) => void,
): void {
  context.save();
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  draw(context);
  context.restore();
}
