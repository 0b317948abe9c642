/**
 * From options to a run on disk: a new one, or one that goes on. Reads heads
 * and the ends of journals, never the store.
 */

import { existsSync } from "node:fs";
import { DataFolder, resolveDataRoot } from "../journal/data-folder.ts";
import { explainWriteError } from "../journal/file-errors.ts";
import type { RunHead } from "../journal/head-file.ts";
import { readHighestStep } from "../journal/highest-step.ts";
import { JournalWriter } from "../journal/journal-writer.ts";
import { listJournalsOf } from "../journal/list-journals.ts";
import { createRun, findHead, updateHead } from "../journal/run-head.ts";
import { higherStep, type Step } from "../journal/step-field.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { Config } from "../protocol/run.ts";
import { encodeConfig } from "./encode-config.ts";
import type { CheckedOptions } from "./init-options.ts";
import { createRunIdQuickly } from "./run-id.ts";
import { defaultRunName } from "./run-name.ts";
import type { Warnings } from "./warnings.ts";

export interface OpenedRun {
  readonly folder: DataFolder;
  readonly head: RunHead;
  readonly journal: JournalWriter;
  /** Whether the server that it goes to is to refuse it where it does not have the run. */
  readonly mustExist: boolean;
  /** Highest step of the run so far, in all its journals. */
  readonly highestStep: Step | undefined;
}

/**
 * @throws {@link TrackioError} where there is nothing to resume, the id is taken, or the folder cannot be written to. Where the
 * run goes to a server, what is to be resumed may be there and not here: then it begins.
 */
export function openRun(options: CheckedOptions, warnings: Warnings, nowMs: number): OpenedRun {
  const folder = new DataFolder(resolveDataRoot({ dir: options.dir }));
  const config =
    options.config === undefined ? undefined : encodeConfig(options.config, "config", warnings);
  try {
    const former = options.resume === "never" ? undefined : findFormer(folder, options);
    if (former !== undefined) return resume(folder, former, config, nowMs);
    return begin(folder, options, config, nowMs);
  } catch (error) {
    throw explainWriteError(error, folder.root);
  }
}

function findFormer(folder: DataFolder, options: CheckedOptions): RunHead | undefined {
  const { id, name, projectKey } = options;
  const wanted = id === undefined ? (name === undefined ? undefined : { name }) : { id };
  const head = wanted === undefined ? undefined : findHead(folder, projectKey, wanted);
  if (head !== undefined || options.resume !== "must" || options.server !== undefined) return head;
  const what = id === undefined ? `named "${name}"` : `with the id "${id}"`;
  throw new TrackioError(
    "not_found",
    `No run ${what} in project "${options.project}" of ${folder.root}; correct it, or resume: "allow" to begin a new one.`,
  );
}

function begin(
  folder: DataFolder,
  options: CheckedOptions,
  config: Config | undefined,
  nowMs: number,
): OpenedRun {
  const { project, projectKey, id, group, tags, notes } = options;
  const name = options.name ?? ((number: number) => freeName(folder, options, number));
  const stepsElsewhere = mayBeElsewhere(options);
  const facts = { project, projectKey, name, group, tags, notes, config: config ?? {} };
  let head: RunHead;
  try {
    const run = { ...facts, stepsElsewhere, id: id ?? createRunIdQuickly() };
    head = createRun(folder, run, nowMs);
  } catch (error) {
    // Another process began the run that this one was to go on with or begin.
    const isRace = error instanceof TrackioError && error.code === "conflict";
    const former = isRace && options.resume !== "never" ? findFormer(folder, options) : undefined;
    if (former === undefined) throw error;
    return resume(folder, former, config, nowMs);
  }
  const mustExist = options.resume === "must" && options.server !== undefined;
  const header = {
    run: head.run,
    time: nowMs,
    // Of a run that may be elsewhere an empty one would take away what that has.
    ...(config === undefined && stepsElsewhere ? {} : { config: head.config }),
    ...(mustExist ? { resumed: "must" as const } : stepsElsewhere ? { resumed: true } : {}),
  };
  const journal = JournalWriter.create(folder, header);
  return { folder, head, journal, mustExist, highestStep: undefined };
}

function resume(
  folder: DataFolder,
  former: RunHead,
  config: Config | undefined,
  nowMs: number,
): OpenedRun {
  const { projectKey, id } = former.run;
  // Before the head is read: who folds brings that up to date, then removes a journal.
  let { highestStep } = former;
  for (const journal of listJournalsOf(folder, projectKey, id)) {
    highestStep = readHighestStep(journal.path, highestStep);
  }
  const head = updateHead(folder, projectKey, id, ({ end: _, ...rest }) => ({
    ...rest,
    state: "running",
    config: config ?? rest.config,
    updatedAt: nowMs,
  }));
  if (head === undefined) {
    throw new TrackioError("deleted", `Run "${id}" was deleted while it was being resumed.`);
  }
  highestStep = higherStep(highestStep, head.highestStep);
  const header = { run: head.run, time: nowMs, resumed: true };
  const journal = JournalWriter.create(
    folder,
    config === undefined ? header : { ...header, config },
  );
  return { folder, head, journal, mustExist: false, highestStep };
}

/** Whether the run is to go on with one that is not here, but may be on the server. */
function mayBeElsewhere({ server, resume, id }: CheckedOptions): boolean {
  return server !== undefined && resume !== "never" && id !== undefined;
}

/** The run's default name; where someone called a run like that, the same with one more letter. */
function freeName(folder: DataFolder, options: CheckedOptions, number: number): string {
  const name = defaultRunName(number);
  const isTaken = (candidate: string) =>
    existsSync(folder.namesFile(options.projectKey, candidate));
  return isTaken(name) ? `${name}-${number}` : name;
}
