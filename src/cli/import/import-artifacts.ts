/** Artifacts of a database of Trackio for Python, version by version as they were logged, and their bytes as blobs. */

import { join } from "node:path";
import { ArtifactDatabase } from "../../artifacts/artifact-database.ts";
import { logVersion } from "../../artifacts/log-version.ts";
import { blobsIn, readManifest } from "../../artifacts/manifest.ts";
import { addLink } from "../../artifacts/run-links.ts";
import { type CopiedMedia, copyBlob } from "../../ingest/trackio-folder/copy-media.ts";
import {
  DatabaseFile,
  type DatabaseView,
  type SqlValue,
} from "../../ingest/trackio-folder/database-file.ts";
import type { DataFolder } from "../../journal/data-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import type { BlobHash } from "../../protocol/media.ts";

interface VersionRow {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly description: string | null;
  readonly manifest: string;
  readonly metadata: string | null;
  readonly runId: string | null;
  readonly runName: string | null;
  readonly createdAt: string;
  readonly aliases: readonly string[];
  /** Runs that used it. */
  readonly users: readonly { readonly id: string | null; readonly name: string | null }[];
}

/**
 * Copies what is not here yet. A version that is here already stays as it is, and gets no second number.
 * @param root The folder that the database lies in.
 * @throws {@link TrackioError} `conflict` where an artifact of that name is here with another type.
 */
export function importArtifacts(
  folder: DataFolder,
  root: string,
  project: { readonly key: ProjectKey; readonly name: string },
): CopiedMedia {
  const file = new DatabaseFile(join(root, `${project.name}.db`), join(folder.storePath, "copies"));
  const read = file.read(readVersions);
  file.close();
  if (read.outcome !== "read" || read.value.length === 0) return { fileCount: 0, bytes: 0 };
  const blobs = new BlobFolder(folder);
  const db = ArtifactDatabase.open(folder.artifactsFile(project.key));
  let fileCount = 0;
  let bytes = 0;
  try {
    for (const row of read.value) {
      const manifest = readManifest(JSON.parse(row.manifest));
      for (const digest of blobsIn(manifest.entries)) {
        const size = copyBlob(blobs, blobFile(root, project.name, digest), digest);
        if (size === undefined) continue;
        fileCount += 1;
        bytes += size;
      }
      const run = { id: row.runId, name: row.runName };
      const given = { ...row, manifest, run, overwrite: false };
      const { version } = logVersion(db, given, Date.parse(row.createdAt));
      for (const user of row.users) {
        const link = { run: user, version: version.version_id, now: row.createdAt };
        db.write(() => addLink(db, { ...link, direction: "input" }));
      }
    }
  } finally {
    db.close();
  }
  return { fileCount, bytes };
}

function readVersions(view: DatabaseView): VersionRow[] {
  const tables = view.rows("SELECT name FROM sqlite_master WHERE type = 'table'").flat();
  if (!tables.includes("artifact_versions") || !tables.includes("artifacts")) return [];
  const rows = view.rows(`
    SELECT v.id, a.name, a.type, a.description, CAST(v.manifest AS TEXT), CAST(v.metadata AS TEXT),
           v.producer_run_id, v.producer_run_name, v.created_at
    FROM artifact_versions v JOIN artifacts a ON a.id = v.artifact_id ORDER BY a.id, v.version`);
  return rows.map(
    ([id, name, type, description, manifest, metadata, runId, runName, createdAt]) => ({
      id: id as number,
      name: name as string,
      type: type as string,
      description: textOf(description),
      manifest: manifest as string,
      metadata: textOf(metadata),
      runId: textOf(runId),
      runName: textOf(runName),
      createdAt: createdAt as string,
      aliases: aliasesOf(view, tables, id as number),
      users: usersOf(view, tables, id as number),
    }),
  );
}

/** `latest` goes with the newest version by itself. */
function aliasesOf(view: DatabaseView, tables: readonly SqlValue[], version: number): string[] {
  if (!tables.includes("artifact_aliases")) return [];
  const sql =
    "SELECT alias FROM artifact_aliases WHERE artifact_version_id = ? AND alias <> 'latest'";
  return view.rows(sql, version).map(([alias]) => alias as string);
}

function usersOf(
  view: DatabaseView,
  tables: readonly SqlValue[],
  version: number,
): VersionRow["users"] {
  if (!tables.includes("run_artifact_links")) return [];
  const sql =
    "SELECT run_id, run_name FROM run_artifact_links WHERE artifact_version_id = ? AND direction = 'input' ORDER BY id";
  return view.rows(sql, version).map(([id, name]) => ({ id: textOf(id), name: textOf(name) }));
}

function blobFile(root: string, project: string, digest: BlobHash): string {
  return join(root, "artifacts", project, "blobs", "sha256", digest.slice(0, 2), digest);
}

function textOf(value: SqlValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
