/**
 * The head of a run: the little that `init` and the command line must know
 * without opening the store, one small file, replaced whole. A run exists from
 * the moment its head does; whoever made the run's folder writes it.
 *
 * Laws: reading a head costs one small file, finding a run by name one more,
 * whatever the number of runs; two processes that change a head at once lose
 * neither change; a deleted run's id is never given again.
 */

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { TrackioError } from "../protocol/errors.ts";
import type { ProjectKey, RunId } from "../protocol/ids.ts";
import type { Config, RunIdentity } from "../protocol/run.ts";
import type { DataFolder } from "./data-folder.ts";
import { errorCode, isMissing } from "./file-errors.ts";
import { type RunHead, readHeadFile, writeHead } from "./head-file.ts";
import { waitFor, withHeadLock } from "./head-lock.ts";
import { makeFolder } from "./make-folder.ts";
import { makeProject } from "./make-project.ts";
import { allotRunNumber } from "./run-number.ts";

/** What a new run is made from; its number and time are given by {@link createRun}. */
export interface NewRun {
  readonly id: RunId;
  readonly projectKey: ProjectKey;
  /** As the script wrote it. */
  readonly project: string;
  /** The name, or what makes it from the run's number. */
  readonly name: string | ((number: number) => string);
  readonly config: Config;
  readonly group?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly notes?: string | undefined;
  readonly client?: RunIdentity["client"];
  readonly stepsElsewhere?: boolean;
}

/** How long the maker of a run's folder may take to write its head; it takes about a millisecond. */
const CLAIM_LIMIT_MS = 300;

/**
 * Makes the run on disk.
 * @throws {@link TrackioError} `conflict` where a run of that id exists, `deleted` where one was deleted.
 */
export function createRun(folder: DataFolder, run: NewRun, nowMs: number): RunHead {
  const { id, projectKey } = run;
  if (isMarkedDeleted(folder, projectKey, id)) {
    throw new TrackioError(
      "deleted",
      `Run "${id}" of project "${run.project}" was deleted and its id cannot come back; choose another id.`,
    );
  }
  makeProject(folder, run, nowMs);
  claimRunFolder(folder, run);
  const number = allotRunNumber(folder.numbersFolder(projectKey), id);
  const name = typeof run.name === "string" ? run.name : run.name(number);
  const head: RunHead = {
    head: 1,
    run: {
      id,
      projectKey,
      project: run.project,
      name,
      number,
      createdAt: nowMs,
      ...(run.group === undefined ? {} : { group: run.group }),
      ...(run.tags === undefined ? {} : { tags: run.tags }),
      ...(run.notes === undefined ? {} : { notes: run.notes }),
      ...(run.client === undefined ? {} : { client: run.client }),
    },
    config: run.config,
    state: "running",
    ...(run.stepsElsewhere ? { stepsElsewhere: true } : {}),
    recordCount: 0,
    updatedAt: nowMs,
  };
  writeHead(folder.headFile(projectKey, id), head);
  appendName(folder.namesFile(projectKey, name), id);
  return head;
}

/** The head of run `id`; undefined where there is no such run. */
export function readHead(folder: DataFolder, key: ProjectKey, id: RunId): RunHead | undefined {
  return readHeadFile(folder.headFile(key, id));
}

/** The run of that id, or the newest of that name; undefined where there is none, or only what is being deleted. */
export function findHead(
  folder: DataFolder,
  key: ProjectKey,
  wanted: { readonly id: RunId } | { readonly name: string },
): RunHead | undefined {
  for (const id of "id" in wanted ? [wanted.id] : idsOfName(folder, key, wanted.name)) {
    const head = readHead(folder, key, id);
    if (head === undefined || isMarkedDeleted(folder, key, id)) continue;
    // A run that was renamed since is not called so any more.
    if ("id" in wanted || head.run.name === wanted.name) return head;
  }
  return undefined;
}

/**
 * Gives the run another name: it is found by that and no more by the former one. To be done again where it was stopped.
 * The store learns it from a line `{"name":…}` of a journal of the run, and whoever folds that line calls this.
 * @returns The head; undefined where the run is gone.
 */
