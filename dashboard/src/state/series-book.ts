/**
 * Reads the series of the charts that can be seen, and nothing else: several
 * charts in one answer, a few answers under way at once, only the new tail of
 * what changed, the old picture until the new one is there. What is out of date
 * before it arrives is called off.
 */

import type { Axis, SeriesRequest } from "../../../src/protocol/api.ts";
import type { SeriesFrame } from "../../../src/protocol/series-frame.ts";
import { ReadError } from "../api/client.ts";
import {
  type ChartSeries,
  coarsened,
  isTooCoarse,
  seriesOf,
  withSeries,
  withTail,
} from "./chart-series.ts";
import { bucketStart, type Grid } from "./series-patch.ts";

/** What all charts show alike. */
export interface SeriesView {
  readonly runs: readonly string[];
  readonly axis: Axis;
  readonly zoom: { readonly from: number; readonly to: number } | undefined;
  readonly buckets: number;
}

/** What a chart has to show: its series as far as they are there, or why they are not. */
export interface ChartState {
  readonly held: ChartSeries | undefined;
  readonly error: string | undefined;
  /** Something is being read that is not there yet, since this moment. */
  readonly waitingSince: number | undefined;
}

export interface SeriesBookOptions {
  readonly fetch: (request: SeriesRequest, signal: AbortSignal) => Promise<SeriesFrame>;
  readonly changed: (key: string, state: ChartState) => void;
  readonly offline: () => void;
  /** Metrics whose x range is alike may share a grid; their numbers are equal then. */
  readonly rangeClass: (key: string) => number;
}

const MOST_REQUESTS = 4;
const MOST_KEYS_A_REQUEST = 3;
const MOST_HELD_OUT_OF_SIGHT = 48;
/** Changes of so long are gathered into one read. */
const GATHER_MS = 120;
/** What failed is read again after so long, then twice as long, up to the longest. */
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;

interface Entry {
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

const EMPTY: ChartState = { held: undefined, error: undefined, waitingSince: undefined };

export class SeriesBook {
  readonly #options: SeriesBookOptions;
  readonly #entries = new Map<string, Entry>();
  #view: SeriesView = { runs: [], axis: "step", zoom: undefined, buckets: 512 };
  #inSight: readonly string[] = [];
  #calls = new AbortController();
  #underWay = 0;
  #isPlanned = false;
  #isPaused = false;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(options: SeriesBookOptions) {
    this.#options = options;
  }

  state(key: string): ChartState {
    return this.#entries.get(key)?.state ?? EMPTY;
  }

  /** The charts that can be seen now, topmost first. */
  see(keys: readonly string[]): void {
    this.#inSight = keys;
    this.#forgetFar();
    this.#plan();
  }

  show(view: SeriesView): void {
    const old = this.#view;
    const isOtherRange =
      old.axis !== view.axis ||
      old.buckets !== view.buckets ||
      old.zoom?.from !== view.zoom?.from ||
      old.zoom?.to !== view.zoom?.to;
    this.#view = view;
    if (isOtherRange) this.#readAllAgain();
    this.#plan();
  }

