/**
 * The end of journals. What only a journal knew, its run's head must know
 * before it goes: the next `init` with `resume` reads the head and nothing else.
 * One that has still to be sent to another machine stays until it is there.
 */

import type { DataFolder } from "../journal/data-folder.ts";
import type { RunHead } from "../journal/head-file.ts";
import { listJournalsOf, removeJournal } from "../journal/list-journals.ts";
import { isToBeSent } from "../journal/remote-mark.ts";
import { updateHead } from "../journal/run-head.ts";
import { higherStep, type Step } from "../journal/step-field.ts";
import type { ProjectKey, RunId } from "../protocol/ids.ts";
import { PROJECT_RUN } from "../protocol/run.ts";
import type { RunInfo, Store } from "../store/store.ts";
import type { JournalFold } from "./journal-fold.ts";

/**
 * The journals of one run, where the run has ended and all of them are
 * complete. Where anything speaks against it, none may go.
 * @param folds All known journals of the run.
 * @returns Those that may go: the head has what they knew.
 */
export async function releaseFolded(
  folder: DataFolder,
  store: Store,
  folds: readonly JournalFold[],
  nowMs: number,
): Promise<readonly JournalFold[]> {
  const { key, id } = folds[0]!.file;
  const known = await readKnown(store, key, id);
  if (known === undefined || known.run.state === "running") return [];
  const sources = new Set(folds.map((fold) => fold.file.source));
  const isAllKnown = listJournalsOf(folder, key, id).every((file) => sources.has(file.source));
  if (!isAllKnown || !folds.every((fold) => fold.isComplete() && !isToBeSent(fold.file.path))) {
    return [];
  }
  const head = updateHead(folder, key, id, (before) => ({
    ...headWith(before, known),
    updatedAt: nowMs,
    ...(isResumed(before, known.run) ? {} : endOf(known.run)),
  }));
  return head === undefined ? [] : folds;
}

/**
 * Those journals of one run whose writers have left it to others, also while it runs.
 * @returns Those that may go: the head has what they knew.
 */
export async function releaseLeft(
  folder: DataFolder,
  store: Store,
  folds: readonly JournalFold[],
): Promise<readonly JournalFold[]> {
  const left = folds.filter((fold) => fold.isLeft() && !isToBeSent(fold.file.path));
  if (left.length === 0) return [];
  const { key, id } = left[0]!.file;
  if (id === PROJECT_RUN) return left;
  const known = await readKnown(store, key, id);
  if (known === undefined) return [];
  const { run } = known;
  const head = updateHead(folder, key, id, (before) => ({
    ...headWith(before, known),
    // Nobody else tells the head of a run without an end.
    ...(run.client === "trackio" ? { config: run.config } : {}),
  }));
  return head === undefined ? [] : left;
}

/**
 * Removes journals that may go, once what was folded from them outlives a loss of power.
 * @returns Those that are gone.
 */
export async function removeReleased(
  store: Store,
  folds: readonly JournalFold[],
): Promise<readonly JournalFold[]> {
  if (folds.length === 0) return [];
  await store.sync();
  return folds.filter(({ file }) => removeJournal(file.path, file.sizeBytes));
}

interface Known {
  readonly run: RunInfo;
  readonly highestStep: Step | undefined;
}

async function readKnown(store: Store, key: ProjectKey, id: RunId): Promise<Known | undefined> {
  const [run] = await store.listRuns(key, { runs: [id] });
  if (run === undefined) return undefined;
  return { run, highestStep: (await store.laneSize(key, id))?.lastStep };
}

/** All of the journals is in the store, so that it knows their highest step. */
function headWith(head: RunHead, { run, highestStep: folded }: Known): RunHead {
  const highestStep = higherStep(head.highestStep, folded);
  return {
    ...head,
    ...(highestStep === undefined ? {} : { highestStep }),
    recordCount: run.recordCount,
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
