/**
 * Takes over what Trackio for Python has written of a project's artifacts, so
 * that versions logged to a server go on from those that scripts logged on this
 * machine. Scripts may go on writing there: it can be done again at any time,
 * and adds what is new.
 *
 * Laws: what is here stays; the same content is the same version; a version
 * keeps its id and its number where they are free.
 */

import type { BlobHash } from "../protocol/media.ts";
import {
  type ArtifactDatabase,
  type ArtifactRow,
  type ArtifactRows,
  hasColumn,
} from "./artifact-database.ts";
import { textOf } from "./artifact-version.ts";
import { checkType, moveForward } from "./log-version.ts";
import { blobsIn, type ManifestEntry } from "./manifest.ts";

/** What to take over, read at once. */
export interface ForeignArtifacts {
  readonly artifacts: readonly ArtifactRow[];
  readonly versions: readonly ArtifactRow[];
  readonly aliases: readonly ArtifactRow[];
  readonly links: readonly ArtifactRow[];
  readonly externalLinks: readonly ArtifactRow[];
}

export function readForeign(rows: ArtifactRows): ForeignArtifacts {
  // As they were written: clients are told aliases in that order.
  const all = (table: string, column = "id") =>
    hasColumn(rows, table, column) ? rows.all(`SELECT * FROM ${table} ORDER BY rowid`) : [];
  return {
    artifacts: all("artifacts"),
    versions: all("artifact_versions"),
    aliases: all("artifact_aliases", "alias"),
    links: all("run_artifact_links"),
    externalLinks: all("external_run_artifact_links"),
  };
}

/** Which state of Python's database was taken over last; undefined where none was. */
export function adoptedStamp(rows: ArtifactRows): string | undefined {
  return rows.all("SELECT stamp FROM adopted")[0]?.stamp as string | undefined;
}

/** @param stamp Of the state that `foreign` was read in. */
export function adoptArtifacts(
  db: ArtifactDatabase,
  foreign: ForeignArtifacts,
  stamp: string,
): void {
  db.write(() => {
    adoptVersions(db, foreign);
    // Nobody but Python writes them.
    db.run("DELETE FROM external_run_artifact_links");
    for (const link of foreign.externalLinks) insert(db, "external_run_artifact_links", link);
    db.run("DELETE FROM adopted");
    db.run("INSERT INTO adopted (stamp) VALUES (?)", stamp);
  });
}

/**
 * The same for a database that is copied for good: nothing of it is looked at again.
 * @throws {@link TrackioError} `conflict` where an artifact of that name is here with another type.
 */
export function copyArtifacts(db: ArtifactDatabase, foreign: ForeignArtifacts): void {
  db.write(() => {
    for (const { name, type } of foreign.artifacts) checkType(db, String(name), String(type));
    adoptVersions(db, foreign);
    for (const link of foreign.externalLinks) {
      if (hasExternalLink(db, link)) continue;
      const table = "external_run_artifact_links";
      insert(db, table, withFreeId(db, table, link));
    }
  });
}

function adoptVersions(db: ArtifactDatabase, foreign: ForeignArtifacts): void {
  const artifacts = new Map<number, number>();
  for (const artifact of foreign.artifacts) {
    const id = adoptArtifact(db, artifact);
    if (id !== undefined) artifacts.set(Number(artifact.id), id);
  }
  const versions = new Map<number, number>();
  for (const version of foreign.versions) {
    const artifact = artifacts.get(Number(version.artifact_id));
    if (artifact !== undefined) {
      versions.set(Number(version.id), adoptVersion(db, artifact, version));
    }
  }
  for (const { artifact_id: of, alias, artifact_version_id: to } of foreign.aliases) {
    const [artifact, version] = [artifacts.get(Number(of)), versions.get(Number(to))];
    if (artifact === undefined || version === undefined) continue;
    const { version: number } = db.get(
      "SELECT version FROM artifact_versions WHERE id = ?",
      version,
    )!;
    moveForward(db, artifact, String(alias), version, Number(number));
  }
  for (const link of foreign.links) adoptLink(db, link, versions);
}

/** Undefined where another of that name is of another type. */
function adoptArtifact(db: ArtifactDatabase, artifact: ArtifactRow): number | undefined {
  const { name, type } = artifact;
  const known = db.get("SELECT id, type FROM artifacts WHERE name = ?", name!);
  if (known !== undefined) return known.type === type ? Number(known.id) : undefined;
  return insert(db, "artifacts", withFreeId(db, "artifacts", artifact));
}

function adoptVersion(db: ArtifactDatabase, artifact: number, version: ArtifactRow): number {
  const known = db.get(
    "SELECT id FROM artifact_versions WHERE artifact_id = ? AND manifest_digest = ?",
    artifact,
    version.manifest_digest!,
  );
  if (known !== undefined) return Number(known.id);
  const taken = db.get(
    `SELECT MAX(version) AS highest, SUM(version = ?) AS same FROM artifact_versions WHERE artifact_id = ?`,
    version.version!,
    artifact,
  )!;
  const number = Number(taken.same ?? 0) > 0 ? Number(taken.highest) + 1 : version.version!;
  const row = { ...version, artifact_id: artifact, version: number };
  const id = insert(db, "artifact_versions", withFreeId(db, "artifact_versions", row));
  for (const digest of blobsOfRow(version)) {
    db.run("INSERT INTO manifest_blobs (digest, artifact_version_id) VALUES (?, ?)", digest, id);
  }
  return id;
}

function adoptLink(
  db: ArtifactDatabase,
  link: ArtifactRow,
  versions: ReadonlyMap<number, number>,
): void {
  const version = versions.get(Number(link.artifact_version_id));
  if (version === undefined) return;
  db.run(
    `INSERT OR IGNORE INTO run_artifact_links (run_id, run_name, run_project, artifact_version_id, direction, created_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    link.run_id ?? null,
    link.run_name ?? null,
    link.run_project ?? null,
    version,
    link.direction!,
    link.created_at!,
  );
}

function hasExternalLink(db: ArtifactDatabase, link: ArtifactRow): boolean {
  const columns = ["run_id", "run_name", "source_project", "source_version_id", "direction"];
  const isSame = columns.map((column) => `${column} IS ?`).join(" AND ");
  const values = columns.map((column) => link[column] ?? null);
  return (
    db.get(`SELECT 1 FROM external_run_artifact_links WHERE ${isSame}`, ...values) !== undefined
  );
}

function blobsOfRow({ manifest }: ArtifactRow): readonly BlobHash[] {
  return blobsIn(JSON.parse(textOf(manifest) ?? "[]") as ManifestEntry[]);
}

function withFreeId(db: ArtifactDatabase, table: string, row: ArtifactRow): ArtifactRow {
  if (db.get(`SELECT 1 FROM ${table} WHERE id = ?`, row.id!) === undefined) return row;
  const { id: _, ...others } = row;
  return others;
}

/** The columns that the table has here. */
function insert(db: ArtifactDatabase, table: string, row: ArtifactRow): number {
  const columns = Object.keys(row).filter((column) => hasColumn(db, table, column));
  const places = columns.map(() => "?").join(", ");
  return db.run(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`,
    ...columns.map((column) => row[column]!),
  );
}