export function renameRun(
  folder: DataFolder,
  key: ProjectKey,
  id: RunId,
  name: string,
): RunHead | undefined {
  const head = readHead(folder, key, id);
  if (head === undefined || head.run.name === name) return head;
  // The name first: an id under a name that its head does not bear is passed over.
  appendName(folder.namesFile(key, name), id);
  return updateHead(folder, key, id, (before) => ({ ...before, run: { ...before.run, name } }));
}

/** The newest first. */
function idsOfName(folder: DataFolder, key: ProjectKey, name: string): RunId[] {
  const path = folder.namesFile(key, name);
  const ids = ifThere(() => readFileSync(path, "utf8").split("\n").filter(Boolean), []);
  return ids.toReversed() as RunId[];
}

/**
 * Changes a head while nobody else does. `change` gets the head as it is on
 * disk. Undefined, and nothing done, where the run is gone.
 */
export function updateHead(
  folder: DataFolder,
  key: ProjectKey,
  id: RunId,
  change: (head: RunHead) => RunHead,
): RunHead | undefined {
  const path = folder.headFile(key, id);
  if (!existsSync(path)) return undefined;
  return withHeadLock(dirname(path), () => {
    const head = readHeadFile(path);
    if (head === undefined) return undefined;
    const changed = change(head);
    writeHead(path, changed);
    return changed;
  });
}

/** Keeps the id from coming back, and the run from being resumed; what lies on disk of it stays. */
export function markDeleted(folder: DataFolder, key: ProjectKey, id: RunId): void {
  makeFolder(folder.deletedFolder(key));
  writeFileSync(folder.deletedFile(key, id), id);
}

export function isMarkedDeleted(folder: DataFolder, key: ProjectKey, id: RunId): boolean {
  return existsSync(folder.deletedFile(key, id));
}

/** Deletes head and journals of a run and keeps its id from coming back. Its number stays taken. False where there was none. */
export function removeRun(folder: DataFolder, key: ProjectKey, id: RunId): boolean {
  const path = folder.runFolder(key, id);
  if (!existsSync(path)) return false;
  markDeleted(folder, key, id);
  rmSync(path, { recursive: true, force: true });
  return true;
}

/** Deletes all runs of a project from disk; their ids stay deleted. False where there was no such project. */
export function removeProject(folder: DataFolder, key: ProjectKey): boolean {
  if (!existsSync(folder.projectFile(key))) return false;
  for (const id of listRunIds(folder, key)) removeRun(folder, key, id);
  // The file first: a run that begins meanwhile makes all of it anew.
  for (const path of [
    folder.projectFile(key),
    folder.runsFolder(key),
    folder.namesFolder(key),
    folder.numbersFolder(key),
  ]) {
    rmSync(path, { recursive: true, force: true });
  }
  return true;
}

/** Ids of all runs of a project that have a head. Reads every head whose folder's name does not tell. */
export function listRunIds(folder: DataFolder, key: ProjectKey): RunId[] {
  const runsFolder = folder.runsFolder(key);
  const ids: RunId[] = [];
  for (const name of ifThere(() => readdirSync(runsFolder), [])) {
    const id = readHeadFile(join(runsFolder, name, "head.json"))?.run.id;
    if (id !== undefined) ids.push(id);
  }
  return ids;
}

/**
 * A folder can be made by one process only; that one makes the run. A folder
 * whose head does not come belongs to a process that died in between.
 */
function claimRunFolder(folder: DataFolder, run: NewRun): void {
  try {
    mkdirSync(folder.runFolder(run.projectKey, run.id));
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    const headFile = folder.headFile(run.projectKey, run.id);
    if (!waitFor(() => existsSync(headFile), CLAIM_LIMIT_MS)) return;
    throw new TrackioError(
      "conflict",
      `Run "${run.id}" exists already in project "${run.project}"; give another id, or resume: "allow" to go on with it.`,
    );
  }
}

function appendName(namesFile: string, id: RunId): void {
  appendFileSync(namesFile, `${id}\n`);
}

/** What `read` gives, or `otherwise` where the file or folder is not there. */
function ifThere<Result>(read: () => Result, otherwise: Result): Result {
  try {
    return read();
  } catch (error) {
    if (isMissing(error)) return otherwise;
    throw error;
  }
}
