/** What a store has of a run, for tests of what folds into it. */

import type { RunIdentity } from "../../protocol/run.ts";
import type { Row, RunInfo, Store } from "../../store/store.ts";

export async function rowsOf(store: Store, run: RunIdentity): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of store.readRows(run.projectKey, run.id)) rows.push(...page);
  return rows;
}

export async function factsOf(store: Store, run: RunIdentity): Promise<RunInfo> {
  const [info] = await store.listRuns(run.projectKey, { runs: [run.id] });
  return info!;
}
