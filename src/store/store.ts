/**
 * The store: what was folded from journals, readable at the cost of what is
 * shown. Every implementation runs `store.contract.ts`; each law below has a
 * test there with the same words.
 *
 * Terms. A *record* is one `log()` call: a step, a time and the values of a
 * *key set*. A *series* is the numbers of one key of one run. A *writer* is one
 * journal of a run; within a run, writers are numbered in the order in which
 * they were first folded. Records are ordered by (step, writer, number in the
 * writer's journal); that is the order of every series and of every read.
 *
 * Laws
 * 1. fold is all or nothing: offsets, records and run facts move together.
 * 2. fold(a); fold(a) ≡ fold(a): a batch that does not start at the stored
 *    offset of its source changes nothing and says which offset is wanted.
 * 3. Rows come back as they were logged: key order, nesting, steps, times,
 *    every number bit for bit.
 * 4. A bucket keeps first, last, minimum and maximum of its points, and counts
 *    them; NaN and ±Infinity are counted and never bend a number.
 * 5. The sum of the counts over all buckets is the number of points in range.
 * 6. Reading buckets costs by the buckets, listing runs by the runs listed.
 * 7. compact changes no answer, except how fast it comes.
 * 8. A deleted run answers not_found, and a fold of it is refused: `deleted`.
 * 9. Media are found by key and step at the cost of what is listed, and a blob
 *    counts as used for as long as a record, a trace or a saved file names it.
 * 10. Of records of one run and lane with the same id the first folded is kept
 *    and no other, whatever source they come from; so with alerts and traces.
 * 11. The lanes of a run have records and series of their own; lists of runs
 *    and projects speak of runs alone.
 */

import type { ProjectKey, RunId } from "../protocol/ids.ts";
import type { KeyPath } from "../protocol/journal-line.ts";
import type { Json } from "../protocol/json.ts";
import type { SavedFile } from "../protocol/media.ts";
import type {
  Alert,
  Config,
  Lane,
  RunEnd,
  RunIdentity,
  RunState,
  Trace,
  Writer,
} from "../protocol/run.ts";
import type { Value } from "../protocol/values.ts";
import type { Buckets } from "../series/bucket-accumulator.ts";
import type { MediaReads } from "./media-reads.ts";

/** One column of a {@link RecordBlock}: all numbers (any double, NaN and -0 included), or anything in {@link encodeValue}'s form. */
export type Column =
  | { readonly kind: "numbers"; readonly values: Float64Array }
  | { readonly kind: "values"; readonly values: readonly Json[] };

/** Records of one key set, in the order in which they were written. All columns have `count` entries. */
export interface RecordBlock {
  readonly keys: readonly KeyPath[];
  readonly count: number;
  /** Number of each record in its writer's journal, rising, from 0. */
  readonly records: Float64Array;
  /**
   * Steps; bigint steps beyond 2^53 make it a `values` column, and so does `null`: one more than the highest of run and
   * lane, 0 for its first record. The fold tells it, of those records that it does not leave out, in the order of their numbers.
   */
  readonly steps: Column;
  /** Epoch milliseconds, fractions allowed. */
  readonly times: Float64Array;
  readonly columns: readonly Column[];
  /**
   * Ids of the records, one each, where they have some. A record whose id the run has already in this lane is left out of
   * the fold; of those of one batch the first written is kept.
   */
  readonly ids?: readonly string[];
}

/** What a piece of a source says, from byte `from` to byte `to` of it. */
export interface FoldBatch {
  /** Names the source for ever, e.g. `<project folder>/<run folder>/<writer>.jsonl`. */
  readonly source: string;
  readonly from: number;
  readonly to: number;
  /** From the source's header; the run is made where it is new, and gets its group where it had none. */
  readonly run: RunIdentity;
  readonly writer: Writer;
  /** What the blocks belong to; absent: records of `log()`. A lane of a run that is new makes the run too. */
  readonly lane?: Lane;
  readonly blocks: readonly RecordBlock[];
  /** Replaces the run's configuration where given. */
  readonly config?: Config;
  /** Merged into the summary values that the script set itself. */
  readonly summary?: Config;
  /** The run's state after this batch: an end, or `"running"` where data came after one. Absent: unchanged. */
  readonly end?: RunEnd | "running";
  /** Kept with the project, whatever becomes of the run. */
  readonly files?: readonly (SavedFile & { readonly time: number })[];
  readonly alerts?: readonly Alert[];
  readonly traces?: readonly Trace[];
  /** The run's name from now on. */
  readonly name?: string;
  /** The writer has left without ending the run: it counts no longer among those that have not ended. */
  readonly closed?: boolean;
  /** Epoch milliseconds of the newest line. */
  readonly seenAt: number;
  /** Lines that could not be read, torn or damaged. */
  readonly damagedLines: number;
}

