/** Reads the store for one question and makes the answer's bytes. Runs where long work may: not on the event loop. */

import type { DataFolder } from "../../journal/data-folder.ts";
import type { BlobFolder } from "../../media/blob-folder.ts";
import type { FileList, MetricTable, ProjectList, Run, RunList } from "../../protocol/api.ts";
import type { RunId } from "../../protocol/ids.ts";
import type { RunStatus } from "../../protocol/run.ts";
import { encodeSeriesFrame } from "../../protocol/series-frame-codec.ts";
import type { RunInfo, Store } from "../../store/store.ts";
import { checkProject, findRun } from "./find-run.ts";
import { buildMetricTable } from "./metric-table.ts";
import type { AnswerBytes, Question } from "./question.ts";
import { buildMediaTable, readMediaItems, readMediaSteps } from "./read-media.ts";
import { readSeriesFrame } from "./read-series-frame.ts";
import { readTable } from "./read-table.ts";

/** What answers are made from. */
export interface Source {
  readonly folder: DataFolder;
  readonly store: Store;
  /** Where parts of tables lie. */
  readonly blobs: BlobFolder;
  readonly statusOf: (run: RunInfo) => RunStatus;
}

/** A person sees what is there of a table, and how many rows are not. One string has to hold the answer. */
const PAGE = { passesOverLost: true, mostBytes: 128 * 1024 * 1024 };

/** @throws {@link TrackioError} `not_found` with the nearest name, `invalid_argument` for a question too large. */
export async function answerQuestion(source: Source, question: Question): Promise<AnswerBytes> {
  const { store } = source;
  switch (question.ask) {
    case "projects":
      return json(await listProjects(source, question.running));
    case "runs":
      return json(await listRuns(source, question));
    case "run":
      return json(describeRun(source, await findRun(store, question)));
    case "metrics": {
      const summaries = await store.listMetrics(question.project, question.runs as RunId[]);
      if (summaries.length === 0) await checkProject(store, question);
      return json(buildMetricTable(question.runs, summaries) satisfies MetricTable);
    }
    case "series": {
      const frame = await readSeriesFrame(store, question);
      if (frame.series.length === 0) await checkProject(store, question);
      return encodeSeriesFrame(frame);
    }
    case "media": {
      const summaries = await store.listMedia(question.project, question.runs as RunId[]);
      if (summaries.length === 0) await checkProject(store, question);
      return json(buildMediaTable(question.runs, summaries));
    }
    case "mediaSteps": {
      const steps = await readMediaSteps(store, question);
      if (steps.runs.length === 0) await checkProject(store, question);
      return json(steps);
    }
    case "mediaItems": {
      const items = await readMediaItems(store, question);
      if (items.items.length === 0) await checkProject(store, question);
      return json(items);
    }
    case "table":
      return json(await readTable(source, question, PAGE));
    case "files":
      return json(await listFiles(store, question));
  }
}

type InProject = Exclude<Question, { ask: "projects" }>;

async function listProjects(
  { store }: Source,
  running: { readonly [project: string]: number },
): Promise<ProjectList> {
  const projects = await store.listProjects();
  return {
    projects: projects.map((project) => ({
      ...project,
      runningCount: Object.hasOwn(running, project.key) ? running[project.key]! : 0,
    })),
  };
}

async function listRuns(source: Source, question: InProject): Promise<RunList> {
  const runs = await source.store.listRuns(question.project);
  if (runs.length === 0) await checkProject(source.store, question);
  return { runs: runs.map((run) => describeRun(source, run)) };
}

async function listFiles(store: Store, question: InProject): Promise<FileList> {
  const files = await store.listFiles(question.project);
  if (files.length === 0) await checkProject(store, question);
  return {
    files: files.map(({ path, blob, type, bytes, time }) => ({ path, blob, type, bytes, time })),
  };
}

function describeRun({ statusOf }: Source, run: RunInfo): Run {
  const { group, tags, notes, end, endedAt, lastStep } = run;
  return {
    id: run.id,
    project: run.projectKey,
    name: run.name,
    number: run.number,
    ...(group === undefined ? {} : { group }),
    ...(tags === undefined ? {} : { tags: [...tags] }),
    ...(notes === undefined ? {} : { notes }),
    createdAt: run.createdAt,
    updatedAt: run.updatedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    status: statusOf(run),
    ...(end?.reason === undefined ? {} : { reason: end.reason }),
    ...(end?.error === undefined ? {} : { error: end.error }),
    recordCount: run.recordCount,
    ...(lastStep === undefined ? {} : { lastStep }),
    damagedLines: run.damagedLines,
    config: { ...run.config },
    summary: { ...run.summary },
  };
}

function json(value: unknown): AnswerBytes {
  return new TextEncoder().encode(JSON.stringify(value));
}
