import { rmSync } from "node:fs";
import type { DataFolder } from "../journal/data-folder.ts";
import { hasProjectLane, removeProjectLane } from "../journal/make-project.ts";
import { listRunIds, markDeleted, removeProject } from "../journal/run-head.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { ProjectKey } from "../protocol/ids.ts";
import { PROJECT_RUN } from "../protocol/run.ts";
import type { Store } from "../store/store.ts";
import {
  blobsOfProject,
  blobsOfRun,
  checkEnded,
  type DeleteOptions,
  type Deletion,
  journalBytesOf,
} from "./delete-run.ts";
import { freeBlobs } from "./free-blobs.ts";

/**
 * Deletes a project with all of its runs, from the store and from disk.
 * @throws {@link TrackioError} `not_found` where there is no such project, `conflict` where a run of it is running and not forced.
 */
export async function deleteProject(
  folder: DataFolder,
  store: Store,
  project: ProjectKey,
  options: DeleteOptions = {},
): Promise<Deletion> {
  const runs = await store.listRuns(project);
  const onDisk = listRunIds(folder, project);
  const blobs = new Set(await blobsOfProject(folder, store, project));
  const isThere = runs.length > 0 || onDisk.length > 0 || blobs.size > 0;
  if (!isThere && !hasProjectLane(folder, project)) {
    throw new TrackioError("not_found", `No project '${project}'.`);
  }
  if (!options.force) for (const run of runs) checkEnded(run, folder, options.now ?? Date.now);
  const ids = new Set([...onDisk, ...runs.map((run) => run.id)]);
  const journalBytes = [...ids, PROJECT_RUN].reduce(
    (sum, id) => sum + journalBytesOf(folder, project, id),
    0,
  );
  for (const id of ids) {
    for (const hash of await blobsOfRun(folder, store, project, id)) blobs.add(hash);
  }
  for (const id of ids) markDeleted(folder, project, id);
  // No tombstone keeps this from being folded again: the project may begin anew.
  removeProjectLane(folder, project);
  await store.deleteProject(project);
  removeProject(folder, project);
  // The bytes of its artifacts are left to the collector: other projects may have the same.
  for (const ending of ["", "-wal", "-shm"])
    rmSync(folder.artifactsFile(project) + ending, { force: true });
  const freed = await freeBlobs(folder, store, blobs, options.usedElsewhere);
  return {
    runCount: ids.size,
    recordCount: runs.reduce((sum, run) => sum + run.recordCount, 0),
    journalBytes,
    blobCount: freed.count,
    blobBytes: freed.bytes,
  };
}
