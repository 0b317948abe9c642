/**
 * The lines of a journal: what `log()` writes, what a folder reads, what goes
 * to a remote server. One JSON value a line:
 *
 *     {"trackio":2,"run":{…},"writer":{…},"time":…,"config":{…}}    first line of every file
 *     {"set":0,"keys":["loss",["train","acc"]]}                     names a key set, once
 *     [0,12,1763856000000,0.5,0.9]                                  key set, step, time, values
 *     [0,[3,12],1763856000001,0.4,0.8]                              step 3, below the highest so far, 12
 *     [0,null,1763856000002,0.4,0.8]                                one step more than the run's highest
 *     {"set":1,"keys":["loss"],"ids":true}  [1,13,1763856000003,0.3,"8d0f…"]    a record with an id of its own
 *     {"config":{…},"time":…}   {"summary":{…},"time":…}   {"end":{…},"time":…}
 *     {"file":{…},"time":…}                                         a file that save() keeps
 *     {"alert":{…},"time":…}   {"trace":{…},"time":…}   {"name":"…","time":…}   {"closed":true,"time":…}
 *
 * Laws: the last whole record with a step tells the highest step of its file; a
 * record needs no other line than the `set` it names; an end is the last line
 * of its file, and a run that goes on has a later file; of records, alerts and
 * traces of one run with the same id only the first counts, whatever file they
 * are in; an object with keys that this version does not know is passed over.
 */

import type { Json } from "./json.ts";
import type { SavedFile } from "./media.ts";
import type { Alert, Config, Lane, RunEnd, RunIdentity, Trace, Writer } from "./run.ts";

/** Version of the lines, in the header's `trackio`. A reader refuses a higher one by name. Version 1 had no lanes, ids and steps `null`. */
export const JOURNAL_VERSION = 2;

/** A leaf of a logged object: `["train", "acc"]`, or the bare key where it is not nested. Never empty. */
export type KeyPath = string | readonly [string, ...string[]];

/**
 * A step as written: a JSON number, or `{"$":"int","v":"…"}` beyond 2^53, or -0. `null`: one more than the highest of the
 * run and lane, 0 for its first record, as whoever folds finds it; only where the writer cannot know.
 */
export type StepJson = Json;

export interface HeaderLine {
  readonly trackio: number;
  readonly run: RunIdentity;
  readonly writer: Writer;
  /** Epoch milliseconds at which the file was begun. */
  readonly time: number;
  /** The whole configuration, where this `init` gave one; replaces the former one. */
  readonly config?: Config;
  /** True where the run existed before; `must`: a server that does not have the run refuses the journal. */
  readonly resumed?: boolean | "must";
  /** Absent: records of `log()`. */
  readonly lane?: Lane;
}

export interface KeySetLine {
  /** 0, 1, 2, … in the order of first use in this file. */
  readonly set: number;
  readonly keys: readonly KeyPath[];
  /** Whether its records end with an id, a text. */
  readonly ids?: true;
}

/** `[set, step | [step, highest], time, ...values]`; values in the form of {@link encodeValue}, in the order of the keys, then the id where the set has `ids`. */
export type RecordLine = readonly [
  set: number,
  step: StepJson | readonly [step: StepJson, highest: StepJson],
  timeMs: number,
  ...values: Json[],
];

export interface EventLine {
  /** Epoch milliseconds. */
  readonly time: number;
  /** The whole configuration as it is from now on. */
  readonly config?: Config;
  /** Summary values that the script set itself; merged key by key. */
  readonly summary?: Config;
  readonly end?: RunEnd;
  /** A file that the script keeps with the project. */
  readonly file?: SavedFile;
  readonly alert?: Omit<Alert, "time" | "step"> & { readonly step?: StepJson };
  readonly trace?: Omit<Trace, "time" | "step" | "searchText"> & { readonly step: StepJson };
  /** The run's name from now on. */
  readonly name?: string;
  /** The last line of a file whose writer leaves the run to others: nothing is said of the run's end. */
  readonly closed?: true;
}

/** The series that a path's numbers make: `train/acc`. */
export function seriesKey(path: KeyPath): string {
  return typeof path === "string" ? path : path.join("/");
}
