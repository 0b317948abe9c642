/** What is known of a run besides its points. */

import type { ProjectKey, RunId } from "./ids.ts";
import type { Json } from "./values.ts";

/** What the run itself has said: it runs until it says that it ended. */
export type RunState = "running" | "finished" | "failed";

/** What is true of the run: `lost` is a run that never said it ended and whose process is gone. */
export type RunStatus = RunState | "lost";

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
