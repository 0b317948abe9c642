/** A run with one journal, ready to append to. */

import { parseProjectKey, type RunId } from "../../protocol/ids.ts";
import type { DataFolder } from "../data-folder.ts";
import type { RunHead } from "../head-file.ts";
import { JournalWriter } from "../journal-writer.ts";
import { createRun, type NewRun } from "../run-head.ts";

export const PROJECT = parseProjectKey("mnist");

/** A new run called `name`, whose id is given or made of its name. */
export function beginRun(folder: DataFolder, run: Partial<NewRun> & { name: string }): RunHead {
  const id = `id-of-${run.name}` as RunId;
  const facts = { id, projectKey: PROJECT, project: "mnist", config: {} };
  return createRun(folder, { ...facts, ...run }, 1_000);
}

export function beginJournal(folder: DataFolder, name = "first"): JournalWriter {
  return JournalWriter.create(folder, { run: beginRun(folder, { name }).run, time: 1_000 });
}
