import type { ProjectInfo } from "../../store/store.ts";
import { formatCount, formatTime, isoTime } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { type OpenData, openData } from "../open-data.ts";
import { withStatus } from "../run-record.ts";
import { formatTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";

interface CountedProject {
  readonly project: ProjectInfo;
  readonly runningCount: number;
}

/** `trackio list projects`: by name, as JSON `{"projects": [names], "records": [facts]}`. */
export async function listProjects(
  terminal: Terminal,
  options: { readonly dir?: string; readonly json?: boolean },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const projects = (await data.store.listProjects()).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const counted: CountedProject[] = [];
  for (const project of projects) {
    counted.push({ project, runningCount: await countRunning(data, project, terminal.now()) });
  }
  if (options.json) {
    await terminal.print(jsonDocument(toDocument(counted)));
  } else if (counted.length === 0) {
    terminal.note(`There are no projects in ${data.folder.root} yet.\n`);
  } else {
    await terminal.print(toTable(counted, terminal.width));
  }
}

/** Runs that are running in truth: the store cannot tell them from lost ones. */
async function countRunning(data: OpenData, project: ProjectInfo, nowMs: number): Promise<number> {
  if (project.runningCount === 0) return 0;
  const runs = await data.store.listRuns(project.key);
  return withStatus(data, runs, nowMs).filter(({ status }) => status === "running").length;
}

function toDocument(counted: readonly CountedProject[]) {
  return {
    projects: counted.map(({ project }) => project.name),
    records: counted.map(({ project, runningCount }) => ({
      name: project.name,
      key: project.key,
      num_runs: project.runCount,
      num_running: runningCount,
      created_at: isoTime(project.createdAt),
      updated_at: isoTime(project.updatedAt),
    })),
  };
}

function toTable(counted: readonly CountedProject[], width: number | undefined): string {
  return formatTable(
    [
      { title: "Project", canShrink: true },
      { title: "Runs", align: "right" },
      { title: "Running", align: "right" },
      { title: "Last activity" },
    ],
    counted.map(({ project, runningCount }) => [
      project.name,
      formatCount(project.runCount),
      formatCount(runningCount),
      formatTime(project.updatedAt),
    ]),
    width,
  );
}
