/** Which pages of a Trackio dashboard have something to show. */

import { first, hasColumn } from "../../../artifacts/artifact-database.ts";
import { memberOf } from "../../../ingest/trackio/members-of.ts";
import type { ProjectKey, RunId } from "../../../protocol/ids.ts";
import { seriesKey } from "../../../protocol/journal-line.ts";
import type { Json } from "../../../protocol/json.ts";
import type { RunInfo, Store } from "../../../store/store.ts";
import { withArtifacts } from "./open-artifacts.ts";
import { hasProjectFiles } from "./project-files.ts";
import { type CallValues, projectOf } from "./run-identity.ts";
import type { TrackioSource } from "./trackio-source.ts";

/** Keys without numbers that are looked into to find out what they hold; newest runs first. */
const MAX_KEYS_LOOKED_INTO = 300;

export async function getTabAvailability(source: TrackioSource, values: CallValues): Promise<Json> {
  const { store } = source;
  const project = projectOf(values);
  const runs = await store.listRuns(project);
  const ids = runs.map(({ id }) => id);
  const types = await typesLogged(store, project, runs);
  return {
    metrics: types.has("number") || types.has("trackio.histogram"),
    system: await hasSystemMetrics(store, project, ids),
    traces: (await store.listTraces({ project, limit: 1 })).length > 0,
    media: (await store.listMedia(project, ids)).length > 0,
    reports: types.has("trackio.markdown") || (await store.listAlerts(project)).length > 0,
    files: await hasProjectFiles(source, values),
    artifacts: (await withArtifacts(source.folder, project, hasVersions)) ?? false,
  };
}

/** `number` where some metric has a finite one, and the `_type` of what has no numbers. */
async function typesLogged(
  store: Store,
  project: ProjectKey,
  runs: readonly RunInfo[],
): Promise<ReadonlySet<string>> {
  const types = new Set<string>();
  const metrics = await store.listMetrics(
    project,
    runs.map(({ id }) => id),
  );
  const series = new Set<string>();
  for (const { run, key, count, nanCount, posInfCount, negInfCount } of metrics) {
    series.add(JSON.stringify([run, key]));
    if (count > nanCount + posInfCount + negInfCount) types.add("number");
  }
  let looks = 0;
  for (const { id } of runs) {
    for (const path of await store.listKeys(project, id)) {
      if (series.has(JSON.stringify([id, seriesKey(path)]))) continue;
      if (typeof path !== "string" || looks++ >= MAX_KEYS_LOOKED_INTO) continue;
      const type = await typeOfFirst(store, project, id, path);
      if (type !== undefined) types.add(type);
    }
  }
  return types;
}

async function typeOfFirst(
  store: Store,
  project: ProjectKey,
  run: RunId,
  key: string,
): Promise<string | undefined> {
  for await (const [record] of store.readRecords({ project, run, keys: [key] })) {
    const type = memberOf(record?.values[0], "_type");
    return typeof type === "string" ? type : undefined;
  }
  return undefined;
}

async function hasSystemMetrics(
  store: Store,
  project: ProjectKey,
  runs: readonly RunId[],
): Promise<boolean> {
  for (const run of runs) {
    if (((await store.laneSize(project, run, "system"))?.recordCount ?? 0) > 0) return true;
  }
  return false;
}

function hasVersions(rows: Parameters<typeof hasColumn>[0]): boolean {
  return (
    hasColumn(rows, "artifact_versions") &&
    first(rows, "SELECT 1 FROM artifact_versions LIMIT 1") !== undefined
  );
}
