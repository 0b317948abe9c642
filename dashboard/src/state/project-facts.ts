/**
 * Runs and metrics of one project, kept true by what the server tells: only the
 * runs whose facts changed are asked for again, the metrics only when one is new.
 */

import { type Accessor, batch, createSignal } from "solid-js";
import type { ChangeEvent, Metric, Run } from "../../../src/protocol/api.ts";
import { fetchMetrics, fetchRun, fetchRuns, ReadError } from "../api/client.ts";

/** More changed runs than this cost less as one list. */
const MOST_SINGLE_READS = 8;
/** More runs than this the server refuses in one question; the newest come first. */
const MOST_RUNS = 10_000;
/** Changes of so long are gathered into one read. */
const GATHER_MS = 150;
/** Values that are looked at are read again after so long, or after so many times what the read took. */
const VALUES_PAUSE_MS = 2000;
const VALUES_SHARE = 10;
/** What failed is read again after so long, then twice as long, up to the longest. */
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;

export class ProjectFacts {
  readonly project: string;
  /** Newest first; undefined until they are there. */
  readonly runs: Accessor<readonly Run[] | undefined>;
  /** Metrics of the runs last asked for, in the order in which they were first logged; undefined until they are there. */
  readonly metrics: Accessor<readonly Metric[] | undefined>;
  /** The runs that the metrics speak of: their lists of runs are indexes into it. */
  readonly metricRuns: Accessor<readonly string[]>;
  /** Why nothing can be shown: the project is gone, or its first read fails. */
  readonly problem: Accessor<ReadError | undefined>;
  /** Highest run number when the project was opened; runs above it came since. */
  newestAtStart = Number.POSITIVE_INFINITY;

  readonly #setRuns: (runs: readonly Run[]) => void;
  readonly #setMetrics: (metrics: readonly Metric[], runs: readonly string[]) => void;
  readonly #setProblem: (problem: ReadError | undefined) => void;
  readonly #calls = new AbortController();
  readonly #offline: () => void;
  readonly #changedRuns = new Set<string>();
  #wantedRuns: readonly string[] = [];
  #metricCall: AbortController | undefined;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #followers = 0;
  #following: ReturnType<typeof setTimeout> | undefined;
  #valuesTookMs = 0;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #wantsMetrics = false;
  #wasAsked = false;
  #isBegun = false;

  constructor(project: string, offline: () => void) {
    this.project = project;
    this.#offline = offline;
    const [runs, setRuns] = createSignal<readonly Run[] | undefined>();
    const [metrics, setMetrics] = createSignal<readonly Metric[] | undefined>();
    const [metricRuns, setMetricRuns] = createSignal<readonly string[]>([]);
    const [problem, setProblem] = createSignal<ReadError | undefined>();
    this.runs = runs;
    this.metrics = metrics;
    this.metricRuns = metricRuns;
    this.problem = problem;
    this.#setRuns = (value) => setRuns(() => value);
    this.#setMetrics = (value, ids) =>
      batch(() => {
        setMetrics(() => value);
        setMetricRuns(() => ids);
      });
    this.#setProblem = (value) => setProblem(() => value);
  }

  /** Whether {@link begin} was called. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** The first read of all. */
  begin(): void {
    this.#isBegun = true;
    void this.readRuns();
  }

