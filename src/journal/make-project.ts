/** The folders of a project, and of what belongs to it without a run. */

import { existsSync, rmSync, writeFileSync } from "node:fs";
import type { ProjectKey } from "../protocol/ids.ts";
import { PROJECT_RUN, type RunIdentity } from "../protocol/run.ts";
import type { DataFolder } from "./data-folder.ts";
import { errorCode } from "./file-errors.ts";
import { makeFolder } from "./make-folder.ts";

export interface NewProject {
  readonly projectKey: ProjectKey;
  /** As the script wrote it. */
  readonly project: string;
}

/** Makes the project where it is new: its folders, then the file that says that they are there. */
export function makeProject(folder: DataFolder, project: NewProject, nowMs: number): void {
  const { projectKey: key, project: name } = project;
  const path = folder.projectFile(key);
  if (existsSync(path)) return;
  for (const needed of [folder.runsFolder, folder.namesFolder, folder.numbersFolder]) {
    makeFolder(needed.call(folder, key));
  }
  try {
    writeFileSync(path, `${JSON.stringify({ key, name, createdAt: nowMs })}\n`, { flag: "wx" });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/**
 * Makes the project where it is new, and the folder for journals of its lane `project`, which has no head.
 * @returns What stands for the run in their headers.
 */
export function makeProjectLane(
  folder: DataFolder,
  project: NewProject,
  nowMs: number,
): RunIdentity {
  makeProject(folder, project, nowMs);
  makeFolder(folder.runFolder(project.projectKey, PROJECT_RUN));
  const { projectKey, project: name } = project;
  return { id: PROJECT_RUN, projectKey, project: name, name: "", number: 0, createdAt: nowMs };
}

/** Whether journals of the project's lane `project` may be there. */
export function hasProjectLane(folder: DataFolder, key: ProjectKey): boolean {
  return existsSync(folder.runFolder(key, PROJECT_RUN));
}

/** Deletes the journals of the project's lane `project`. */
export function removeProjectLane(folder: DataFolder, key: ProjectKey): void {
  rmSync(folder.runFolder(key, PROJECT_RUN), { recursive: true, force: true });
}
