/** Reads the store for one question and makes the answer's bytes. Runs where long work may: not on the event loop. */

import type { MetricTable, ProjectList, Run, RunList } from "../../protocol/api.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { RunId } from "../../protocol/ids.ts";
import { describeMissing } from "../../protocol/nearest.ts";
import type { RunStatus } from "../../protocol/run.ts";
import { encodeSeriesFrame } from "../../protocol/series-frame-codec.ts";
import type { RunInfo, Store } from "../../store/store.ts";
import { buildMetricTable } from "./metric-table.ts";
import type { AnswerBytes, Question } from "./question.ts";
import { readSeriesFrame } from "./read-series-frame.ts";

/** What answers are made from. */
export interface Source {
  readonly store: Store;
  readonly statusOf: (run: RunInfo) => RunStatus;
}

/** @throws {@link TrackioError} `not_found` with the nearest name, `invalid_argument` for a question too large. */
export async function answerQuestion(source: Source, question: Question): Promise<AnswerBytes> {
  switch (question.ask) {
    case "projects":
      return json(await listProjects(source, question.running));
    case "runs":
      return json(await listRuns(source, question));
    case "run":
      return json(await findRun(source, question));
    case "metrics": {
      const summaries = await source.store.listMetrics(question.project, question.runs as RunId[]);
      if (summaries.length === 0) await checkProject(source, question);
      return json(buildMetricTable(question.runs, summaries) satisfies MetricTable);
    }
    case "series": {
      const frame = await readSeriesFrame(source.store, question);
      if (frame.series.length === 0) await checkProject(source, question);
      return encodeSeriesFrame(frame);
    }
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
  if (runs.length === 0) await checkProject(source, question);
  return { runs: runs.map((run) => describeRun(source, run)) };
}

async function findRun(source: Source, question: Question & { ask: "run" }): Promise<Run> {
  const run = await source.store.findRun(question.project, question.run);
  if (run !== undefined) return describeRun(source, run);
  await checkProject(source, question);
  const names = (await source.store.listRuns(question.project)).map(({ name }) => name);
  const remedy = `Project '${question.asWritten}' has ${names.length} runs; list them to see their names.`;
  throw new TrackioError("not_found", describeMissing("run", question.run, names, remedy));
}

/** Only asked where an answer is empty: whether the project is there at all. */
async function checkProject({ store }: Source, question: InProject): Promise<void> {
  const projects = await store.listProjects();
  if (projects.some(({ key }) => key === question.project)) return;
  const names = projects.map(({ name }) => name);
  const remedy =
    names.length === 0 ? "Log a first run to make it." : "List the projects to see their names.";
  throw new TrackioError(
    "not_found",
    describeMissing("project", question.asWritten, names, remedy),
  );
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
