/**
 * One chart in a page: two canvas layers, lines below, cursor and values above,
 * so that pointing never redraws data. It is told what to show and tells what a
 * person did; it knows numbers and pixels, never runs or fetch.
 */

import { smooth } from "../../../src/series/smooth.ts";
import type { ChartLine, DrawnLine } from "./chart-line.ts";
import type { CursorLink } from "./cursor-link.ts";
import { drawCursorLayer, type LineValue, valuesAt } from "./draw-cursor.ts";
import { createProjection, drawLines, type Projection } from "./draw-lines.ts";
import { formatDuration, formatMoment, formatStep } from "./format.ts";
import { type FrameOptions, PlotFrame, positionOf, valueAt } from "./plot-frame.ts";
import type { XUnit } from "./ticks.ts";
import { type Range, valueRange } from "./value-range.ts";

/** What a chart shows. */
export interface PlotView {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  /** 0 (off) up to, not including, 1. */
  readonly smoothing: number;
  readonly xUnit: XUnit;
  /** What the x axis counts, where it is not what the unit says. */
  readonly xName?: string | undefined;
  readonly logX: boolean;
  readonly logY: boolean;
  /** Room at the right for the values of the lines. The same in all charts of a page, so that their axes line up. */
  readonly gutter: boolean;
  /** Part of the x axis that is shown; undefined while there is nothing to show. On a logarithmic axis what is not above 0 is left out. */
  readonly xRange: Range | undefined;
}

/** What stands beside the cursor of the chart that is pointed at. */
export interface PlotTip {
  readonly title: string;
  readonly xText: string;
  /** By value, highest first. */
  readonly values: readonly LineValue[];
  readonly nearest: string | undefined;
  /** Where the cursor is, in CSS pixels of the window. */
  readonly clientX: number;
  readonly clientY: number;
  /** The cursor was moved by a key: what it says is to be read out. */
  readonly isByKey: boolean;
}

export interface PlotEvents {
  /** A part of the x axis was chosen; null: all of it again. */
  zoom(range: Range | null): void;
  tip(tip: PlotTip | null): void;
  key(key: "log" | "full-screen"): void;
}

/** A shorter drag is a click. */
const MIN_DRAG_PX = 6;

export class Plot {
  readonly #root: HTMLElement;
  readonly #events: PlotEvents;
  readonly #link: CursorLink;
  readonly #upper = document.createElement("canvas");
  readonly #resize: ResizeObserver;
  readonly #unfollow: () => void;
  #frame: PlotFrame | undefined;
  #view: PlotView | undefined;
  #lines: DrawnLine[] = [];
  #hasWholeSteps = true;
  #smoothed = new WeakMap<ChartLine, DrawnLine>();
  #dragFrom: number | undefined;
  #dragTo: number | undefined;
  #isPointedAt = false;

  constructor(root: HTMLElement, link: CursorLink, events: PlotEvents) {
    this.#root = root;
    this.#link = link;
    this.#events = events;
    this.#upper.className = "upper";
    this.#unfollow = link.follow(() => this.#drawUpper());
    this.#resize = new ResizeObserver(() => this.#frame?.resize(root));
    this.#resize.observe(root);
    this.#listen();
  }

