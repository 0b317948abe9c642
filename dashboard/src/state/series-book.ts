/**
 * Reads the series of the charts that can be seen, and nothing else: several
 * charts in one answer, a few answers under way at once, only the new tail of
 * what changed, the old picture until the new one is there. What is out of date
 * before it arrives is called off.
 */

import type { SeriesRequest } from "../../../src/protocol/api.ts";
import type { SeriesFrame } from "../../../src/protocol/series-frame.ts";
import { ReadError } from "../api/client.ts";
import { type ChartEntry, type ChartState, NOTHING_HELD, newEntry } from "./chart-entry.ts";
import { coarsened, isTooCoarse } from "./chart-series.ts";
import { dueReads, type SeriesRead, type SeriesView } from "./series-reads.ts";

export interface SeriesBookOptions {
  readonly fetch: (request: SeriesRequest, signal: AbortSignal) => Promise<SeriesFrame>;
  readonly changed: (key: string, state: ChartState) => void;
  readonly offline: () => void;
  /** Metrics whose x range is alike may share a grid; their numbers are equal then. */
  readonly rangeClass: (key: string) => number;
}

const MOST_REQUESTS = 4;
const MOST_HELD_OUT_OF_SIGHT = 48;
/** Changes of so long are gathered into one read. */
const GATHER_MS = 120;
/** What failed is read again after so long, then twice as long, up to the longest. */
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;

export class SeriesBook {
  readonly #options: SeriesBookOptions;
  readonly #entries = new Map<string, ChartEntry>();
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
    return this.#entries.get(key)?.state ?? NOTHING_HELD;
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
    if (this.#underWay >= MOST_REQUESTS) return;
    const entries = this.#inSight.map((key) => this.#entry(key));
    for (const read of dueReads(entries, this.#view, this.#options.rangeClass)) {
      void this.#read(read);
      if (this.#underWay >= MOST_REQUESTS) return;
    }
  }

  async #read({ entries, request, take }: SeriesRead): Promise<void> {
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
  #fail(entries: readonly ChartEntry[], error: unknown): void {
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

  #entry(key: string): ChartEntry {
    const known = this.#entries.get(key);
    if (known) return known;
    const entry = newEntry(key);
    this.#entries.set(key, entry);
    return entry;
  }

  #update(entry: ChartEntry, state: ChartState): void {
    entry.state = state;
    this.#options.changed(entry.key, state);
  }
}
