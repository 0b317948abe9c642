/** The tables that Trackio for Python keeps of a project, for whoever asks in SQL. */

export const TABLE_NAMES = [
  "metrics",
  "configs",
  "system_metrics",
  "traces",
  "project_metadata",
  "pending_uploads",
  "alerts",
  "artifacts",
  "artifact_versions",
  "artifact_aliases",
  "run_artifact_links",
  "external_run_artifact_links",
] as const;

export type TableName = (typeof TABLE_NAMES)[number];

/** Those that are copied as they are in the artifacts' database. */
export const ARTIFACT_TABLES: readonly TableName[] = [
  "artifacts",
  "artifact_versions",
  "artifact_aliases",
  "run_artifact_links",
  "external_run_artifact_links",
];

/** Columns as there, in their order; `user_version` is that of Trackio 0.43. */
export const SCHEMA = `
CREATE TABLE metrics (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL, run_name TEXT NOT NULL,
  step INTEGER NOT NULL, metrics TEXT NOT NULL, log_id TEXT, space_id TEXT
);
CREATE TABLE configs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, run_name TEXT NOT NULL, config TEXT NOT NULL,
  created_at TEXT NOT NULL, UNIQUE(run_id)
);
CREATE TABLE system_metrics (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL, run_name TEXT NOT NULL,
  metrics TEXT NOT NULL, log_id TEXT, space_id TEXT
);
CREATE TABLE traces (
  id TEXT PRIMARY KEY, run_id TEXT NOT NULL, timestamp TEXT NOT NULL, run_name TEXT NOT NULL, step INTEGER NOT NULL,
  key TEXT NOT NULL, trace_index INTEGER, messages TEXT NOT NULL, metadata TEXT NOT NULL, search_text TEXT NOT NULL,
  log_id TEXT, space_id TEXT, spans TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE project_metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE pending_uploads (
  id INTEGER PRIMARY KEY AUTOINCREMENT, space_id TEXT NOT NULL, run_id TEXT, run_name TEXT, step INTEGER,
  file_path TEXT NOT NULL, relative_path TEXT, created_at TEXT NOT NULL, kind TEXT NOT NULL DEFAULT 'media', digest TEXT
);
CREATE TABLE alerts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL, run_name TEXT NOT NULL,
  title TEXT NOT NULL, text TEXT, level TEXT NOT NULL DEFAULT 'warn', step INTEGER, alert_id TEXT
);
CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, type TEXT NOT NULL, description TEXT,
  created_at TEXT NOT NULL
);
CREATE TABLE artifact_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, artifact_id INTEGER NOT NULL REFERENCES artifacts(id), version INTEGER NOT NULL,
  manifest_digest TEXT NOT NULL, manifest TEXT NOT NULL, metadata TEXT, size_bytes INTEGER NOT NULL, producer_run_id TEXT,
  producer_run_name TEXT, created_at TEXT NOT NULL, UNIQUE(artifact_id, version), UNIQUE(artifact_id, manifest_digest)
);
CREATE TABLE artifact_aliases (
  artifact_id INTEGER NOT NULL REFERENCES artifacts(id), alias TEXT NOT NULL,
  artifact_version_id INTEGER NOT NULL REFERENCES artifact_versions(id), PRIMARY KEY (artifact_id, alias)
);
CREATE TABLE run_artifact_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT, run_name TEXT, run_project TEXT,
  artifact_version_id INTEGER NOT NULL REFERENCES artifact_versions(id),
  direction TEXT NOT NULL CHECK(direction IN ('input', 'output')), created_at TEXT NOT NULL
);
CREATE TABLE external_run_artifact_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT, run_name TEXT, source_project TEXT NOT NULL,
  source_version_id INTEGER NOT NULL, source_artifact TEXT NOT NULL, source_type TEXT NOT NULL,
  source_version INTEGER NOT NULL, source_size_bytes INTEGER NOT NULL,
  direction TEXT NOT NULL CHECK(direction IN ('input', 'output')), created_at TEXT NOT NULL
);
PRAGMA user_version = 2;
`;

/** The tables that a query may read: those whose names occur in it. */
export function tablesIn(query: string): TableName[] {
  const text = query.toLowerCase();
  return TABLE_NAMES.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
}
