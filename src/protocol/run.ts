/** What is known of a run besides its points. */

import type { ProjectKey, RunId } from "./ids.ts";
import type { Json } from "./json.ts";
import type { Step } from "./step.ts";

/** What the run itself has said: it runs until it says that it ended. */
export type RunState = "running" | "finished" | "failed";

/**
 * What is true of the run: `lost` is a run that never said it ended and whose
 * process is gone; `idle` one whose client has no word for an end (a Trackio
 * client) and has been silent for 5 minutes.
 */
export type RunStatus = RunState | "lost" | "idle";

/**
 * What kind of records a journal holds: those of `log()` (no lane); a run's
 * system metrics; or what belongs to a project without a run, under
 * {@link PROJECT_RUN}. Lanes of a run share its id and nothing else: each has
 * records, series and steps of its own.
 */
export type Lane = "system" | "project";

export function isLane(lane: unknown): lane is Lane {
  return lane === "system" || lane === "project";
}

/** What never changes after `init`. */
export interface RunIdentity {
  readonly id: RunId;
  readonly projectKey: ProjectKey;
  /** The project's name as the script wrote it. */
  readonly project: string;
  readonly name: string;
  /** 0 for the first run of the project, then 1, 2, …; decides colour and dash for ever. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly group?: string;
  readonly tags?: readonly string[];
  readonly notes?: string;
  /** Who logs: absent for this package's own SDK; `trackio` for the Python package, whose protocol knows no end of a run. */
  readonly client?: "trackio";
}

/** The id under which the `project` lane of each project is kept; no run may have it, and no list shows it. */
export const PROJECT_RUN = "\u0000project" as RunId;

/** A notice that a script wrote: "loss is NaN". */
export interface Alert {
  /** Unique in its run; the same one again is not kept twice. */
  readonly id: string;
  readonly title: string;
  readonly text?: string;
  /** `info`, `warn` or `error`, or what a client wrote. */
  readonly level: string;
  readonly step?: Step;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** A conversation or a tree of calls that a script logged. */
export interface Trace {
  /** Unique in its run; the same one again is not kept twice. */
  readonly id: string;
  /** The key under which it was logged, and its place in the list that it was logged in; absent for a single one. */
  readonly key: string;
  readonly index?: number;
  readonly step: Step;
  /** Epoch milliseconds. */
  readonly time: number;
  /** What was logged, in the form of {@link encodeValue}, e.g. `{messages, metadata, spans}`. */
  readonly body: Json;
  /** What a search looks through, lower case. */
  readonly searchText: string;
}

/** Who writes: with pid and its start time, a process of this machine is known for certain, even if the pid was given again. */
export interface Writer {
  /** Unique among all writers of the run; also the journal's file name without `.jsonl`. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** When the process began, in the system's own units (Linux: clock ticks since boot, `@`, the boot's id, `/`, the pid namespace); absent where it cannot be told. */
  readonly pidStart?: string;
}

/** How a run ended. */
export interface RunEnd {
  readonly state: "finished" | "failed";
  /** Why, e.g. `SIGINT`, `uncaught error`, `exit code 3`; absent when finished. */
  readonly reason?: string;
  /** The error's own text with its stack, at most 16 KiB. */
  readonly error?: string;
}

/** Hyperparameters as they were given, in the JSON form of {@link encodeValue}. */
export type Config = { readonly [key: string]: Json };
