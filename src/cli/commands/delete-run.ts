import { detachRunAt } from "../../artifacts/change-run.ts";
import { usedByArtifacts } from "../../artifacts/used-by-artifacts.ts";
import { checkEnded, deleteRun } from "../../ingest/delete-run.ts";
import { readHead } from "../../journal/run-head.ts";
import { confirm } from "../confirm.ts";
import { deletionRecord, describeDeletion, reclaimSpace, tellWhatStays } from "../deletion.ts";
import { formatQuantity } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { openData } from "../open-data.ts";
import { getProject, getRun } from "../select.ts";
import type { Terminal } from "../terminal.ts";
import type { RunOptions } from "./options.ts";

/** `trackio delete run`: asks, deletes, and says what went. */
export async function deleteOneRun(
  terminal: Terminal,
  options: RunOptions & {
    readonly yes?: boolean;
    readonly force?: boolean;
  },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const run = await getRun(data, project, options.run);
  const now = () => terminal.now();
  // Refused before anybody is asked.
  if (!options.force) checkEnded(run, data.folder, now);
  const what = `run '${run.name}' (${run.id}) of project '${project.name}'`;
  const logs = formatQuantity(run.recordCount, "log");
  if (!(await confirm(terminal, `Delete ${what} with ${logs}`, options))) return;
  const force = options.force ?? false;
  // A run with a head was logged to this folder; another one was read from Python's.
  const isPythons = readHead(data.folder, project.key, run.id) === undefined;
  const deletion = await deleteRun(data.folder, data.store, project.key, run.id, {
    force,
    now,
    usedElsewhere: (hashes) => usedByArtifacts(data.folder.artifactsPath, hashes),
  });
  const others = await data.store.listRuns(project.key);
  detachRunAt(data.folder.artifactsFile(project.key), run, others);
  await reclaimSpace(data.store, now);
  if (options.json) {
    const deleted = { project: project.name, run: run.name, run_id: run.id };
    await terminal.print(jsonDocument({ ...deleted, ...deletionRecord(deletion) }));
  } else {
    await terminal.print(`Deleted ${what}: ${describeDeletion(deletion)}.\n`);
  }
  if (isPythons) tellWhatStays(terminal, data.folder, project.key);
}
