/** The tables of an artifact database, as Trackio for Python 0.43 has them. */

import type { DatabaseSync } from "node:sqlite";

const TABLES = `
CREATE TABLE IF NOT EXISTS artifacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  description TEXT,
  created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS artifact_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  artifact_id INTEGER NOT NULL REFERENCES artifacts(id),
  version INTEGER NOT NULL,
  manifest_digest TEXT NOT NULL,
  manifest TEXT NOT NULL,
  metadata TEXT,
  size_bytes INTEGER NOT NULL,
  producer_run_id TEXT,
  producer_run_name TEXT,
  created_at TEXT NOT NULL,
  UNIQUE(artifact_id, version),
  UNIQUE(artifact_id, manifest_digest)
);
CREATE TABLE IF NOT EXISTS artifact_aliases (
  artifact_id INTEGER NOT NULL REFERENCES artifacts(id),
  alias TEXT NOT NULL,
  artifact_version_id INTEGER NOT NULL REFERENCES artifact_versions(id),
  PRIMARY KEY (artifact_id, alias)
);
CREATE TABLE IF NOT EXISTS run_artifact_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT,
  run_name TEXT,
  run_project TEXT,
  artifact_version_id INTEGER NOT NULL REFERENCES artifact_versions(id),
  direction TEXT NOT NULL CHECK(direction IN ('input', 'output')),
  created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS external_run_artifact_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT,
  run_name TEXT,
  source_project TEXT NOT NULL,
  source_version_id INTEGER NOT NULL,
  source_artifact TEXT NOT NULL,
  source_type TEXT NOT NULL,
  source_version INTEGER NOT NULL,
  source_size_bytes INTEGER NOT NULL,
  direction TEXT NOT NULL CHECK(direction IN ('input', 'output')),
  created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS manifest_blobs (
  digest TEXT NOT NULL,
  artifact_version_id INTEGER NOT NULL REFERENCES artifact_versions(id) ON DELETE CASCADE,
  PRIMARY KEY (digest, artifact_version_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS adopted (stamp TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS idx_run_artifact_links_run ON run_artifact_links(run_id, run_name);
CREATE INDEX IF NOT EXISTS idx_run_artifact_links_name ON run_artifact_links(run_name, run_id);
CREATE INDEX IF NOT EXISTS idx_run_artifact_links_version ON run_artifact_links(artifact_version_id);
CREATE INDEX IF NOT EXISTS idx_manifest_blobs_version ON manifest_blobs(artifact_version_id);
CREATE UNIQUE INDEX IF NOT EXISTS idx_run_artifact_links_unique ON run_artifact_links(
  COALESCE(run_project, ''), COALESCE(run_id, ''), COALESCE(run_name, ''), artifact_version_id, direction
);
PRAGMA user_version = 2;
`;

/** Makes what is not there, all at once. Besides Python's tables, `manifest_blobs` tells which blobs are in use without reading every manifest, and `adopted` what was taken over from Python's own. */
export function createArtifactTables(connection: DatabaseSync): void {
  const { user_version: version } = connection.prepare("PRAGMA user_version").get() as {
    readonly user_version: number;
  };
  if (version === 0) connection.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT;`);
}
