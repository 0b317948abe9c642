/** Opens the artifacts of a project: our own database, or the one that Trackio for Python wrote, in place. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { adoptArtifacts, adoptedStamp, readForeign } from "../../../artifacts/adopt-artifacts.ts";
import { ArtifactDatabase, type ArtifactRows } from "../../../artifacts/artifact-database.ts";
import { DatabaseFile } from "../../../ingest/trackio-folder/database-file.ts";
import { lookAtDatabase } from "../../../ingest/trackio-folder/database-look.ts";
import type { DataFolder } from "../../../journal/data-folder.ts";
import { fromFileName } from "../../../journal/file-name.ts";
import { TrackioError } from "../../../protocol/errors.ts";
import type { ProjectKey } from "../../../protocol/ids.ts";
import type { BlobHash } from "../../../protocol/media.ts";

/** A database that somebody is writing to is asked so often before it is given up. */
const TRIES = 20;
const PAUSE_MS = 50;

/** What `read` finds in the artifacts of the project; undefined where it has none. */
export async function withArtifacts<Result>(
  folder: DataFolder,
  project: ProjectKey,
  read: (rows: ArtifactRows) => Result,
): Promise<Result | undefined> {
  if (!existsSync(folder.artifactsFile(project))) {
    return (await readPythonDatabase(folder, project, read))?.value;
  }
  await adopt(folder, project);
  const own = ArtifactDatabase.openForReading(folder.artifactsFile(project));
  if (own === undefined) return undefined;
  try {
    return own.read(() => read(own));
  } finally {
    own.close();
  }
}

/** What `change` makes of the artifacts of the project, with those that Python has written of it among them. */
export async function changeArtifacts<Result>(
  folder: DataFolder,
  project: ProjectKey,
  change: (db: ArtifactDatabase) => Result,
): Promise<Result> {
  await adopt(folder, project);
  const db = ArtifactDatabase.open(folder.artifactsFile(project));
  try {
    return change(db);
  } finally {
    db.close();
  }
}

/** Takes over what Python has written since the last time; a look at its files tells that there is nothing. */
async function adopt(folder: DataFolder, project: ProjectKey): Promise<void> {
  const look = lookAtDatabase(pythonDatabaseFile(folder, project));
  if (look === undefined) return;
  const own = ArtifactDatabase.openForReading(folder.artifactsFile(project));
  try {
    if (own !== undefined && adoptedStamp(own) === look.stamp) return;
  } finally {
    own?.close();
  }
  const foreign = await readPythonDatabase(folder, project, readForeign).catch(untilNextTime);
  if (foreign === undefined) return;
  const db = ArtifactDatabase.open(folder.artifactsFile(project));
  try {
    adoptArtifacts(db, foreign.value, foreign.stamp ?? "");
  } finally {
    db.close();
  }
}

/** A database that is busy or damaged keeps nobody from those that are here. */
function untilNextTime(error: unknown): undefined {
  if (!(error instanceof TrackioError)) throw error;
}

/** Projects that have artifacts of ours. */
export function listArtifactProjects(folder: DataFolder): string[] {
  try {
    return readdirSync(folder.artifactsPath).flatMap((name) => {
      return name.endsWith(".db") ? (fromFileName(name.slice(0, -3)) ?? []) : [];
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * What `read` finds in the database that Python keeps of the project (or registry); undefined where there is none.
 * @throws {@link TrackioError} `busy` where it is being written to all the time, `damaged` where it cannot be read.
 */
export async function readPythonDatabase<Result>(
  folder: DataFolder,
  project: string,
  read: (rows: ArtifactRows) => Result,
): Promise<{ readonly value: Result; readonly stamp: string | undefined } | undefined> {
  const file = new DatabaseFile(
    pythonDatabaseFile(folder, project),
    join(folder.storePath, "copies"),
  );
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const answer = file.read(read);
      if (answer.outcome === "read") return answer;
      if (answer.outcome === "missing") return undefined;
      if (answer.outcome === "unreadable") throw new TrackioError("damaged", answer.reason);
      await delay(PAUSE_MS);
    }
  } finally {
    file.close();
  }
  const message = `The database of project '${project}' is being written to without a pause; ask again.`;
  throw new TrackioError("busy", message);
}

function pythonDatabaseFile(folder: DataFolder, project: string): string {
  return join(folder.root, `${project}.db`);
}

/** Where Trackio for Python keeps the blob of that digest. */
export function pythonBlobFile(folder: DataFolder, project: ProjectKey, digest: BlobHash): string {
  const blobs = join(folder.root, "artifacts", project, "blobs", "sha256");
  return join(blobs, digest.slice(0, 2), digest);
}
