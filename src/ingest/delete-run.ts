/** Deleting really deletes: from the store, and from disk, where a script may have logged what is not folded yet. */

import type { DataFolder } from "../journal/data-folder.ts";
import { listJournalsOf } from "../journal/list-journals.ts";
import { removeProjectLane } from "../journal/make-project.ts";
import { listRunIds, markDeleted, readHead, removeRun } from "../journal/run-head.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { ProjectKey, RunId } from "../protocol/ids.ts";
import type { BlobHash } from "../protocol/media.ts";
import { PROJECT_RUN } from "../protocol/run.ts";
import type { RunInfo, Store } from "../store/store.ts";
import { freeBlobs, type UsedElsewhere } from "./free-blobs.ts";
import { runStatus } from "./run-status.ts";
import { collectNames } from "./unfolded-names.ts";

/** What is gone. */
export interface Deletion {
  readonly runCount: number;
  /** Records that were in the store. */
  readonly recordCount: number;
  /** Bytes of journals that are gone from disk. The store gives its space back when it is compacted. */
  readonly journalBytes: number;
  /** Pictures, videos, tables and files that nothing else refers to, and their bytes on disk. */
  readonly blobCount: number;
  readonly blobBytes: number;
}

export interface DeleteOptions {
  /** Also where a process still writes to it. */
  readonly force?: boolean;
  readonly now?: () => number;
  /** Keeps blobs that the run shares with others, e.g. with artifacts. */
  readonly usedElsewhere?: UsedElsewhere;
}

/**
 * Deletes a run; later records of it are refused.
 * @throws {@link TrackioError} `not_found` where there is no such run, `conflict` where it is running and not forced.
 */
export async function deleteRun(
  folder: DataFolder,
  store: Store,
  project: ProjectKey,
  id: RunId,
  options: DeleteOptions = {},
): Promise<Deletion> {
  const [run] = await store.listRuns(project, { runs: [id] });
  if (run === undefined && readHead(folder, project, id) === undefined) {
    throw new TrackioError("not_found", `No run '${id}' in project '${project}'.`);
  }
  if (run !== undefined && !options.force) checkEnded(run, folder, options.now ?? Date.now);
  let journalBytes = journalBytesOf(folder, project, id);
  const blobs = await blobsOfRun(folder, store, project, id);
  const kept = await blobsOfProject(folder, store, project);
  // The mark first: stopped from here on, no script goes on with the run, and the next folder finishes. Then the store:
  // once its tombstone stands, no folder brings the run back from what is still on disk.
  markDeleted(folder, project, id);
  if (await isLastRun(folder, store, project, id)) {
    // With its last run a project goes, and all that it keeps without one.
    journalBytes += journalBytesOf(folder, project, PROJECT_RUN);
    removeProjectLane(folder, project);
  }
  await store.deleteRun(project, id);
  removeRun(folder, project, id);
  const freed = await freeBlobs(folder, store, [...blobs, ...kept], options.usedElsewhere);
  return {
    runCount: 1,
    recordCount: run?.recordCount ?? 0,
    journalBytes,
    blobCount: freed.count,
    blobBytes: freed.bytes,
  };
}

/** Blobs that the run refers to, in the store or in what is not folded yet. */
export async function blobsOfRun(
  folder: DataFolder,
  store: Store,
  project: ProjectKey,
  id: RunId,
): Promise<ReadonlySet<BlobHash>> {
  const blobs = new Set<BlobHash>();
  for await (const page of store.listBlobs(project, id)) for (const hash of page) blobs.add(hash);
  for (const { path, source } of listJournalsOf(folder, project, id)) {
    collectNames(path, await store.offset(source), blobs);
  }
  return blobs;
}

/** Blobs that the project refers to without a run, in the store or in what is not folded yet. */
export async function blobsOfProject(
  folder: DataFolder,
  store: Store,
  project: ProjectKey,
): Promise<ReadonlySet<BlobHash>> {
  const files = await store.listFiles(project);
  const blobs = new Set(await blobsOfRun(folder, store, project, PROJECT_RUN));
  for (const { blob } of files) blobs.add(blob);
  return blobs;
}

async function isLastRun(
  folder: DataFolder,
  store: Store,
  project: ProjectKey,
  id: RunId,
): Promise<boolean> {
  const others = (await store.listRuns(project)).some((run) => run.id !== id);
  return !others && listRunIds(folder, project).every((other) => other === id);
}

/** Bytes of the journals of a run. */
export function journalBytesOf(folder: DataFolder, project: ProjectKey, id: RunId): number {
  return listJournalsOf(folder, project, id).reduce((sum, file) => sum + file.sizeBytes, 0);
}

/** @throws {@link TrackioError} `conflict` where the run is running. */
export function checkEnded(run: RunInfo, folder: DataFolder, now: () => number): void {
  if (runStatus(run, now(), folder) !== "running") return;
  throw new TrackioError(
    "conflict",
    `Run '${run.name}' of project '${run.project}' is running; end its script first, or delete it with --force.`,
  );
}
