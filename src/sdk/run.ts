/** What a script holds of a run: the same shape whether it is kept or disabled. */

import type { RunId } from "../protocol/ids.ts";
import type { SavedFile } from "../protocol/media.ts";
import type { Value } from "../protocol/values.ts";
import type { Loggable } from "./loggable.ts";
import type { FileUrl } from "./media/media-values.ts";
import type { NotedValues } from "./noted-values.ts";

/** The metrics of a run that has no type of its own for them. */
export interface AnyMetrics {
  readonly [key: string]: LoggedValue | undefined;
}

/** What `log()` takes under a key: numbers, text, dates, arrays and objects of them, and pictures, videos, sounds and tables at any depth. */
export type LoggedValue =
  | Value
  | Loggable
  | readonly LoggedValue[]
  | { readonly [key: string]: LoggedValue };

/**
 * `Given` where all of it can be kept; what cannot, a function or a symbol at any
 * depth, is no type that it could have. Numbers in nested objects become series
 * `parent/child`; `undefined` is left out.
 */
export type Kept<Given> = Given extends symbol | ((...given: never[]) => unknown)
  ? never
  : Given extends LoggedValue | undefined
    ? Given
    : Given extends object
      ? { readonly [Key in keyof Given]: Kept<Given[Key]> }
      : never;

/** What one call of `log()` takes: any of the metrics, or whatever can be kept where they have no type. */
export type LogValues<Metrics extends object, Given> = string extends keyof Metrics
  ? Given & Kept<Given>
  : { readonly [Key in keyof Metrics]?: Metrics[Key] | undefined };

export interface LogOptions {
  /** Any finite number or bigint, in any order, repeats kept. Default: one more than the highest so far; 0 at first. */
  readonly step?: number | bigint | undefined;
  /** When it was: epoch milliseconds or a date. Default: now. */
  readonly time?: number | Date | undefined;
}

/** Counters of one run in this process. Those between `recordCount` and `sizeBytes` stay 0 in a run without trouble. */
export interface RunStats {
  /** Calls of `log()` that are kept. */
  readonly recordCount: number;
  /** Values left out because they cannot be kept or read: functions, promises, cycles, getters that throw, files that are no picture. */
  readonly droppedValues: number;
  /** Steps and times that were no such; the call is kept with the automatic one. */
  readonly wrongOptions: number;
  /** Calls that are not kept because what they were given cannot be read. */
  readonly refusedCalls: number;
  /** Calls that are not kept because they came after `finish()`. */
  readonly lateCalls: number;
  /** Calls that are not kept because the disk refused them. */
  readonly failedWrites: number;
  /** Bytes in this process's journal of the run. */
  readonly sizeBytes: number;
  /** Pictures, videos, sounds, parts of tables and files that this process was the first to keep; the same bytes are kept once. */
  readonly blobCount: number;
  /** Bytes of these, as they were given. */
  readonly blobBytes: number;
}

export interface FinishOptions {
  /** So long it waits, at most, for pictures that are being rendered and for what a server is still to have; 10,000 unless told. */
  readonly timeoutMs?: number | undefined;
}

/** What has not reached the server yet, and where it lies until it has. */
export interface UnsentRest {
  /** Of journals. */
  readonly bytes: number;
  /** Pictures, videos, sounds, parts of tables and files. */
  readonly blobs: number;
  /** Without the token. */
  readonly serverUrl: string;
  /** The data folder. While the script goes on, with the next run there, or by `trackio sync`, it is sent. */
  readonly dir: string;
}

/** What `finish()` resolves to. */
export interface RunReport extends RunStats {
  readonly project: string;
  readonly name: string;
  readonly id: RunId;
  /** From `init` to `finish`. */
  readonly durationMs: number;
  /** All that was told on stderr, one line for each kind of trouble. */
  readonly warnings: readonly string[];
  /** Absent where the server has all of the run, or there is none. */
  readonly unsent?: UnsentRest;
}

/**
 * A run. After `init` nothing of it ever throws: trouble becomes one warning
 * on stderr and a counter in {@link Run.stats}.
 */
export interface Run<
  Config extends object = { readonly [key: string]: Value },
  Metrics extends object = AnyMetrics,
> extends AsyncDisposable {
  readonly id: RunId;
  readonly name: string;
  /** The project's name as it was given. */
  readonly project: string;
  /** Hyperparameters. `set` merges; a key of the name `set` is kept but has no property. */
  readonly config: NotedValues<Config>;
  /** Results that the script sets itself, e.g. the best accuracy. `set` merges. */
  readonly summary: NotedValues<{ [key: string]: Value }>;
  /**
   * Resolves when the server has the run; at once without a server. Rejects with a `TrackioError`: `not_found` where the run was
   * to be resumed (`"must"`) and is not there, `deleted` where it was deleted there, `unavailable` where `finish` did not reach
   * the server, or the script had nothing else to do and waited in vain, for `exitTimeoutMs` at least. Whatever becomes of it, the run goes on, on this machine; nobody has to wait for it or catch it.
   */
  readonly ready: Promise<void>;
  /** The run's page: on the server that it goes to, else while a dashboard shows this data folder; else undefined. */
  readonly url: string | undefined;

  /** Keeps the values: when it returns they are the operating system's, and outlive the process. */
  log<Given extends object>(values: LogValues<Metrics, Given>, options?: LogOptions): void;
  /**
   * Keeps a file with the project, as it is now, under its path relative to the working folder (one outside of that: under
   * its name); a glob, e.g. `"checkpoints/*.json"`, keeps all files that it matches. One that is saved again replaces the former.
   * @returns What was kept; what was not is told.
   */
  save(path: string | FileUrl): readonly SavedFile[];
  stats(): RunStats;
  /**
   * Marks the run finished before it returns; the promise gives a report, once the server has all of the run where there is
   * one, or after `timeoutMs`. Further calls give the same.
   */
  finish(options?: FinishOptions): Promise<RunReport>;
}
