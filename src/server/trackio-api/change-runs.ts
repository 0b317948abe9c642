/** Deleting and renaming of runs, as Trackio clients ask for it: by id, or the newest of a name. */

import { deleteRun } from "../../ingest/delete-run.ts";
import { textOf, trackioProjectKey, trackioRunId } from "../../ingest/trackio/trackio-names.ts";
import { findHead, readHead, renameRun } from "../../journal/run-head.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { RunIdentity } from "../../protocol/run.ts";
import type { Json } from "../../protocol/values.ts";
import type { Store } from "../../store/store.ts";
import { WorkerStore } from "../../store/worker/worker-store.ts";
import type { ServerContext } from "../server-context.ts";
import { CallError } from "./trackio-call.ts";

interface Values {
  readonly [parameter: string]: Json;
}

/** Deletes the run with all that is its own. @returns false where there is none. */
export async function deleteRunOf(server: ServerContext, values: Values): Promise<boolean> {
  const project = trackioProjectKey(values.project);
  if (project === undefined) return false;
  await using store = await WorkerStore.open(server.folder.databaseFile);
  const run = await findRun(server, store, project, values.run_id, values.run);
  if (run === undefined) return false;
  server.trackio.log.journals.release(project, run.id);
  try {
    // Whoever asks has decided: these clients never say that a run has ended.
    await deleteRun(server.folder, store, project, run.id, { force: true });
  } catch (error) {
    if (error instanceof TrackioError && error.code === "not_found") return false;
    throw error;
  }
  server.feed.publish(project, []);
  return true;
}

/** @throws {@link CallError} 500 where the new name is empty, or there is no such run. */
export async function renameRunOf(server: ServerContext, values: Values): Promise<true> {
  const name = (textOf(values.new_name) ?? "").trim();
  if (name === "") throw new CallError(500, "New run name cannot be empty");
  const project = trackioProjectKey(values.project);
  const former = textOf(values.old_name) ?? "";
  await using store = await WorkerStore.open(server.folder.databaseFile, { readOnly: true });
  const run =
    project === undefined
      ? undefined
      : await findRun(server, store, project, values.run_id, values.old_name);
  if (project === undefined || run === undefined) {
    const where = textOf(values.project) ?? "";
    throw new CallError(500, `Run '${former}' does not exist in project '${where}'`);
  }
  const named = { projectKey: project, project: run.project, id: run.id, name };
  // The line first: whoever folds it gives the head its name, should we be stopped here.
  server.trackio.log.rename(named);
  renameRun(server.folder, project, run.id, name);
  server.accepted.note();
  return true;
}

/** By id where there is one; else the newest of that name, in the store or not folded yet. */
async function findRun(
  server: ServerContext,
  store: Store,
  project: ProjectKey,
  runId: Json | undefined,
  name: Json | undefined,
): Promise<RunIdentity | undefined> {
  await server.accepted.settle();
  const id = runId == null ? undefined : trackioRunId(runId, null);
  if (id !== undefined) return await byId(server, store, project, id);
  const text = textOf(name);
  if (text === undefined) return undefined;
  const named = (await store.listRuns(project)).filter((run) => run.name === text);
  const [newest] = named.sort((a, b) => b.createdAt - a.createdAt || b.number - a.number);
  return newest ?? findHead(server.folder, project, { name: text })?.run;
}

async function byId(
  { folder }: ServerContext,
  store: Store,
  project: ProjectKey,
  id: RunId,
): Promise<RunIdentity | undefined> {
  const [run] = await store.listRuns(project, { runs: [id] });
  return run ?? readHead(folder, project, id)?.run;
}
