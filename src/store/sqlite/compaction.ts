/**
 * Compaction: packs the tails of runs that have ended, merges segments until a
 * lane has few of them, sweeps what was deleted, and gives free space back.
 * It works in slices, each a transaction that changes no answer, so that it
 * may stop, or be stopped, anywhere. What needs a look stands in `work`.
 */

import type { Database } from "./database.ts";
import { sweepDeleted } from "./deletion.ts";
import { mergeSlice } from "./merge.ts";
import { vacuumSlice } from "./vacuum.ts";
import { packAll } from "./waiting-records.ts";

/** Works until `budgetMs` have gone by or there is no more to do; true where there is more. */
export function compact(db: Database, budgetMs: number): boolean {
  const deadline = performance.now() + budgetMs;
  for (let slices = 0; ; slices++) {
    if (!compactSlice(db)) {
      if (slices > 0) db.checkpoint();
      return false;
    }
    if (performance.now() >= deadline) return true;
  }
}

/** Does one slice of work; false where there was none. */
function compactSlice(db: Database): boolean {
  if (db.write(() => sweepDeleted(db))) return true;
  if (db.write(() => workOnKeySet(db))) return true;
  return vacuumSlice(db);
}

function workOnKeySet(db: Database): boolean {
  const row = db.get("SELECT key_set FROM work LIMIT 1");
  if (row === undefined) return false;
  const keySet = row.key_set as number;
  const run = db.get(
    "SELECT r.state FROM key_sets k JOIN runs r ON r.id = k.run WHERE k.id = ?",
    keySet,
  );
  const hasEnded = run !== undefined && run.state !== "running";
  if (hasEnded) packAll(db, keySet);
  const isMerging = (["step", "time"] as const).some((lane) =>
    mergeSlice(db, keySet, lane, hasEnded),
  );
  if (!isMerging) db.run("DELETE FROM work WHERE key_set = ?", keySet);
  return true;
}
