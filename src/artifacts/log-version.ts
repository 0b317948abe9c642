/**
 * Keeps a version of an artifact. The same content again is the same version;
 * else it gets the next number. `latest` goes with each new version; another
 * alias goes forward only, so that logging old content again takes it from nobody.
 */

import { TrackioError } from "../protocol/errors.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { ArtifactDatabase } from "./artifact-database.ts";
import { type ArtifactVersion, readVersion } from "./artifact-version.ts";
import { isoTime } from "./iso-time.ts";
import { blobsIn, type Manifest, type ManifestEntry } from "./manifest.ts";
import { addLink, type NamedRun } from "./run-links.ts";

/** What is logged; all of it is checked already. */
export interface NewVersion {
  readonly name: string;
  readonly type: string;
  /** Null leaves that of an artifact that is there. */
  readonly description: string | null;
  /** JSON text; null leaves that of a version that is there. */
  readonly metadata: string | null;
  readonly manifest: Manifest;
  readonly aliases: readonly string[];
  readonly run: NamedRun;
  /** Whether all versions that are there are to go, and what used them with them. */
  readonly overwrite: boolean;
}

export interface LoggedVersion {
  readonly version: ArtifactVersion;
  /** Blobs that no manifest of the project names any more. */
  readonly freed: readonly BlobHash[];
}

/** @throws {@link TrackioError} `conflict` where the artifact is there with another type. */
export function logVersion(db: ArtifactDatabase, given: NewVersion, nowMs: number): LoggedVersion {
  const now = isoTime(nowMs);
  return db.write(() => {
    const artifact = findOrMake(db, given, now);
    const removed = given.overwrite ? removeVersions(db, artifact) : NOTHING_REMOVED;
    const { id, version, isNew } = findOrAdd(db, artifact, given, removed.nextVersion, now);
    if (isNew) setAlias(db, artifact, "latest", id);
    for (const alias of given.aliases) moveForward(db, artifact, alias, id, version);
    addLink(db, { run: given.run, version: id, direction: "output", now });
    return { version: readVersion(db, id)!, freed: unnamed(db, removed.blobs) };
  });
}

/** Those of `hashes` that some version's manifest names. */
export function blobsInManifests(
  db: ArtifactDatabase,
  hashes: readonly BlobHash[],
): readonly BlobHash[] {
  return hashes.filter(
    (hash) => db.get("SELECT 1 FROM manifest_blobs WHERE digest = ? LIMIT 1", hash) !== undefined,
  );
}

function findOrMake(db: ArtifactDatabase, given: NewVersion, now: string): number {
  const { name, type, description } = given;
  const known = db.get("SELECT id FROM artifacts WHERE name = ?", name);
  if (known === undefined) {
    return db.run(
      "INSERT INTO artifacts (name, type, description, created_at) VALUES (?, ?, ?, ?)",
      name,
      type,
      description,
      now,
    );
  }
  checkType(db, name, type);
  const id = Number(known.id);
  if (description !== null) {
    db.run("UPDATE artifacts SET description = ? WHERE id = ?", description, id);
  }
  return id;
}

/** @throws {@link TrackioError} `conflict` where the artifact is there with another type. */
export function checkType(db: ArtifactDatabase, name: string, type: string): void {
  const known = db.get("SELECT type FROM artifacts WHERE name = ?", name);
  if (known === undefined || known.type === type) return;
  const message = `Artifact '${name}' already exists with type '${known.type}'; cannot relog with type '${type}'.`;
  throw new TrackioError("conflict", message);
}

interface Removed {
  /** The number that the next version gets at least. */
  readonly nextVersion: number;
  readonly blobs: readonly BlobHash[];
}

const NOTHING_REMOVED: Removed = { nextVersion: 0, blobs: [] };

function removeVersions(db: ArtifactDatabase, artifact: number): Removed {
  const versions = db.all(
    "SELECT id, version, manifest FROM artifact_versions WHERE artifact_id = ?",
    artifact,
  );
  db.run("DELETE FROM artifact_aliases WHERE artifact_id = ?", artifact);
  for (const { id } of versions) {
    db.run("DELETE FROM run_artifact_links WHERE artifact_version_id = ?", id!);
    db.run("DELETE FROM manifest_blobs WHERE artifact_version_id = ?", id!);
  }
  db.run("DELETE FROM artifact_versions WHERE artifact_id = ?", artifact);
  const blobs = versions.flatMap(({ manifest }) =>
    blobsIn(JSON.parse(String(manifest)) as ManifestEntry[]),
  );
  const highest = Math.max(-1, ...versions.map(({ version }) => Number(version)));
  return { nextVersion: highest + 1, blobs: [...new Set(blobs)] };
}

function findOrAdd(
  db: ArtifactDatabase,
  artifact: number,
  { manifest, metadata, run }: NewVersion,
  nextVersion: number,
  now: string,
): { readonly id: number; readonly version: number; readonly isNew: boolean } {
  const known = db.get(
    "SELECT id, version FROM artifact_versions WHERE artifact_id = ? AND manifest_digest = ?",
    artifact,
    manifest.digest,
  );
  if (known !== undefined) {
    const id = Number(known.id);
    if (metadata !== null) {
      db.run("UPDATE artifact_versions SET metadata = ? WHERE id = ?", metadata, id);
    }
    return { id, version: Number(known.version), isNew: false };
  }
  const { highest } = db.get(
    "SELECT MAX(version) AS highest FROM artifact_versions WHERE artifact_id = ?",
    artifact,
  )!;
  const version = Math.max(highest === null ? 0 : Number(highest) + 1, nextVersion);
  const id = db.run(
    `INSERT INTO artifact_versions
     (artifact_id, version, manifest_digest, manifest, metadata, size_bytes, producer_run_id, producer_run_name, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    artifact,
    version,
    manifest.digest,
    JSON.stringify(manifest.entries),
    metadata,
    manifest.sizeBytes,
    run.id,
    run.name,
    now,
  );
  for (const digest of blobsIn(manifest.entries)) {
    db.run("INSERT INTO manifest_blobs (digest, artifact_version_id) VALUES (?, ?)", digest, id);
  }
  return { id, version, isNew: true };
}

function setAlias(db: ArtifactDatabase, artifact: number, alias: string, version: number): void {
  db.run(
    `INSERT INTO artifact_aliases (artifact_id, alias, artifact_version_id) VALUES (?, ?, ?)
     ON CONFLICT (artifact_id, alias) DO UPDATE SET artifact_version_id = excluded.artifact_version_id`,
    artifact,
    alias,
    version,
  );
}

/** Gives the alias to the version, unless a newer one has it. */
export function moveForward(
  db: ArtifactDatabase,
  artifact: number,
  alias: string,
  id: number,
  version: number,
): void {
  const current = db.get(
    `SELECT av.version FROM artifact_aliases aa JOIN artifact_versions av ON av.id = aa.artifact_version_id
     WHERE aa.artifact_id = ? AND aa.alias = ?`,
    artifact,
    alias,
  );
  if (current === undefined || Number(current.version) <= version) {
    setAlias(db, artifact, alias, id);
  }
}

function unnamed(db: ArtifactDatabase, hashes: readonly BlobHash[]): readonly BlobHash[] {
  const named = new Set(blobsInManifests(db, hashes));
  return hashes.filter((hash) => !named.has(hash));
}
