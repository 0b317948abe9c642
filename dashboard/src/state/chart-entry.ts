/** What is known of one chart: what it shows, what was asked for, and what of it is out of date. */

import type { ChartSeries } from "./chart-series.ts";

/** What a chart has to show: its series as far as they are there, or why they are not. */
export interface ChartState {
  readonly held: ChartSeries | undefined;
  readonly error: string | undefined;
  /** Something is being read that is not there yet, since this moment. */
  readonly waitingSince: number | undefined;
}

export interface ChartEntry {
  readonly key: string;
  state: ChartState;
  /** Runs that were asked for, those without points among them. */
  asked: Set<string>;
  isStale: boolean;
  /** Lowest x, by run, from which on what is held is out of date. */
  dirty: Map<string, number>;
  isReading: boolean;
  /** It failed, and its time to be read again has not come. */
  isHeldBack: boolean;
}

export const NOTHING_HELD: ChartState = {
  held: undefined,
  error: undefined,
  waitingSince: undefined,
};

/** A chart of which nothing was read yet. */
export function newEntry(key: string): ChartEntry {
  return {
    key,
    state: NOTHING_HELD,
    asked: new Set(),
    isStale: true,
    dirty: new Map(),
    isReading: false,
    isHeldBack: false,
  };
}

export function isFree(entry: ChartEntry): boolean {
  return !entry.isReading && !entry.isHeldBack;
}

/** Whether what is held can be added to. */
export function isHeld(entry: ChartEntry): boolean {
  return isFree(entry) && !entry.isStale && entry.state.held !== undefined;
}