  /** New points of `run` from x = `from` on, in the unit of the axis shown. */
  change(run: string, from: number): void {
    for (const entry of this.#entries.values()) {
      if (!entry.asked.has(run)) continue;
      entry.dirty.set(run, Math.min(from, entry.dirty.get(run) ?? from));
    }
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#plan();
    }, GATHER_MS);
  }

  /** Nothing that is held can be trusted, e.g. after the page was hidden: reads anew what can be seen. */
  readAnew(): void {
    this.#readAllAgain();
    this.#plan();
  }

  retry(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.isStale = true;
    entry.isHeldBack = false;
    this.#update(entry, { ...entry.state, error: undefined });
    this.#plan();
  }

  /** While paused, nothing is asked for. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (!isPaused) this.#plan();
  }

  close(): void {
    clearTimeout(this.#gathering);
    clearTimeout(this.#retrying);
    this.#isPaused = true;
    this.#calls.abort();
  }

  #readAllAgain(): void {
    this.#calls.abort();
    this.#calls = new AbortController();
    this.#underWay = 0;
    for (const entry of this.#entries.values()) {
      entry.isReading = false;
      entry.isStale = true;
      entry.isHeldBack = false;
      entry.dirty.clear();
      entry.state = { ...entry.state, error: undefined };
    }
  }

  /** Charts out of sight keep what they have for a while, then give it back. */
  #forgetFar(): void {
    const seen = new Set(this.#inSight);
    let far = this.#entries.size - seen.size;
    for (const [key, entry] of this.#entries) {
      if (far <= MOST_HELD_OUT_OF_SIGHT) return;
      if (seen.has(key) || entry.isReading) continue;
      this.#entries.delete(key);
      far -= 1;
    }
  }

  #plan(): void {
    if (this.#isPlanned || this.#isPaused) return;
    this.#isPlanned = true;
    queueMicrotask(() => {
      this.#isPlanned = false;
      this.#readNext();
    });
  }

  #readNext(): void {
    if (this.#isPaused || this.#view.runs.length === 0) return;
    const entries = this.#inSight.map((key) => this.#entry(key)).filter(isFree);
    const whole = entries.filter((entry) => entry.isStale || entry.state.held === undefined);
    for (const group of groupBy(whole, (entry) => `${this.#options.rangeClass(entry.key)}`)) {
      for (let i = 0; i < group.length; i += MOST_KEYS_A_REQUEST) {
        this.#readWhole(group.slice(i, i + MOST_KEYS_A_REQUEST));
      }
    }
    const lacking = entries.filter((entry) => isHeld(entry) && this.#missing(entry).length > 0);
    const sameRead = (entry: Entry) => `${gridName(entry)} ${this.#missing(entry).join(" ")}`;
    for (const group of groupBy(lacking, sameRead)) this.#readMissing(group);
    for (const group of groupBy(entries.filter(isHeld), gridName)) this.#readTails(group);
  }

  #readWhole(entries: readonly Entry[]): void {
    if (this.#underWay >= MOST_REQUESTS) return;
    const { runs, zoom, buckets } = this.#view;
    for (const entry of entries) {
      // From here on a change is a change to what is being read.
      entry.asked = new Set(runs);
      entry.dirty.clear();
    }
    void this.#read(entries, { runs: [...runs], buckets, ...range(zoom) }, (entry, frame) => {
      entry.isStale = false;
      return seriesOf(frame, entry.key, this.#view.axis);
    });
  }

  #missing(entry: Entry): string[] {
    return this.#view.runs.filter((run) => !entry.asked.has(run));
  }

  /** Adds runs to charts that lack the same ones; where those are most of them, a new grid suits better. */
  #readMissing(entries: readonly Entry[]): void {
    if (this.#underWay >= MOST_REQUESTS) return;
    const missing = this.#missing(entries[0]!);
    if (missing.length > this.#view.runs.length / 2) {
      this.#readWhole(entries);
      return;
    }
    const { grid } = entries[0]!.state.held!;
    const limits = this.#limits(grid);
    for (const entry of entries) for (const run of missing) entry.asked.add(run);
    void this.#read(entries, { runs: missing, buckets: grid, ...limits }, (entry, frame) => {
      if (isBeyond(frame, limits)) return this.#stale(entry);
      return withSeries(entry.state.held!, seriesOf(frame, entry.key, this.#view.axis));
    });
  }

  #readTails(entries: readonly Entry[]): void {
    const shown = new Set(this.#view.runs);
    const dirty = entries.filter((entry) => [...entry.dirty.keys()].some((run) => shown.has(run)));
    const grid = dirty[0]?.state.held?.grid;
    if (!grid || this.#underWay >= MOST_REQUESTS) return;
    const runs = new Set<string>();
    let lowest = Number.POSITIVE_INFINITY;
    for (const entry of dirty) {
      for (const [run, from] of entry.dirty) {
        if (!shown.has(run)) continue;
        runs.add(run);
        lowest = Math.min(lowest, from);
        entry.dirty.delete(run);
      }
    }
    const limits = this.#limits(grid);
    const from = Math.max(bucketStart(lowest, grid), limits.from ?? Number.NEGATIVE_INFINITY);
    if (from > limits.to) {
      // Beyond the zoom nothing is shown; beyond the grid another grid is due.
      if (limits.isOpen) this.#readWhole(dirty);
      return;
    }
    const request = { runs: [...runs], buckets: grid, from, to: limits.to };
    void this.#read(dirty, request, (entry, frame) => {
      if (isBeyond(frame, limits)) return this.#stale(entry);
      return withTail(entry.state.held!, seriesOf(frame, entry.key, this.#view.axis), from);
    });
  }

  /** The part of the x axis that a read on a grid given may ask for: no more buckets than a few charts' worth. */
  #limits(grid: Grid): { from?: number; to: number; isOpen: boolean } {
    const { zoom, buckets } = this.#view;
    if (zoom) return { ...zoom, isOpen: false };
    return { to: grid.origin + grid.width * buckets * 4, isOpen: true };
  }

  #stale(entry: Entry): ChartSeries | undefined {
    entry.isStale = true;
    return entry.state.held;
  }

  async #read(
    entries: readonly Entry[],
    request: Pick<SeriesRequest, "runs" | "buckets" | "from" | "to">,
    take: (entry: Entry, frame: SeriesFrame) => ChartSeries | undefined,
  ): Promise<void> {
    const { signal } = this.#calls;
    const { axis, buckets } = this.#view;
    const keys = entries.map((entry) => entry.key);
    this.#underWay += 1;
    for (const entry of entries) {
      entry.isReading = true;
      const waitingSince = entry.state.waitingSince ?? Date.now();
      this.#update(entry, { ...entry.state, waitingSince });
    }
    try {
      const { runs, from, to } = request;
      const asked: SeriesRequest = {
        runs,
        keys,
        axis,
        buckets: request.buckets,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      };
      const frame = await this.#options.fetch(asked, signal);
      if (signal.aborted) return;
      this.#pauseMs = FIRST_PAUSE_MS;
      for (const entry of entries) {
        const held = take(entry, frame);
        const fitting = held && coarsened(held, buckets);
        if (fitting && !entry.isStale && typeof request.buckets !== "number") {
          entry.isStale = isTooCoarse(fitting, buckets);
        }
        this.#update(entry, { held: fitting, error: undefined, waitingSince: undefined });
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(entries, error);
    } finally {
      if (!signal.aborted) {
        this.#underWay -= 1;
        for (const entry of entries) entry.isReading = false;
        this.#plan();
      }
    }
  }

  /** Without a server the old picture stays and the page says so; any other failure is the chart's own, until a later read works. */
  #fail(entries: readonly Entry[], error: unknown): void {
    const isOffline = error instanceof ReadError && error.isOffline;
    for (const entry of entries) {
      entry.isStale = true;
      entry.isHeldBack = !isOffline;
      const message = error instanceof Error ? error.message : String(error);
      this.#update(entry, {
        held: entry.state.held,
        error: isOffline ? undefined : message,
        waitingSince: undefined,
      });
    }
    if (!isOffline) this.#retryLater();
    else {
      this.#isPaused = true;
      this.#options.offline();
    }
  }

  #retryLater(): void {
    this.#retrying ??= setTimeout(() => {
      this.#retrying = undefined;
      for (const entry of this.#entries.values()) entry.isHeldBack = false;
      this.#plan();
    }, this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    const entry: Entry = {
      key,
      state: EMPTY,
      asked: new Set(),
      isStale: true,
      dirty: new Map(),
      isReading: false,
      isHeldBack: false,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #update(entry: Entry, state: ChartState): void {
    entry.state = state;
    this.#options.changed(entry.key, state);
  }
}

function isFree(entry: Entry): boolean {
  return !entry.isReading && !entry.isHeldBack;
}

function isHeld(entry: Entry): boolean {
  return isFree(entry) && !entry.isStale && entry.state.held !== undefined;
}

function gridName(entry: Entry): string {
  const grid = entry.state.held?.grid;
  return grid ? `${grid.origin} ${grid.width}` : "";
}

function isBeyond(frame: SeriesFrame, limits: { to: number; isOpen: boolean }): boolean {
  return limits.isOpen && frame.extent !== undefined && frame.extent.to > limits.to;
}

function range(zoom: SeriesView["zoom"]): { from?: number; to?: number } {
  return zoom ? { from: zoom.from, to: zoom.to } : {};
}

function groupBy<T>(items: readonly T[], name: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(name(item));
    if (group) group.push(item);
    else groups.set(name(item), [item]);
  }
  return [...groups.values()];
}
