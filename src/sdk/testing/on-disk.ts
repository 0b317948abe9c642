/** What the SDK left on disk, as a test wants to see it. */

import type { DataFolder } from "../../journal/data-folder.ts";
import type { RunHead } from "../../journal/head-file.ts";
import { listJournals } from "../../journal/list-journals.ts";
import { readHead } from "../../journal/run-head.ts";
import { type ReadAll, readAll } from "../../journal/testing/read-all.ts";
import { type KeyPath, seriesKey } from "../../protocol/journal-line.ts";

export interface RunOnDisk extends ReadAll {
  readonly head: RunHead;
  /** Each record as an object by series key. */
  readonly rows: readonly { readonly [key: string]: unknown }[];
  /** Undefined where the server is to tell it. */
  readonly steps: readonly (number | bigint | undefined)[];
}

/** Every journal of the folder, in the order in which they were begun. */
export function readRuns(folder: DataFolder): RunOnDisk[] {
  const journals = [...listJournals(folder)].sort((a, b) =>
    a.path.slice(a.path.lastIndexOf("/")) < b.path.slice(b.path.lastIndexOf("/")) ? -1 : 1,
  );
  return journals.map(({ path, key, id }) => {
    const all = readAll(path);
    const head = readHead(folder, key, id);
    if (head === undefined) throw new Error(`The journal ${path} has no head.`);
    return {
      ...all,
      head,
      rows: all.records.map(({ keys, values }) =>
        Object.fromEntries(keys.map((path: KeyPath, i) => [seriesKey(path), values[i]])),
      ),
      steps: all.records.map((record) => record.step),
    };
  });
}

/** The only journal of the folder. */
export function readRun(folder: DataFolder): RunOnDisk {
  const [run, ...others] = readRuns(folder);
  if (run === undefined || others.length > 0) throw new Error(`${others.length + 1} journals`);
  return run;
}
