/** A row on its way out, with the run that logged it. */

import type { ProjectInfo, Row, RunInfo } from "../../store/store.ts";
import type { OpenData } from "../open-data.ts";

export interface LoggedRow {
  readonly run: RunInfo;
  readonly row: Row;
}

/** The columns that every row has, before what was logged. */
export const FACT_COLUMNS = ["run", "run_id", "step", "timestamp"] as const;

/** The name under which a logged key is written: `__step` for a key that would take the place of a column of ours. */
export function columnOf(key: string): string {
  return (FACT_COLUMNS as readonly string[]).includes(key) ? `__${key}` : key;
}

/** Every row of the runs, run after run, each in the order of its steps, in pages. */
export async function* readLoggedRows(
  { store }: OpenData,
  project: ProjectInfo,
  runs: readonly RunInfo[],
): AsyncGenerator<readonly LoggedRow[], void, undefined> {
  for (const run of runs) {
    for await (const page of store.readRows(project.key, run.id)) {
      yield page.map((row) => ({ run, row }));
    }
  }
}
