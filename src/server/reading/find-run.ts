/** Finds what a request names, or says what it may have meant. */

import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import { describeMissing } from "../../protocol/nearest.ts";
import type { RunInfo, Store } from "../../store/store.ts";

export interface NamedProject {
  readonly project: ProjectKey;
  readonly asWritten: string;
}

/**
 * The run of that id, or the newest of that name.
 * @throws {@link TrackioError} `not_found` with the nearest name.
 */
export async function findRun(
  store: Store,
  question: NamedProject & { readonly run: string },
): Promise<RunInfo> {
  const run = await store.findRun(question.project, question.run);
  if (run !== undefined) return run;
  await checkProject(store, question);
  const names = (await store.listRuns(question.project)).map(({ name }) => name);
  const remedy = `Project '${question.asWritten}' has ${names.length} runs; list them to see their names.`;
  throw new TrackioError("not_found", describeMissing("run", question.run, names, remedy));
}

/**
 * Only asked where an answer is empty: whether the project is there at all.
 * @throws {@link TrackioError} `not_found` with the nearest name.
 */
export async function checkProject(store: Store, question: NamedProject): Promise<void> {
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
