import type { DataFolder } from "../journal/data-folder.ts";
import { listProjectKeys } from "../journal/list-journals.ts";
import { isMarkedDeleted, listRunIds, removeRun } from "../journal/run-head.ts";
import type { Store } from "../store/store.ts";

/** Deletes what deletions that were stopped left of their runs; the blobs of these are then nobody's. */
export async function finishDeletions(folder: DataFolder, store: Store): Promise<void> {
  for (const key of listProjectKeys(folder)) {
    for (const id of listRunIds(folder, key)) {
      if (!isMarkedDeleted(folder, key, id)) continue;
      await store.deleteRun(key, id);
      removeRun(folder, key, id);
    }
  }
}
