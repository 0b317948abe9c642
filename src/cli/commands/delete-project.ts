import { usedByArtifacts } from "../../artifacts/used-by-artifacts.ts";
import { deleteProject } from "../../ingest/delete-project.ts";
import { checkEnded } from "../../ingest/delete-run.ts";
import { confirm } from "../confirm.ts";
import { deletionRecord, describeDeletion, reclaimSpace, tellWhatStays } from "../deletion.ts";
import { formatQuantity } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { openData } from "../open-data.ts";
import { getProject } from "../select.ts";
import type { Terminal } from "../terminal.ts";

/** `trackio delete project`: asks, deletes all of its runs, and says what went. */
export async function deleteWholeProject(
  terminal: Terminal,
  options: {
    readonly dir?: string;
    readonly json?: boolean;
    readonly project: string;
    readonly yes?: boolean;
    readonly force?: boolean;
  },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const now = () => terminal.now();
  // Refused before anybody is asked.
  if (!options.force) {
    for (const run of await data.store.listRuns(project.key)) checkEnded(run, data.folder, now);
  }
  const runs = formatQuantity(project.runCount, "run");
  const what = `project '${project.name}'`;
  if (!(await confirm(terminal, `Delete ${what} with its ${runs}`, options))) return;
  const force = options.force ?? false;
  const deletion = await deleteProject(data.folder, data.store, project.key, {
    force,
    now,
    usedElsewhere: (hashes) => usedByArtifacts(data.folder.artifactsPath, hashes),
  });
  await reclaimSpace(data.store, now);
  if (options.json) {
    await terminal.print(jsonDocument({ project: project.name, ...deletionRecord(deletion) }));
  } else {
    const gone = formatQuantity(deletion.runCount, "run");
    await terminal.print(`Deleted ${what} with ${gone}: ${describeDeletion(deletion)}.\n`);
  }
  tellWhatStays(terminal, data.folder, project.key);
}