export type FoldOutcome =
  /**
   * `from`: lowest step and time among the new records; absent without records. `newKeys`: series or media keys that the
   * run did not have; a key makes a series with its first number. `media`: there are new media or files.
   */
  | {
      readonly outcome: "folded";
      readonly from?: { readonly step: number; readonly time: number };
      readonly newKeys: boolean;
      readonly media?: boolean;
      /** Records that were left out since their ids were known. */
      readonly repeatedRecords?: number;
    }
  | { readonly outcome: "moved"; readonly offset: number }
  | { readonly outcome: "deleted" };

export interface ProjectInfo {
  readonly key: ProjectKey;
  readonly name: string;
  readonly runCount: number;
  /** Runs in state `running`, the lost ones among them. */
  readonly runningCount: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface RunInfo extends RunIdentity {
  readonly state: RunState;
  readonly end?: RunEnd;
  readonly endedAt?: number;
  /** Epoch milliseconds of the newest line folded. */
  readonly updatedAt: number;
  /** Of `log()`, as is the step; what other lanes have, `laneSize` tells. */
  readonly recordCount: number;
  /** Highest step; absent before the first record. A number, rounded beyond 2^53. */
  readonly lastStep?: number;
  readonly damagedLines: number;
  readonly config: Config;
  /** What the script set itself by `run.summary`. */
  readonly summary: Config;
  /** Writers of all lanes that have not ended, to tell running from lost. Empty once the run has ended. */
  readonly writers: readonly (Writer & { readonly source: string; readonly seenAt: number })[];
}

/** All that is known of one series without reading it. Over finite values, but for the counts of the others. */
export interface MetricSummary {
  readonly run: RunId;
  readonly key: string;
  /** Points, NaN and ±Infinity among them. */
  readonly count: number;
  /** NaN where there is no finite value. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Value of the last point in the order of records (which may be NaN or infinite). */
  readonly last: number;
  readonly lastStep: number;
  readonly nanCount: number;
  readonly posInfCount: number;
  readonly negInfCount: number;
}

/** `step`: as logged. `time`: epoch milliseconds. */
export type SeriesAxis = "step" | "time";

/** Bucket i holds the points with origin + i·width <= x < origin + (i+1)·width. */
export interface Grid {
  readonly origin: number;
  readonly width: number;
}

export interface SeriesQuery {
  readonly project: ProjectKey;
  /** Absent: series of `log()`. */
  readonly lane?: Lane;
  readonly series: readonly { readonly run: RunId; readonly key: string }[];
  readonly axis: SeriesAxis;
  /** Inclusive bounds on x; absent: all. */
  readonly from?: number;
  readonly to?: number;
  /**
   * A grid, which lays at most 65,536 buckets over what is in range, or how many buckets at most: 1 to 10,000; then the
   * grid is `chooseGrid`'s.
   */
  readonly buckets: Grid | number;
}

/** Buckets of one series. A point may be counted in the bucket beside its own where a rollup spans both. */
export type SeriesBuckets = Buckets;

export interface SeriesAnswer {
  readonly grid: Grid;
  /** Lowest and highest x of all series asked for, whatever the range; absent without points. */
  readonly extent?: { readonly from: number; readonly to: number };
  /** In the order of the query. */
  readonly series: readonly SeriesBuckets[];
}

/** One `log()` call, as logged. */
export interface Row {
  readonly step: number | bigint;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly values: { readonly [key: string]: Value };
}

/** One record in the form in which it was written. */
export interface StoredRecord {
  /** The same object for all records of one key set. */
  readonly keys: readonly KeyPath[];
  readonly step: number | bigint;
  /** Epoch milliseconds. */
  readonly time: number;
  /** In the form of {@link encodeValue}, in the order of `keys`. */
  readonly values: readonly Json[];
}

export interface RecordsQuery {
  readonly project: ProjectKey;
  readonly run: RunId;
  readonly lane?: Lane;
  /** `step` (the order of records), or `time`: by time, records of one time in the order in which they were written. */
  readonly order?: SeriesAxis;
  /** Inclusive bounds on what `order` names; absent: all. */
  readonly from?: number;
  readonly to?: number;
  /** Only records that have one of these keys, and of them these alone. A key is the first part of a path. Absent: all. */
  readonly keys?: readonly string[];
}

export interface TraceQuery {
  readonly project: ProjectKey;
  /** Absent: traces of all runs. */
  readonly run?: RunId;
  readonly id?: string;
  /** Lower case; traces whose `searchText` has it somewhere. */
  readonly search?: string;
  readonly step?: number | bigint;
  /** By time, then id, then as they came; or by step before all of that; `-`: turned round. Newest first unless told. */
  readonly order?: "time" | "-time" | "step" | "-step";
  /** Absent: all. */
  readonly limit?: number;
  readonly offset?: number;
}

export interface RunTrace extends Omit<Trace, "searchText"> {
  readonly run: RunId;
}

export interface RunAlert extends Alert {
  readonly run: RunId;
}

/** One point of a series. */
export interface Point {
  readonly step: number | bigint;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly value: number | bigint;
}

export interface StoreSize {
  readonly bytes: number;
  readonly projects: readonly {
    readonly key: ProjectKey;
    readonly bytes: number;
    readonly pointCount: number;
  }[];
}

export interface Store extends MediaReads, AsyncDisposable {
  fold(batch: FoldBatch): Promise<FoldOutcome>;
  /** Bytes of `source` that are folded; 0 where it is new. */
  offset(source: string): Promise<number>;
  /** Forgets the offset of a source that is gone from disk. */
  forget(source: string): Promise<void>;

