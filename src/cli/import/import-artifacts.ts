/** Artifacts of a database of Trackio for Python as they are there, and their bytes as blobs. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  copyArtifacts,
  type ForeignArtifacts,
  readForeign,
} from "../../artifacts/adopt-artifacts.ts";
import { ArtifactDatabase } from "../../artifacts/artifact-database.ts";
import { textOf } from "../../artifacts/artifact-version.ts";
import { blobsIn, readManifest } from "../../artifacts/manifest.ts";
import { type CopiedMedia, copyBlob } from "../../ingest/trackio-folder/copy-media.ts";
import { DatabaseFile } from "../../ingest/trackio-folder/database-file.ts";
import type { DataFolder } from "../../journal/data-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import type { BlobHash } from "../../protocol/media.ts";

/** A database that somebody is writing to is asked so often before it is given up. */
const TRIES = 100;
const PAUSE_MS = 50;

/**
 * Copies what is not here yet. A version that is here already stays as it is, and gets no second number.
 * @param root The folder that the database lies in.
 * @throws {@link TrackioError} `conflict` where an artifact of that name is here with another type, `busy` where the
 *   database is being written to all the time.
 */
export async function importArtifacts(
  folder: DataFolder,
  root: string,
  project: { readonly key: ProjectKey; readonly name: string },
): Promise<CopiedMedia> {
  const path = join(root, `${project.name}.db`);
  const foreign = await readDatabase(path, join(folder.storePath, "copies"));
  if (foreign === undefined || foreign.artifacts.length === 0) return { fileCount: 0, bytes: 0 };
  // What a database says of paths and digests is checked before anything is named after it.
  const manifests = foreign.versions.map(({ manifest }) =>
    readManifest(JSON.parse(textOf(manifest) ?? "null")),
  );
  const blobs = new BlobFolder(folder);
  let fileCount = 0;
  let bytes = 0;
  for (const digest of manifests.flatMap(({ entries }) => blobsIn(entries))) {
    const size = copyBlob(blobs, blobFile(root, project.name, digest), digest);
    if (size === undefined) continue;
    fileCount += 1;
    bytes += size;
  }
  const db = ArtifactDatabase.open(folder.artifactsFile(project.key));
  try {
    copyArtifacts(db, foreign);
  } finally {
    db.close();
  }
  return { fileCount, bytes };
}

/** Undefined where there is none, or none that can be read, which whoever read its runs has told. */
async function readDatabase(path: string, copies: string): Promise<ForeignArtifacts | undefined> {
  const file = new DatabaseFile(path, copies);
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const read = file.read(readForeign);
      if (read.outcome === "read") return read.value;
      if (read.outcome !== "busy") return undefined;
      await delay(PAUSE_MS);
    }
  } finally {
    file.close();
  }
  const message = `'${path}' is being written to without a pause; its artifacts are not here yet. Import it again.`;
  throw new TrackioError("busy", message);
}

function blobFile(root: string, project: string, digest: BlobHash): string {
  return join(root, "artifacts", project, "blobs", "sha256", digest.slice(0, 2), digest);
}
