/** What a chart of one metric shows: its lines, by the runs drawn, and the words beside its title. */

import type { Axis, Run } from "../../../src/protocol/api.ts";
import type { ChartLine } from "../charts/chart-line.ts";
import type { PlotView } from "../charts/plot.ts";
import type { Range } from "../charts/value-range.ts";
import { runSign } from "../runs/run-sign.ts";
import type { ChartState } from "../state/chart-entry.ts";
import { chartLine } from "../state/chart-lines.ts";
import { overMetric } from "../state/over-metric.ts";
import { AXES, type View } from "../state/url-state.ts";

const X_UNITS = { step: "step", relative: "seconds", wall: "moment" } as const;

/** Lines of the runs drawn that have points, oldest first, so that the newest lies on top. */
export function chartLines(state: ChartState, drawn: readonly Run[]): ChartLine[] {
  const series = state.held?.series;
  if (!series) return [];
  const lines: ChartLine[] = [];
  for (const run of drawn.toReversed()) {
    const one = series.get(run.id);
    if (!one || one.length === 0) continue;
    const { id, name } = run;
    lines.push(
      chartLine(one, { id, name, ...runSign(run.number), live: run.status === "running" }),
    );
  }
  return lines;
}

/** Lines of a metric by run: what other lines stand over. */
export type LinesByRun = ReadonlyMap<string, ChartLine>;

/** `lines` over those of another metric; a run that does not have it has no line. */
export function linesOver(lines: readonly ChartLine[], over: LinesByRun | undefined): ChartLine[] {
  if (!over) return [...lines];
  return lines.flatMap((line) => {
    const xLine = over.get(line.id);
    return xLine ? [overMetric(line, xLine)] : [];
  });
}

/** All values of those lines; undefined where there are none. */
export function rangeOf(lines: LinesByRun | undefined): Range | undefined {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { y } of lines?.values() ?? []) {
    for (const value of y) {
      if (value < from) from = value;
      if (value > to) to = value;
    }
  }
  return from <= to ? { from, to } : undefined;
}

/** What the x of a chart are counted in: those of its picture, until that of the view is there. */
export function chartAxis(state: ChartState, view: View): Axis {
  return state.held?.axis ?? AXES[view.xAxis];
}

/** Whether the y axis of `key` is logarithmic. */
export function isLogY(view: View, key: string): boolean {
  return view.logY !== view.logSwitched.includes(key);
}

/** The part of the view that switches the y axis of `key`. */
export function switchLogY(view: View, key: string): Partial<View> {
  const rest = view.logSwitched.filter((one) => one !== key);
  return { logSwitched: rest.length < view.logSwitched.length ? rest : [...rest, key] };
}

/** With more runs than this their values have no place beside a plot. */
const GUTTER_RUNS = 6;
/** A gutter that is there stays up to so many: runs that come by themselves move nothing. */
const MOST_GUTTER_RUNS = 12;

/**
 * Whether the charts of the page have their values beside them: decided once for all, by the runs shown.
 * @param had What was decided before runs came or went by themselves; false after a person chose.
 */
export function hasGutter(runsShown: number, had: boolean): boolean {
  return runsShown <= (had ? MOST_GUTTER_RUNS : GUTTER_RUNS);
}

/** What the charts of a page have in common. */
export interface SharedView {
  readonly view: View;
  readonly axis: Axis;
  readonly xRange: Range | undefined;
  /** The metric that they stand over, where they do. */
  readonly xName: string | undefined;
  /** Whether plots have room at the right for values. */
  readonly gutter: boolean;
}

export function plotView(key: string, lines: readonly ChartLine[], shared: SharedView): PlotView {
  const { view, axis, xRange, xName, gutter } = shared;
  return {
    title: key,
    lines,
    smoothing: view.smoothing / 100,
    xUnit: X_UNITS[axis],
    xName,
    logX: view.logX,
    logY: isLogY(view, key),
    gutter,
    xRange: view.zoom ?? xRange,
  };
}

/** Whether both hold the same lines: then nothing has to be drawn anew. */
export function sameLines(a: readonly ChartLine[], b: readonly ChartLine[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}

export function samePlotView(a: PlotView, b: PlotView): boolean {
  return (
    a.title === b.title &&
    a.lines === b.lines &&
    a.smoothing === b.smoothing &&
    a.xUnit === b.xUnit &&
    a.xName === b.xName &&
    a.logX === b.logX &&
    a.logY === b.logY &&
    a.gutter === b.gutter &&
    a.xRange?.from === b.xRange?.from &&
    a.xRange?.to === b.xRange?.to
  );
}

/** Whether a logarithmic y axis can show none of `lines`: all that was logged is 0 or below. */
export function isBelowLog(lines: readonly ChartLine[]): boolean {
  let hasValue = false;
  for (const { high } of lines) {
    for (const value of high) {
      if (value > 0) return false;
      hasValue ||= value <= 0;
    }
  }
  return hasValue;
}

/** What was logged that is no number: `2 NaN`, `3 Inf`. */
export function oddNotes(lines: readonly ChartLine[]): string[] {
  let nan = 0;
  let infinite = 0;
  for (const { odd } of lines) {
    for (const { kind, count } of odd) {
      if (kind === "nan") nan += count;
      else infinite += count;
    }
  }
  const notes: string[] = [];
  if (nan > 0) notes.push(`${nan.toLocaleString("en-US")} NaN`);
  if (infinite > 0) notes.push(`${infinite.toLocaleString("en-US")} Inf`);
  return notes;
}