  /** Newest activity first. */
  listProjects(): Promise<readonly ProjectInfo[]>;
  /** By number, newest first; only `runs` where given. */
  listRuns(
    project: ProjectKey,
    options?: { readonly runs?: readonly RunId[] },
  ): Promise<readonly RunInfo[]>;
  /** The run of that id, or the newest of that name; undefined where there is none. */
  findRun(project: ProjectKey, idOrName: string): Promise<RunInfo | undefined>;
  /** Summaries of all series of the runs given, by run as asked and key as first logged. */
  listMetrics(
    project: ProjectKey,
    runs: readonly RunId[],
    lane?: Lane,
  ): Promise<readonly MetricSummary[]>;
  /** Keys that records of the run have, whatever their values, as paths, each once, in the order in which they came. */
  listKeys(project: ProjectKey, run: RunId, lane?: Lane): Promise<readonly KeyPath[]>;

  readSeries(query: SeriesQuery): Promise<SeriesAnswer>;
  /** Every point of a series, in order, in pages. */
  readPoints(project: ProjectKey, run: RunId, key: string): AsyncIterable<readonly Point[]>;
  /** Every row of a run, in order, in pages. */
  readRows(project: ProjectKey, run: RunId): AsyncIterable<readonly Row[]>;
  /** Records as they were written, in pages of a few thousand at most; nothing where the run or lane is not there. */
  readRecords(query: RecordsQuery): AsyncIterable<readonly StoredRecord[]>;
  /** How many records a lane of the run has, and its highest step (an integer beyond 2^53 as a bigint); undefined where it is not there. */
  laneSize(
    project: ProjectKey,
    run: RunId,
    lane?: Lane,
  ): Promise<{ readonly recordCount: number; readonly lastStep?: number | bigint } | undefined>;
  /** Of these runs, or all of the project; newest first, of one time what came later first. */
  listAlerts(project: ProjectKey, runs?: readonly RunId[]): Promise<readonly RunAlert[]>;
  listTraces(query: TraceQuery): Promise<readonly RunTrace[]>;

  /**
   * Removes the run and leaves a tombstone of its id. False where there is none.
   * @param options.mayReturn Without a tombstone: its source has it no longer, and may have it again.
   */
  deleteRun(
    project: ProjectKey,
    run: RunId,
    options?: { readonly mayReturn?: boolean },
  ): Promise<boolean>;
  /** Removes all runs of the project, each with a tombstone. False where there is no such project. */
  deleteProject(project: ProjectKey): Promise<boolean>;

  /** Merges what arrived out of order and packs what is loose, for about `budgetMs`. True while there is more to do. */
  compact(budgetMs: number): Promise<boolean>;
  size(): Promise<StoreSize>;
  /** Returns when all that was folded is on the disk itself: a loss of power takes none of it. What it was folded from may go then. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