  async readRuns(): Promise<void> {
    await this.#guard(async () => {
      const { runs } = await fetchRuns(this.project, this.#calls.signal);
      if (this.newestAtStart === Number.POSITIVE_INFINITY) {
        this.newestAtStart = runs[0]?.number ?? -1;
      }
      batch(() => {
        // A page without metrics would be empty: why stays until they are there.
        if (this.metrics() !== undefined) this.#setProblem(undefined);
        this.#setRuns(runs);
      });
    });
  }

  /** Asks for the metrics of `runs`, unless they are there already. */
  wantMetrics(runs: readonly string[]): void {
    const known = new Set(this.#wantedRuns);
    if (this.#wasAsked && runs.every((run) => known.has(run))) return;
    this.#wantedRuns = runs;
    void this.readMetrics();
  }

  async readMetrics(): Promise<void> {
    this.#metricCall?.abort();
    this.#wasAsked = true;
    const asked = this.#wantedRuns.slice(0, MOST_RUNS);
    if (asked.length === 0) {
      this.#takeMetrics([], []);
      return;
    }
    const call = new AbortController();
    this.#metricCall = call;
    const signal = AbortSignal.any([call.signal, this.#calls.signal]);
    await this.#guard(async () => {
      const table = await fetchMetrics(this.project, { runs: [...asked] }, signal);
      if (!signal.aborted) this.#takeMetrics(table.metrics, asked);
    }, signal);
  }

  #takeMetrics(metrics: readonly Metric[], runs: readonly string[]): void {
    batch(() => {
      this.#setProblem(undefined);
      this.#setMetrics(metrics, runs);
    });
  }

  change(event: ChangeEvent): void {
    for (const run of event.runs) {
      if (run.facts) this.#changedRuns.add(run.id);
      if (run.newKeys) this.#wantsMetrics = true;
    }
    if (this.#followers > 0) this.#readValuesLater();
    if (this.#changedRuns.size === 0 && !this.#wantsMetrics) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.#readChanged();
    }, GATHER_MS);
  }

  /** From now on last steps and last values are read again while they change. Returns how to end that. */
  followValues(): () => void {
    this.#followers += 1;
    return () => {
      this.#followers -= 1;
    };
  }

  #readValuesLater(): void {
    const pauseMs = Math.max(VALUES_PAUSE_MS, this.#valuesTookMs * VALUES_SHARE);
    this.#following ??= setTimeout(async () => {
      // From here on a change is a change to what is being read.
      this.#following = undefined;
      const beganAt = performance.now();
      await Promise.all([this.readRuns(), this.readMetrics()]);
      this.#valuesTookMs = performance.now() - beganAt;
    }, pauseMs);
  }

  close(): void {
    clearTimeout(this.#following);
    clearTimeout(this.#gathering);
    clearTimeout(this.#retrying);
    this.#calls.abort();
  }

  async #readChanged(): Promise<void> {
    const ids = [...this.#changedRuns];
    this.#changedRuns.clear();
    const wantsMetrics = this.#wantsMetrics;
    this.#wantsMetrics = false;
    if (ids.length > MOST_SINGLE_READS) await this.readRuns();
    else await this.#guard(async () => this.#merge(await Promise.all(ids.map(this.#readRun))));
    if (wantsMetrics) await this.readMetrics();
  }

  #readRun = async (id: string): Promise<{ id: string; run: Run | undefined }> => {
    try {
      return { id, run: await fetchRun(this.project, id, this.#calls.signal) };
    } catch (error) {
      if (isGone(error)) return { id, run: undefined };
      throw error;
    }
  };

  /** Puts changed runs in the places of their old selves; new ones before all older ones. */
  #merge(changed: readonly { id: string; run: Run | undefined }[]): void {
    if (changed.length === 0) return;
    const byId = new Map((this.runs() ?? []).map((run) => [run.id, run]));
    for (const { id, run } of changed) {
      if (run) byId.set(id, run);
      else byId.delete(id);
    }
    this.#setRuns([...byId.values()].sort((a, b) => b.number - a.number));
  }

  /** What is shown stays while a read fails; only a project that is gone, or one that never came, is said instead of it. */
  async #guard(read: () => Promise<void>, signal = this.#calls.signal): Promise<void> {
    try {
      await read();
      this.#pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      if (signal.aborted) return;
      const known = error instanceof ReadError ? error : new ReadError(String(error));
      const isNothingShown = this.runs() === undefined || this.metrics() === undefined;
      if (isNothingShown || isGone(known)) this.#setProblem(known);
      if (known.isOffline) this.#offline();
      else this.#retryLater();
    }
  }

  #retryLater(): void {
    this.#retrying ??= setTimeout(async () => {
      this.#retrying = undefined;
      await this.readRuns();
      if (this.#wasAsked) await this.readMetrics();
    }, this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof ReadError && /not_found|deleted/.test(error.code ?? "");
}
