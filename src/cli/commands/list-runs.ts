import { formatCount, formatDuration, formatNumber, formatTime } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { openData } from "../open-data.ts";
import { type RunWithStatus, runRecord, withStatus } from "../run-record.ts";
import { getProject } from "../select.ts";
import { formatTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { ProjectOptions } from "./options.ts";

/** `trackio list runs`: oldest first, as JSON `{"project", "runs": [names], "records": [facts]}`. */
export async function listRuns(terminal: Terminal, options: ProjectOptions): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const newestFirst = await data.store.listRuns(project.key);
  const runs = withStatus(data, newestFirst.toReversed(), terminal.now());
  if (options.json) {
    const names = runs.map(({ run }) => run.name);
    const document = { project: project.name, runs: names, records: runs.map(runRecord) };
    await terminal.print(jsonDocument(document));
  } else if (runs.length === 0) {
    terminal.note(`Project '${project.name}' has no runs.\n`);
  } else {
    await terminal.print(toTable(runs, terminal));
  }
}

function toTable(runs: readonly RunWithStatus[], terminal: Terminal): string {
  // Ids take room, and are needed only to tell runs of the same name apart.
  const needIds = new Set(runs.map(({ run }) => run.name)).size < runs.length;
  return formatTable(
    [
      { title: "#", align: "right" },
      { title: "Run", canShrink: true },
      { title: "Status", canShrink: true },
      { title: "Logs", align: "right" },
      { title: "Last step", align: "right" },
      { title: "Started" },
      { title: "Duration", align: "right" },
      ...(needIds ? [{ title: "Id" }] : []),
    ],
    runs.map(({ run, status }) => [
      String(run.number),
      run.name,
      run.end?.reason === undefined ? status : `${status} (${run.end.reason})`,
      formatCount(run.recordCount),
      run.lastStep === undefined ? "–" : formatNumber(run.lastStep),
      formatTime(run.createdAt),
      formatDuration(lastSignOf({ run, status }, terminal.now()) - run.createdAt),
      ...(needIds ? [run.id] : []),
    ]),
    terminal.width,
  );
}

/** When the run ended, or was last heard of; now where it still runs. */
function lastSignOf({ run, status }: RunWithStatus, nowMs: number): number {
  if (status === "running") return nowMs;
  return run.endedAt ?? run.updatedAt;
}
