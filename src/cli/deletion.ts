import type { Deletion } from "../ingest/delete-run.ts";
import type { Store } from "../store/store.ts";
import { formatBytes, formatQuantity } from "./format.ts";

/** So long a deletion waits for the disk's space to come back; what is left comes with the next compaction. */
const RECLAIM_MS = 2_000;
const PIECE_MS = 100;

/** `120 logs in the store and 1.2 MB of journals`. */
export function describeDeletion({ recordCount, journalBytes }: Deletion): string {
  const journals = journalBytes > 0 ? ` and ${formatBytes(journalBytes)} of journals` : "";
  return `${formatQuantity(recordCount, "log")} in the store${journals}`;
}

/** What went, for programs. */
export function deletionRecord(deletion: Deletion) {
  return {
    num_runs: deletion.runCount,
    num_logs: deletion.recordCount,
    journal_bytes: deletion.journalBytes,
  };
}

/** Gives the space of what was deleted back to the disk. */
export async function reclaimSpace(store: Store, now: () => number): Promise<void> {
  const until = now() + RECLAIM_MS;
  while (now() < until && (await store.compact(PIECE_MS)));
}
