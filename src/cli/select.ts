/** Finds what a person named, or says what there is instead. */

import { TrackioError } from "../protocol/errors.ts";
import { parseProjectKey } from "../protocol/ids.ts";
import type { MediaKind } from "../protocol/media.ts";
import { describeMissing, nearestName } from "../protocol/nearest.ts";
import type { ProjectFile } from "../store/media-reads.ts";
import type { MetricSummary, ProjectInfo, RunInfo } from "../store/store.ts";
import type { OpenData } from "./open-data.ts";

/** So many names are told; beyond them the command that lists all is. */
const NAMES_TOLD = 5;

/**
 * The project called `name` in any spelling; without a name, the only one.
 * @throws {@link TrackioError} `not_found` naming the nearest; `invalid_argument` where a name is needed and none is given.
 */
export async function getProject({ store, folder }: OpenData, name?: string): Promise<ProjectInfo> {
  const projects = await store.listProjects();
  const [first] = projects;
  if (first === undefined) {
    const wanted = name === undefined ? "There is no project" : `No project '${name}'`;
    throw new TrackioError(
      "not_found",
      `${wanted}: there are no runs in ${folder.root}. Name another folder with --dir, or log a first run.`,
    );
  }
  const names = projects.map((project) => project.name);
  if (name === undefined) {
    if (projects.length === 1) return first;
    throw new TrackioError(
      "invalid_argument",
      `Which project? Give --project with one of ${tellNames(names, "trackio list projects")}.`,
    );
  }
  const key = parseProjectKey(name, "--project");
  const project = projects.find((candidate) => candidate.key === key);
  if (project !== undefined) return project;
  const remedy = `There ${names.length === 1 ? "is" : "are"} ${tellNames(names, "trackio list projects")}.`;
  throw new TrackioError("not_found", describeMissing("project", name, names, remedy));
}

/**
 * The run of that id, or the newest of that name.
 * @throws {@link TrackioError} `not_found` naming the nearest.
 */
export async function getRun(
  { store }: OpenData,
  project: ProjectInfo,
  idOrName: string,
): Promise<RunInfo> {
  const run = await store.findRun(project.key, idOrName);
  if (run !== undefined) return run;
  const names = [...new Set((await store.listRuns(project.key)).map((other) => other.name))];
  const list = `trackio list runs --project ${project.name}`;
  const remedy =
    names.length === 0
      ? `Project '${project.name}' has no runs.`
      : `Project '${project.name}' has ${tellNames(names, list)}.`;
  throw new TrackioError("not_found", describeMissing("run", idOrName, names, remedy));
}

/**
 * The summary of a run's metric.
 * @throws {@link TrackioError} `not_found` naming the nearest.
 */
export async function getMetric(
  { store }: OpenData,
  project: ProjectInfo,
  run: RunInfo,
  key: string,
): Promise<MetricSummary> {
  const metrics = await store.listMetrics(project.key, [run.id]);
  const metric = metrics.find((candidate) => candidate.key === key);
  if (metric !== undefined) return metric;
  const keys = metrics.map((other) => other.key);
  const leaf = keys.find((other) => other.endsWith(`/${key}`));
  if (leaf !== undefined && nearestName(key, keys) === undefined) {
    throw new TrackioError("not_found", `No metric '${key}'. Did you mean '${leaf}'?`);
  }
  const list = `trackio list metrics --project ${project.name} --run ${run.name}`;
  const remedy =
    keys.length === 0
      ? `Run '${run.name}' has logged no numbers.`
      : `Run '${run.name}' has ${tellNames(keys, list)}.`;
  throw new TrackioError("not_found", describeMissing("metric", key, keys, remedy));
}

/**
 * The kinds, among those that a command is for, of which the run has some under `key`.
 * @param command The kinds, and the command to be named to who asks another one for them.
 * @throws {@link TrackioError} `not_found` naming the nearest.
 */
export async function getMediaKinds(
  { store }: OpenData,
  project: ProjectInfo,
  run: RunInfo,
  key: string,
  command: MediaCommand,
): Promise<readonly MediaKind[]> {
  const media = await store.listMedia(project.key, [run.id]);
  const ofKey = media.filter((some) => some.key === key).map(({ kind }) => kind);
  const kinds = ofKey.filter((kind) => command.kinds.includes(kind));
  if (kinds.length > 0) return kinds;
  if (ofKey.length > 0) {
    const other = MEDIA_COMMANDS.find((some) => some.kinds.includes(ofKey[0]!));
    throw new TrackioError("not_found", `'${key}' is of kind ${ofKey[0]}: \`${other?.name}\`.`);
  }
  const wanted = media.filter(({ kind }) => command.kinds.includes(kind));
  const keys = [...new Set(wanted.map((some) => some.key))];
  const list = `trackio list media --project ${project.name} --run ${run.name}`;
  const remedy =
    keys.length === 0
      ? `Run '${run.name}' has logged no ${command.what}.`
      : `Run '${run.name}' has ${tellNames(keys, list)}.`;
  throw new TrackioError("not_found", describeMissing("key", key, keys, remedy));
}

interface MediaCommand {
  readonly name: string;
  readonly kinds: readonly MediaKind[];
  /** What it gives, for people. */
  readonly what: string;
}

export const GET_MEDIA: MediaCommand = {
  name: "trackio get media",
  kinds: ["image", "video", "audio", "file"],
  what: "images, videos, audio or files",
};
export const GET_TABLE: MediaCommand = {
  name: "trackio get table",
  kinds: ["table"],
  what: "tables",
};
const MEDIA_COMMANDS = [GET_MEDIA, GET_TABLE];

/**
 * The saved file of that path.
 * @throws {@link TrackioError} `not_found` naming the nearest.
 */
export async function getFile(
  { store }: OpenData,
  project: ProjectInfo,
  path: string,
): Promise<ProjectFile> {
  const files = await store.listFiles(project.key);
  const file = files.find((candidate) => candidate.path === path);
  if (file !== undefined) return file;
  const paths = files.map((other) => other.path);
  const list = `trackio list files --project ${project.name}`;
  const remedy =
    paths.length === 0
      ? `Project '${project.name}' keeps no files.`
      : `Project '${project.name}' keeps ${tellNames(paths, list)}.`;
  throw new TrackioError("not_found", describeMissing("file", path, paths, remedy));
}

/** `'a', 'b' or 'c'`, or the first few and the command that lists all. */
function tellNames(names: readonly string[], listCommand: string): string {
  const told = names.slice(0, NAMES_TOLD).map((name) => `'${name}'`);
  if (names.length > NAMES_TOLD) return `${told.join(", ")}, … (\`${listCommand}\` shows all)`;
  return told.length < 2 ? told.join("") : `${told.slice(0, -1).join(", ")} and ${told.at(-1)}`;
}
