/** Deleting and renaming of runs, as Trackio clients ask for it: by id, or the newest of a name. */

import { existsSync } from "node:fs";
import { ArtifactDatabase } from "../../artifacts/artifact-database.ts";
import { detachRun, renameRunInLinks } from "../../artifacts/change-run.ts";
import { deleteRun } from "../../ingest/delete-run.ts";
import { textOf, trackioProjectKey, trackioRunId } from "../../ingest/trackio/trackio-names.ts";
import { findHead, readHead, renameRun } from "../../journal/run-head.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import type { RunIdentity } from "../../protocol/run.ts";
import type { Store } from "../../store/store.ts";
import { WorkerStore } from "../../store/worker/worker-store.ts";
import type { ServerContext } from "../server-context.ts";
import { CallError } from "./call-error.ts";
import { usedElsewhere } from "./reads/artifact-writes.ts";

interface Values {
  readonly [parameter: string]: Json;
}

/** Deletes the run with all that is its own; versions of artifacts that it made stay. @returns false where there is none. */
export async function deleteRunOf(server: ServerContext, values: Values): Promise<boolean> {
  const project = trackioProjectKey(values.project);
  if (project === undefined) return false;
  await using store = await WorkerStore.open(server.folder.databaseFile);
  const run = await findRun(server, store, project, values.run_id, values.run);
  const others = (await store.listRuns(project)).filter(({ id }) => id !== run?.id);
  const isGone = run !== undefined && (await removeRun(server, store, project, run.id));
  const named = run ?? nameOnly(values);
  const hadLinks = changeLinks(server, project, (db) => detachRun(db, named, others));
  server.feed.publish(project, []);
  return isGone || hadLinks;
}

async function removeRun(
  server: ServerContext,
  store: Store,
  project: ProjectKey,
  id: RunId,
): Promise<boolean> {
  server.trackio.log.journals.release(project, id);
  try {
    // Whoever asks has decided: these clients never say that a run has ended.
    await deleteRun(server.folder, store, project, id, {
      force: true,
      usedElsewhere: usedElsewhere(server.folder),
    });
    return true;
  } catch (error) {
    if (error instanceof TrackioError && error.code === "not_found") return false;
    throw error;
  }
}

/** @throws {@link CallError} 500 where the new name is empty, or there is no such run. */
export async function renameRunOf(server: ServerContext, values: Values): Promise<true> {
  const name = (textOf(values.new_name) ?? "").trim();
  if (name === "") throw new CallError(500, "New run name cannot be empty");
  const project = trackioProjectKey(values.project);
  await using store = await WorkerStore.open(server.folder.databaseFile, { readOnly: true });
  const run = project && (await findRun(server, store, project, values.run_id, values.old_name));
  if (project === undefined || run === undefined) {
    const [former, where] = [textOf(values.old_name) ?? "", textOf(values.project) ?? ""];
    throw new CallError(500, `Run '${former}' does not exist in project '${where}'`);
  }
  // The line first: whoever folds it gives the head its name, should we be stopped here.
  await server.trackio.log.rename({ projectKey: project, project: run.project, id: run.id, name });
  renameRun(server.folder, project, run.id, name);
  changeLinks(server, project, (db) => renameRunInLinks(db, run.id, name));
  server.accepted.note();
  return true;
}

/** What `change` tells of the links to artifacts of the project; false where it has none. */
function changeLinks(
  { folder }: ServerContext,
  project: ProjectKey,
  change: (db: ArtifactDatabase) => unknown,
): boolean {
  if (!existsSync(folder.artifactsFile(project))) return false;
  const db = ArtifactDatabase.open(folder.artifactsFile(project));
  try {
    return change(db) === true;
  } finally {
    db.close();
  }
}

/** A run of which nothing but links may be there. */
function nameOnly({ run, run_id: id }: Values): { readonly id: string; readonly name: string } {
  const name = textOf(run) ?? "";
  return { id: textOf(id) ?? name, name };
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
