/** Deletes runs that are over and collects blobs, however young, until it is killed. Argument: data folder. */

import { setTimeout as wait } from "node:timers/promises";
import { deleteRun } from "../../src/ingest/delete-run.ts";
import { finishDeletions } from "../../src/ingest/finish-deletions.ts";
import { collectUnusedBlobs } from "../../src/ingest/free-blobs.ts";
import { openStoreForFolding } from "../../src/ingest/open-store.ts";
import { TrackioError } from "../../src/protocol/errors.ts";

const [dir] = process.argv.slice(2) as [string];
const { folder, store } = await openStoreForFolding(dir);
for (let round = 0; round < 100_000; round++) {
  await finishDeletions(folder, store);
  for (const { key } of await store.listProjects()) {
    for (const { id } of await store.listRuns(key)) {
      if (Math.random() < 0.7) continue;
      try {
        await deleteRun(folder, store, key, id);
      } catch (error) {
        // It runs, or another process was quicker.
        if (!(error instanceof TrackioError) || !/conflict|not_found/.test(error.code)) throw error;
      }
    }
  }
  await collectUnusedBlobs(folder, store, { olderThanMs: 0 });
  await wait(20);
}
