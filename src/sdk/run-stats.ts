/** The counters of a run that has not logged yet. */

import type { RunStats } from "./run.ts";

/** As the run itself counts. */
export type RunCounters = { -readonly [Key in keyof RunStats]: RunStats[Key] };

export const noTrouble: RunStats = {
  recordCount: 0,
  droppedValues: 0,
  wrongOptions: 0,
  refusedCalls: 0,
  lateCalls: 0,
  failedWrites: 0,
  sizeBytes: 0,
  blobCount: 0,
  blobBytes: 0,
};
