/**
 * Which run a client means. Its id where it gave one; else the newest run of
 * that name which has something of what is asked for, since names repeat: every
 * run that nobody named is `dainty-sunset-0`.
 */

import { textOf, trackioProjectKey, trackioRunId } from "../../../ingest/trackio/trackio-names.ts";
import { TrackioError } from "../../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../../protocol/ids.ts";
import type { Json } from "../../../protocol/json.ts";
import type { RunInfo, Store } from "../../../store/store.ts";

/** The arguments of a call, all of them there, unchecked. */
export interface CallValues {
  readonly [parameter: string]: Json;
}

/** @throws {@link TrackioError} `invalid_argument` where it can be no project's name. */
export function projectOf(values: CallValues): ProjectKey {
  const key = trackioProjectKey(values.project);
  if (key !== undefined) return key;
  throw new TrackioError(
    "invalid_argument",
    `Invalid project name: ${JSON.stringify(values.project).slice(0, 200)}`,
  );
}

/** The id that a client gave; undefined where it gave none. */
export function givenRunId({ run_id: id }: CallValues): RunId | undefined {
  return id === null || id === undefined ? undefined : trackioRunId(id, null);
}

/** @param hasSome Whether a run has something of what is asked for. */
export async function findRunId(
  store: Store,
  values: CallValues,
  hasSome: (run: RunId) => boolean | Promise<boolean>,
): Promise<RunId | undefined> {
  const id = givenRunId(values);
  if (id !== undefined) return id;
  const name = textOf(values.run);
  if (name === undefined) return undefined;
  const runs = await store.listRuns(projectOf(values));
  for (const run of runs.filter((other) => other.name === name).sort(newestFirst)) {
    if (await hasSome(run.id)) return run.id;
  }
  return undefined;
}

/** Of a lane's records. */
export function findRunOfLane(
  store: Store,
  values: CallValues,
  lane?: "system",
): Promise<RunId | undefined> {
  const project = projectOf(values);
  return findRunId(store, values, async (run) => {
    return ((await store.laneSize(project, run, lane))?.recordCount ?? 0) > 0;
  });
}

function newestFirst(a: RunInfo, b: RunInfo): number {
  return b.createdAt - a.createdAt || b.number - a.number;
}
