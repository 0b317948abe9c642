/** Finds versions of artifacts and tells them, in the words that Trackio clients read. */

import { type ArtifactRow, type ArtifactRows, first, hasColumn } from "./artifact-database.ts";
import { compareCodePoints, type ManifestEntry, versionIn } from "./manifest.ts";

/** One version, whole. */
export interface ArtifactVersion {
  readonly artifact_id: number;
  readonly version_id: number;
  readonly version: number;
  readonly name: string;
  readonly type: string;
  readonly description: string | null;
  /** By path. */
  readonly manifest: readonly ManifestEntry[];
  readonly manifest_digest: string;
  /** JSON text as it was given; null where there is none. */
  readonly metadata: string | null;
  readonly size_bytes: number;
  readonly producer_run_id: string | null;
  readonly producer_run_name: string | null;
  readonly created_at: string;
  readonly aliases: readonly string[];
}

/** What a list says of a version. */
export interface VersionSummary {
  readonly version_id: number;
  readonly version: number;
  readonly aliases: readonly string[];
  readonly size_bytes: number;
  readonly num_files: number;
  readonly created_at: string;
}

export interface ArtifactSummary {
  readonly name: string;
  readonly type: string;
  readonly description: string | null;
  readonly created_at: string;
  readonly num_versions: number;
  readonly latest_version: number | null;
  /** Newest first. */
  readonly versions: readonly VersionSummary[];
}

/**
 * The version of `name` that `spec` names: `v3`, an alias, or nothing for the alias `latest`; undefined where there is none.
 */
export function findVersion(
  db: ArtifactRows,
  name: string,
  spec: string | null,
): ArtifactVersion | undefined {
  if (!hasColumn(db, "artifact_versions")) return undefined;
  const wanted = spec === null || spec === "" ? "latest" : spec;
  const number = versionIn(wanted);
  const found =
    number !== undefined
      ? first(
          db,
          `SELECT av.id FROM artifact_versions av JOIN artifacts a ON a.id = av.artifact_id
           WHERE a.name = ? AND av.version = ?`,
          name,
          number,
        )
      : first(
          db,
          `SELECT aa.artifact_version_id AS id FROM artifact_aliases aa JOIN artifacts a ON a.id = aa.artifact_id
           WHERE a.name = ? AND aa.alias = ?`,
          name,
          wanted,
        );
  return found === undefined ? undefined : readVersion(db, Number(found.id));
}

/** The version of that id. */
export function readVersion(db: ArtifactRows, id: number): ArtifactVersion | undefined {
  const row = first(
    db,
    `SELECT av.*, a.name, a.type, a.description FROM artifact_versions av
     JOIN artifacts a ON a.id = av.artifact_id WHERE av.id = ?`,
    id,
  );
  if (row === undefined) return undefined;
  const aliases = db.all("SELECT alias FROM artifact_aliases WHERE artifact_version_id = ?", id);
  return {
    artifact_id: Number(row.artifact_id),
    version_id: id,
    version: Number(row.version),
    name: String(row.name),
    type: String(row.type),
    description: textOf(row.description),
    manifest: JSON.parse(String(row.manifest)) as ManifestEntry[],
    manifest_digest: String(row.manifest_digest),
    metadata: textOf(row.metadata),
    size_bytes: Number(row.size_bytes),
    producer_run_id: textOf(row.producer_run_id),
    producer_run_name: textOf(row.producer_run_name),
    created_at: String(row.created_at),
    aliases: aliases.map(({ alias }) => String(alias)),
  };
}

/** All artifacts by type, then name; each with its versions. */
export function listArtifacts(db: ArtifactRows): ArtifactSummary[] {
  if (!hasColumn(db, "artifact_versions")) return [];
  const aliases = aliasesByVersion(db);
  const versions = Map.groupBy(
    db.all(
      `SELECT id, artifact_id, version, json_array_length(manifest) AS num_files, size_bytes, created_at
       FROM artifact_versions ORDER BY artifact_id, version DESC`,
    ),
    ({ artifact_id: artifact }) => artifact,
  );
  const artifacts = db.all(
    "SELECT id, name, type, description, created_at FROM artifacts ORDER BY type, name",
  );
  return artifacts.map((artifact) => {
    const own = (versions.get(artifact.id!) ?? []).map((row) => summarise(row, aliases));
    return {
      name: String(artifact.name),
      type: String(artifact.type),
      description: textOf(artifact.description),
      created_at: String(artifact.created_at),
      num_versions: own.length,
      latest_version: own[0]?.version ?? null,
      versions: own,
    };
  });
}

/** Each artifact in one line, by name. */
export function listArtifactNames(db: ArtifactRows) {
  return listArtifacts(db)
    .sort((a, b) => compareCodePoints(a.name, b.name))
    .map(({ name, type, description, num_versions, latest_version, versions, created_at }) => ({
      name,
      type,
      description,
      num_versions,
      latest_version,
      size_bytes: versions[0]?.size_bytes ?? null,
      aliases: [...new Set(versions.flatMap(({ aliases }) => aliases))].sort(compareCodePoints),
      created_at,
    }));
}

export function aliasesByVersion(db: ArtifactRows): ReadonlyMap<number, readonly string[]> {
  const rows = db.all("SELECT alias, artifact_version_id FROM artifact_aliases");
  const grouped = Map.groupBy(rows, (row) => Number(row.artifact_version_id));
  return new Map(
    Array.from(grouped, ([id, ofVersion]) => [id, ofVersion.map(({ alias }) => String(alias))]),
  );
}

function summarise(
  row: ArtifactRow,
  aliases: ReadonlyMap<number, readonly string[]>,
): VersionSummary {
  const id = Number(row.id);
  return {
    version_id: id,
    version: Number(row.version),
    aliases: aliases.get(id) ?? [],
    size_bytes: Number(row.size_bytes),
    num_files: Number(row.num_files),
    created_at: String(row.created_at),
  };
}

/** A text column that may be null. Python's JSON columns may hold bytes. */
export function textOf(value: ArtifactRow[string] | undefined): string | null {
  if (value === null || value === undefined) return null;
  return ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : String(value);
}
