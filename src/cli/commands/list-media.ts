import type { MediaSummary } from "../../store/media-reads.ts";
import type { ProjectInfo, RunInfo } from "../../store/store.ts";
import { formatCount, formatNumber, isoTime } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { type OpenData, openData } from "../open-data.ts";
import { getProject, getRun } from "../select.ts";
import { formatTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { ProjectOptions } from "./options.ts";

interface RunMedia {
  readonly run: RunInfo;
  readonly media: readonly MediaSummary[];
}

/** `trackio list media`: of one run or of all, oldest run first, as JSON `{"project", "media": [keys], "records": [facts]}`. */
export async function listMedia(
  terminal: Terminal,
  options: ProjectOptions & {
    readonly run?: string;
  },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const ofRuns = await readMedia(data, project, options.run);
  const keys = new Set(ofRuns.flatMap(({ media }) => media.map(({ key }) => key)));
  if (options.json) {
    const records = ofRuns.flatMap(({ run, media }) => media.map((some) => toRecord(run, some)));
    await terminal.print(jsonDocument({ project: project.name, media: [...keys], records }));
  } else if (keys.size === 0) {
    const who = options.run === undefined ? `Project '${project.name}'` : `Run '${options.run}'`;
    terminal.note(`${who} has logged no images, videos, audio or tables.\n`);
  } else {
    await terminal.print(toTable(ofRuns, terminal.width));
  }
}

async function readMedia(
  data: OpenData,
  project: ProjectInfo,
  idOrName: string | undefined,
): Promise<RunMedia[]> {
  const runs =
    idOrName === undefined
      ? (await data.store.listRuns(project.key)).toReversed()
      : [await getRun(data, project, idOrName)];
  const ids = runs.map(({ id }) => id);
  const ofRun = Map.groupBy(await data.store.listMedia(project.key, ids), ({ run }) => run);
  return runs.map((run) => ({ run, media: ofRun.get(run.id) ?? [] }));
}

function toRecord(run: RunInfo, media: MediaSummary) {
  return {
    run: run.name,
    run_id: run.id,
    key: media.key,
    kind: media.kind,
    num_items: media.itemCount,
    num_steps: media.stepCount,
    first_step: media.firstStep,
    last_step: media.lastStep,
    last_time: isoTime(media.lastTime),
  };
}

function toTable(ofRuns: readonly RunMedia[], width: number | undefined): string {
  return formatTable(
    [
      { title: "Run", canShrink: true },
      { title: "Key", canShrink: true },
      { title: "Kind" },
      { title: "Items", align: "right" },
      { title: "Steps", align: "right" },
      { title: "First", align: "right" },
      { title: "Last", align: "right" },
    ],
    ofRuns.flatMap(({ run, media }) =>
      media.map((some) => [
        run.name,
        some.key,
        some.kind,
        formatCount(some.itemCount),
        formatCount(some.stepCount),
        formatNumber(some.firstStep),
        formatNumber(some.lastStep),
      ]),
    ),
    width,
  );
}
