/** What runs there are, and what is known of each. */

import { readdirSync } from "node:fs";
import { compareCodePoints } from "../../../artifacts/manifest.ts";
import { listLinkedRuns } from "../../../artifacts/run-links.ts";
import { giveBackConfig } from "../../../ingest/trackio/give-back.ts";
import { formatTrackioTime } from "../../../ingest/trackio/trackio-names.ts";
import type { ProjectKey } from "../../../protocol/ids.ts";
import type { Json } from "../../../protocol/json.ts";
import type { RunInfo, Store } from "../../../store/store.ts";
import { listArtifactProjects, withArtifacts } from "./open-artifacts.ts";
import { type CallValues, findRunOfLane, givenRunId, projectOf } from "./run-identity.ts";
import type { TrackioSource } from "./trackio-source.ts";

export interface RunRecord {
  readonly id: string | null;
  readonly name: string | null;
  readonly created_at: string;
}

/** By name as files of Trackio for Python are called, registries among them. */
export async function getAllProjects({ store, folder }: TrackioSource): Promise<Json> {
  const names = new Set<string>((await store.listProjects()).map(({ key }) => key));
  for (const project of listArtifactProjects(folder)) names.add(project);
  for (const name of listRegistryProjects(folder.root)) names.add(name);
  return [...names].sort(compareCodePoints);
}

/** `registry-models` of `registry-models.db`. */
export function listRegistryProjects(root: string): string[] {
  try {
    const names = readdirSync(root).filter((name) => /^registry-[A-Za-z0-9_-]+\.db$/.test(name));
    return names.map((name) => name.slice(0, -3)).sort(compareCodePoints);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Oldest first; runs that only artifacts speak of among them. */
export async function listRunRecords(
  source: TrackioSource,
  project: ProjectKey,
): Promise<RunRecord[]> {
  const runs = await listRunsByAge(source.store, project);
  const records = runs.map(({ id, name, createdAt }) => {
    return { id, name, created_at: formatTrackioTime(createdAt) };
  });
  const linked = await withArtifacts(source.folder, project, (rows) => {
    return listLinkedRuns(rows, project, records);
  });
  if (linked === undefined) return records;
  const others = linked.map(({ id, name, created_at }) => ({ id, name, created_at }));
  return [...records, ...others].sort((a, b) => compareCodePoints(a.created_at, b.created_at));
}

export async function getRunsForProject(source: TrackioSource, values: CallValues): Promise<Json> {
  return (await listRunRecords(source, projectOf(values))) as unknown as Json;
}

export async function getRunConfigs({ store }: TrackioSource, values: CallValues): Promise<Json> {
  const runs = await listRunsByAge(store, projectOf(values));
  const configs = runs.flatMap(({ id, config }) => {
    return Object.keys(config).length === 0 ? [] : [[id, giveBackConfig(config)] as const];
  });
  return { $: "entries", v: configs };
}

export async function getProjectSummary(source: TrackioSource, values: CallValues): Promise<Json> {
  const project = projectOf(values);
  const runs = await listRunRecords(source, project);
  let lastStep: number | bigint | undefined;
  for (const { id, lastStep: rounded } of await source.store.listRuns(project)) {
    if (rounded === undefined || (lastStep !== undefined && rounded < Number(lastStep))) continue;
    const exact = (await source.store.laneSize(project, id))?.lastStep ?? rounded;
    if (lastStep === undefined || exact > lastStep) lastStep = exact;
  }
  return {
    project: values.project!,
    num_runs: runs.length,
    runs: runs as unknown as Json,
    last_activity: integerJson(lastStep),
  };
}

export async function getRunSummary(source: TrackioSource, values: CallValues): Promise<Json> {
  const { store } = source;
  const project = projectOf(values);
  const asked = givenRunId(values);
  const id = await findRunOfLane(store, values);
  const [run] = id === undefined ? [] : await store.listRuns(project, { runs: [id] });
  const size = id === undefined ? undefined : await store.laneSize(project, id);
  const count = size?.recordCount ?? 0;
  const config = run === undefined || Object.keys(run.config).length === 0 ? undefined : run.config;
  return {
    project: values.project!,
    run: asked !== undefined && run !== undefined ? run.name : values.run!,
    run_id: values.run_id!,
    num_logs: count,
    metrics: count === 0 ? [] : await listNames(store, values),
    config: config === undefined ? null : giveBackConfig(config),
    last_step: integerJson(size?.lastStep),
  };
}

export async function getMetricsForRun(
  { store }: TrackioSource,
  values: CallValues,
): Promise<Json> {
  return await listNames(store, values);
}

export async function getSystemMetricsForRun(
  { store }: TrackioSource,
  values: CallValues,
): Promise<Json> {
  return await listNames(store, values, "system");
}

/** Names of the first level, in the order of the alphabet, without those that stand for time and step. */
async function listNames(store: Store, values: CallValues, lane?: "system"): Promise<string[]> {
  const run = await findRunOfLane(store, values, lane);
  if (run === undefined) return [];
  const keys = await store.listKeys(projectOf(values), run, lane);
  const names = new Set(keys.map((key) => (typeof key === "string" ? key : key[0])));
  names.delete("timestamp");
  if (lane === undefined) names.delete("step");
  return [...names].sort(compareCodePoints);
}

async function listRunsByAge(store: Store, project: ProjectKey): Promise<RunInfo[]> {
  const runs = await store.listRuns(project);
  return [...runs].sort((a, b) => a.createdAt - b.createdAt || a.number - b.number);
}

function integerJson(value: number | bigint | undefined): Json {
  if (value === undefined) return null;
  return typeof value === "bigint" ? { $: "int", v: String(value) } : value;
}