  /** Shows `view`; the canvas is drawn once, after the current task. */
  show(view: PlotView): void {
    if (view.smoothing !== this.#view?.smoothing) this.#smoothed = new WeakMap();
    this.#view = view;
    this.#lines = view.lines.map((line) => this.#smooth(line, view.smoothing));
    this.#hasWholeSteps = view.lines.every(({ x }) => isWhole(x[0]) && isWhole(x.at(-1)));
    const options: FrameOptions = {
      logX: view.logX && view.xUnit !== "moment",
      logY: view.logY,
      xUnit: view.xUnit,
      gutter: view.gutter,
    };
    if (!this.#frame || !sameOptions(this.#frame.options, options)) this.#replaceFrame(options);
    const x = widen(view.xRange ?? { from: 1, to: 2 }, options);
    this.#frame?.show(x, valueRange(view.lines, x, view.logY));
  }

  /** Draws again with the page's new theme. */
  redraw(): void {
    this.#frame?.redraw();
  }

  destroy(): void {
    this.#unfollow();
    this.#resize.disconnect();
    this.#frame?.destroy();
    this.#frame = undefined;
    if (this.#isPointedAt) this.#leave();
  }

  #smooth(line: ChartLine, weight: number): DrawnLine {
    const known = this.#smoothed.get(line);
    if (known) return known;
    const isSmoothed = weight > 0 && line.x.length > 2;
    // Each point drawn weighs one, however many were logged in its pixel: else a long run could not be smoothed.
    const shown = isSmoothed ? smooth(line.y, weight) : line.y;
    const drawn = { ...line, shown, isSmoothed };
    this.#smoothed.set(line, drawn);
    return drawn;
  }

  #replaceFrame(options: FrameOptions): void {
    this.#frame?.destroy();
    this.#frame = new PlotFrame(this.#root, options, (context) => {
      const to = this.#projection();
      if (to) drawLines(context, this.#lines, to);
      this.#drawUpper();
    });
    this.#root.append(this.#upper);
  }

