import type { Deletion } from "../ingest/delete-run.ts";
import { databasesOf } from "../ingest/trackio-folder/find-databases.ts";
import type { DataFolder } from "../journal/data-folder.ts";
import type { ProjectKey } from "../protocol/ids.ts";
import type { Store } from "../store/store.ts";
import { formatBytes, formatQuantity } from "./format.ts";
import type { Terminal } from "./terminal.ts";

/** So long a deletion waits for the disk's space to come back; what is left comes with the next compaction. */
const RECLAIM_MS = 2_000;
const PIECE_MS = 100;

/** `120 logs in the store, 1.2 MB of journals and 34 MB of media and files`. */
export function describeDeletion({ recordCount, journalBytes, blobBytes }: Deletion): string {
  const parts = [
    `${formatQuantity(recordCount, "log")} in the store`,
    ...(journalBytes > 0 ? [`${formatBytes(journalBytes)} of journals`] : []),
    ...(blobBytes > 0 ? [`${formatBytes(blobBytes)} of media and files`] : []),
  ];
  const last = parts.pop();
  return parts.length === 0 ? `${last}` : `${parts.join(", ")} and ${last}`;
}

/** Tells that what Trackio for Python has of the project in this folder is its own, and stays. */
export function tellWhatStays(terminal: Terminal, folder: DataFolder, project: ProjectKey): void {
  const names = databasesOf(folder.root, project).join(" and ");
  if (names === "") return;
  terminal.note(
    `What Trackio for Python has of it in ${names} stays there, and is not shown here any more.\n`,
  );
}

/** What went, for programs. */
export function deletionRecord(deletion: Deletion) {
  return {
    num_runs: deletion.runCount,
    num_logs: deletion.recordCount,
    journal_bytes: deletion.journalBytes,
    num_blobs: deletion.blobCount,
    blob_bytes: deletion.blobBytes,
  };
}

/** Gives the space of what was deleted back to the disk. */
export async function reclaimSpace(store: Store, now: () => number): Promise<void> {
  const until = now() + RECLAIM_MS;
  while (now() < until && (await store.compact(PIECE_MS)));
}
