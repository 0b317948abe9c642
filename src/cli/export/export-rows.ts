import type { RunId } from "../../protocol/ids.ts";
import type { ProjectInfo, RunInfo } from "../../store/store.ts";
import { formatCount, formatQuantity } from "../format.ts";
import { type OpenData, openData } from "../open-data.ts";
import { ProgressBar } from "../progress-bar.ts";
import { getProject, getRun } from "../select.ts";
import type { Terminal } from "../terminal.ts";
import { CsvColumns } from "./csv.ts";
import { jsonLine } from "./json-lines.ts";
import { readLoggedRows } from "./logged-row.ts";
import { type Output, openOutput } from "./output.ts";

interface Export {
  readonly data: OpenData;
  readonly project: ProjectInfo;
  readonly runs: readonly RunInfo[];
  readonly output: Output;
  /** To be told of every page that was read. */
  readonly passed: (rowCount: number) => void;
}

/** How a format is written: how often it reads all rows, and the way it does. */
const FORMATS = {
  csv: { passes: 2, write: writeCsv },
  jsonl: { passes: 1, write: writeJsonLines },
} as const;

/** `trackio export`: all rows of all runs of a project, oldest run first, or of the runs named. */
export async function exportRows(
  terminal: Terminal,
  options: {
    readonly dir?: string;
    readonly project?: string;
    readonly run?: readonly string[];
    readonly format?: keyof typeof FORMATS;
    readonly output?: string;
  },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const runs = await chooseRuns(data, project, options.run);
  const named = /\.(jsonl|ndjson)$/i.test(options.output ?? "") ? "jsonl" : "csv";
  const { passes, write } = FORMATS[options.format ?? named];
  const rowCount = runs.reduce((sum, run) => sum + run.recordCount, 0);
  const bar = new ProgressBar(terminal, "Exporting rows", (count) =>
    formatCount(Math.floor(count / passes)),
  );
  // Rows on the terminal itself are progress enough; a bar would stand between them.
  const drawsBar = options.output !== undefined || terminal.width === undefined;
  let doneCount = 0;
  const passed = (count: number): void => {
    doneCount += count;
    if (drawsBar) bar.update(doneCount, rowCount * passes);
  };
  const output = openOutput(terminal, options.output);
  try {
    await write({ data, project, runs, output, passed });
    await output.finish();
  } catch (error) {
    await output.abandon();
    throw error;
  } finally {
    bar.end();
  }
  const what = `${formatQuantity(doneCount / passes, "row")} of ${formatQuantity(runs.length, "run")}`;
  terminal.note(`Wrote ${what}${options.output === undefined ? "" : ` to ${options.output}`}.\n`);
}

async function chooseRuns(
  data: OpenData,
  project: ProjectInfo,
  names: readonly string[] | undefined,
): Promise<readonly RunInfo[]> {
  if (names === undefined) return (await data.store.listRuns(project.key)).toReversed();
  const runs = new Map<RunId, RunInfo>();
  for (const name of names) {
    const run = await getRun(data, project, name);
    runs.set(run.id, run);
  }
  return [...runs.values()];
}

async function writeJsonLines({ data, project, runs, output, passed }: Export): Promise<void> {
  for await (const page of readLoggedRows(data, project, runs)) {
    await output.write(page.map(jsonLine).join(""));
    passed(page.length);
  }
}

/** Reads twice: the first line has to name every column of every row. */
async function writeCsv({ data, project, runs, output, passed }: Export): Promise<void> {
  const columns = new CsvColumns();
  for await (const page of readLoggedRows(data, project, runs)) {
    for (const row of page) columns.add(row);
    passed(page.length);
  }
  await output.write(columns.header());
  for await (const page of readLoggedRows(data, project, runs)) {
    await output.write(page.map((row) => columns.line(row)).join(""));
    passed(page.length);
  }
}
