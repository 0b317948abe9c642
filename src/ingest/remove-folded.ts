/**
 * The end of journals. What only a journal knew, its run's head must know
 * before it goes: the next `init` with `resume` reads the head and nothing else.
 */

import { statSync } from "node:fs";
import type { DataFolder } from "../journal/data-folder.ts";
import { readHighestStep } from "../journal/highest-step.ts";
import { listJournalsOf, removeJournal } from "../journal/list-journals.ts";
import { type RunHead, updateHead } from "../journal/run-head.ts";
import { higherStep } from "../journal/step-field.ts";
import type { RunInfo, Store } from "../store/store.ts";
import type { JournalFold } from "./journal-fold.ts";

/**
 * Removes the journals of one run where the run has ended and all of them are
 * complete. Where anything speaks against it, none is removed.
 * @param folds All known journals of the run.
 * @returns Those that are gone.
 */
export async function removeFolded(
  folder: DataFolder,
  store: Store,
  folds: readonly JournalFold[],
  nowMs: number,
): Promise<readonly JournalFold[]> {
  const { key, id } = folds[0]!.file;
  const [run] = await store.listRuns(key, { runs: [id] });
  if (run === undefined || run.state === "running") return [];
  const known = new Set(folds.map((fold) => fold.file.source));
  const isAllKnown = listJournalsOf(folder, key, id).every((file) => known.has(file.source));
  if (!isAllKnown || !folds.every((fold) => fold.isComplete())) return [];
  const head = updateHead(folder, key, id, (before) => headAfter(before, run, folds, nowMs));
  if (head === undefined) return [];
  const removable = folds.filter(hasNotGrown);
  for (const fold of removable) removeJournal(fold.file.path);
  return removable;
}

function headAfter(
  head: RunHead,
  run: RunInfo,
  folds: readonly JournalFold[],
  nowMs: number,
): RunHead {
  const highestStep = folds
    .map((fold) => readHighestStep(fold.file.path))
    .reduce(higherStep, head.highestStep);
  return {
    ...head,
    ...(highestStep === undefined ? {} : { highestStep }),
    recordCount: run.recordCount,
    updatedAt: nowMs,
    ...(isResumed(head, run) ? {} : endOf(run)),
  };
}

/** Whoever resumed the run after its end has said in the head what holds now. */
function isResumed(head: RunHead, run: RunInfo): boolean {
  return head.state === "running" && head.updatedAt > (run.endedAt ?? run.updatedAt);
}

function endOf(run: RunInfo): Pick<RunHead, "config" | "state" | "end"> {
  return {
    config: run.config,
    state: run.state,
    ...(run.end === undefined ? {} : { end: run.end }),
  };
}

function hasNotGrown({ file }: JournalFold): boolean {
  return statSync(file.path, { throwIfNoEntry: false })?.size === file.sizeBytes;
}