  #projection(): Projection | undefined {
    const frame = this.#frame;
    if (!frame) return undefined;
    const { logX, logY } = frame.options;
    return createProjection(frame.area, frame.x, frame.y, logX, logY);
  }

  #drawUpper(): void {
    const to = this.#projection();
    const context = this.#fitUpper();
    if (!to || !context || !this.#frame || !this.#view) return;
    const brush =
      this.#dragFrom !== undefined && this.#dragTo !== undefined
        ? ([this.#dragFrom, this.#dragTo] as const)
        : undefined;
    drawCursorLayer(context, {
      lines: this.#lines,
      to,
      xRange: this.#frame.x,
      cursor: this.#link.x,
      cursorText: this.#link.x === null ? "" : this.#xText(this.#link.x),
      xTicks: this.#frame.xTicks,
      nearest: this.#link.nearest,
      lit: this.#link.lit,
      gutter: this.#frame.options.gutter,
      ...(brush ? { brush } : {}),
    });
  }

  /** The upper canvas, empty and as large as the chart in device pixels. */
  #fitUpper(): CanvasRenderingContext2D | null {
    const { clientWidth, clientHeight } = this.#root;
    const width = Math.round(clientWidth * devicePixelRatio);
    const height = Math.round(clientHeight * devicePixelRatio);
    const canvas = this.#upper;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${clientWidth}px`;
      canvas.style.height = `${clientHeight}px`;
    }
    const context = canvas.getContext("2d");
    context?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context?.clearRect(0, 0, clientWidth, clientHeight);
    return context;
  }

  #xText(x: number): string {
    switch (this.#view?.xUnit) {
      case "seconds":
        return formatDuration(x);
      case "moment":
        return formatMoment(x);
      default:
        return formatStep(
          this.#hasWholeSteps && this.#view?.xName === undefined
            ? Math.round(x)
            : Number(x.toPrecision(4)),
        );
    }
  }

  #listen(): void {
    const root = this.#root;
    root.addEventListener("pointermove", (event) => this.#move(event));
    root.addEventListener("pointerleave", () => this.#leave());
    root.addEventListener("pointercancel", () => this.#leave());
    root.addEventListener("blur", () => this.#leave());
    root.addEventListener("dblclick", () => this.#events.zoom(null));
    root.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch") this.#point(event.offsetX, event.offsetY);
      else if (event.button === 0) this.#startDrag(event);
    });
    root.addEventListener("pointerup", () => this.#endDrag());
    root.addEventListener("keydown", (event) => this.#pressKey(event));
  }

  #startDrag(event: PointerEvent): void {
    this.#dragFrom = this.#position(event)[0];
    this.#root.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const [x, y] = this.#position(event);
    if (this.#dragFrom !== undefined) {
      this.#dragTo = x;
      this.#drawUpper();
    } else if (event.pointerType !== "touch") {
      this.#point(x, y);
    }
  }

  #endDrag(): void {
    const { left, width } = this.#frame?.area ?? { left: 0, width: 1 };
    const [a, b] = [this.#dragFrom, this.#dragTo];
    this.#dragFrom = undefined;
    this.#dragTo = undefined;
    this.#drawUpper();
    if (a === undefined || b === undefined || Math.abs(b - a) < MIN_DRAG_PX) return;
    const inside = (x: number) => Math.max(0, Math.min(1, (x - left) / width));
    this.#events.zoom({
      from: this.#xAt(inside(Math.min(a, b))),
      to: this.#xAt(inside(Math.max(a, b))),
    });
  }

  #leave(): void {
    this.#isPointedAt = false;
    this.#dragFrom = undefined;
    this.#dragTo = undefined;
    this.#link.point(null);
    this.#events.tip(null);
  }

  /** Puts the cursor of all charts at pixel `x` of this one and the tip at its height. */
  #point(x: number, y: number, isByKey = false): void {
    const frame = this.#frame;
    if (!frame || !this.#view) return;
    const { left, width } = frame.area;
    if (x < left - 4 || x > left + width + 4 || this.#lines.length === 0) {
      this.#leave();
      return;
    }
    this.#isPointedAt = true;
    const at = this.#xAt(Math.max(0, Math.min(1, (x - left) / width)));
    this.#tip(at, x, y, isByKey);
  }

  #tip(at: number, x: number, y: number, isByKey: boolean): void {
    const to = this.#projection();
    if (!to || !this.#frame || !this.#view) return;
    const values = valuesAt(this.#lines, at, this.#frame.x).sort((a, b) => b.value - a.value);
    let nearest: string | undefined;
    let distance = Number.POSITIVE_INFINITY;
    for (const { line, value } of values) {
      const away = Math.abs(to.yPixel(value) - y);
      if (away >= distance) continue;
      distance = away;
      nearest = line.id;
    }
    this.#link.point(at, nearest);
    const box = this.#root.getBoundingClientRect();
    const word = this.#view.xName ?? (this.#view.xUnit === "step" ? "step" : "");
    this.#events.tip({
      title: this.#view.title,
      xText: `${word} ${this.#xText(at)}`.trim(),
      values,
      nearest,
      clientX: box.left + x,
      clientY: box.top + y,
      isByKey,
    });
  }

  #pressKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (direction !== 0) this.#step((direction * (event.shiftKey ? 10 : 1)) / 100);
    else if (event.key === "Escape" && this.#link.x !== null) this.#leave();
    else if (event.key === "l" || event.key === "L") this.#events.key("log");
    else if (event.key === "f" || event.key === "F") this.#events.key("full-screen");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Moves the cursor by a part of the axis; the first key press puts it into the middle. */
  #step(part: number): void {
    const frame = this.#frame;
    if (!frame) return;
    const { left, width, top } = frame.area;
    const now = this.#link.x;
    const position = now === null ? 0.5 : positionOf(now, frame.x, frame.options.logX) + part;
    this.#point(left + Math.max(0, Math.min(1, position)) * width, top + 20, true);
  }

  #xAt(position: number): number {
    return valueAt(position, this.#frame!.x, this.#frame!.options.logX);
  }

  #position(event: PointerEvent): [number, number] {
    const box = this.#root.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
}

function sameOptions(a: FrameOptions, b: FrameOptions): boolean {
  return a.logX === b.logX && a.logY === b.logY && a.xUnit === b.xUnit && a.gutter === b.gutter;
}

function isWhole(x: number | undefined): boolean {
  return x === undefined || Number.isInteger(x);
}

/** An axis of one point, or one that a logarithm cannot show, gets room. */
function widen(range: Range, options: FrameOptions): Range {
  const from = options.logX && range.from <= 0 ? Math.min(1, range.to / 1000) : range.from;
  if (range.to > from) return { from, to: range.to };
  if (options.logX) return { from: from / 3, to: from * 3 };
  // The only point stands in the middle; a second around a moment, one around a step or a second.
  const around = options.xUnit === "moment" ? 1000 : Math.max(1, Math.abs(from) * 1e-9);
  return { from: from - around, to: from + around };
}
