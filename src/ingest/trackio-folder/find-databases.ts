/** What of a folder Trackio for Python wrote, told by names alone. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { readNames } from "../../media/read-names.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import { projectKeyOfFile } from "../trackio/trackio-names.ts";

export const DATABASE_ENDING = ".db";
/** Registries are databases too, and have no runs. */
const REGISTRY_BEGINNING = "registry-";

/** Names of the files in `root` that hold a project each. */
export function databasesIn(root: string): string[] {
  return readNames(root)
    .filter((name) => name.endsWith(DATABASE_ENDING) && name.length > DATABASE_ENDING.length)
    .filter((name) => !name.startsWith(REGISTRY_BEGINNING))
    .toSorted();
}

/** Those of one project. */
export function databasesOf(root: string, project: ProjectKey): string[] {
  return databasesIn(root).filter(
    (name) => projectKeyOfFile(name.slice(0, -DATABASE_ENDING.length)) === project,
  );
}

/** Whether there is something that Trackio for Python wrote. */
export function hasTrackioData(root: string): boolean {
  return databasesIn(root).length > 0 || existsSync(join(root, "inbox"));
}
