/** Registries, which Trackio for Python keeps in databases of their own beside the projects; they are read in place. */

import {
  type ArtifactRow,
  type ArtifactRows,
  first,
  hasColumn,
} from "../../../artifacts/artifact-database.ts";
import { textOf as columnText } from "../../../artifacts/artifact-version.ts";
import { pythonText } from "../../../artifacts/python-text.ts";
import { parseExactJson } from "../../../ingest/trackio/exact-json.ts";
import { TrackioError } from "../../../protocol/errors.ts";
import type { Json } from "../../../protocol/json.ts";
import { readPythonDatabase } from "./open-artifacts.ts";
import type { CallValues } from "./run-identity.ts";
import { listRegistryProjects } from "./run-reads.ts";
import type { TrackioSource } from "./trackio-source.ts";

const PREFIX = "registry-";

export async function getRegistries(source: TrackioSource, values: CallValues): Promise<Json> {
  refuseBucket(values);
  const found: Json[] = [];
  for (const project of listRegistryProjects(source.folder.root)) {
    const record = await readPythonDatabase(source.folder, project, (rows) => {
      return describeRegistry(rows, project.slice(PREFIX.length));
    });
    if (record?.value !== undefined) found.push(record.value);
  }
  return found;
}

export async function getRegistryDetails(source: TrackioSource, values: CallValues): Promise<Json> {
  const { registry } = values;
  if (typeof registry !== "string" || !/^[A-Za-z0-9_-]+$/.test(registry)) {
    throw invalid(
      `Registry name ${pythonText(registry)} must match ^[A-Za-z0-9_-]+$ (letters, digits, underscore, hyphen).`,
    );
  }
  refuseBucket(values);
  const details = await readPythonDatabase(
    source.folder,
    PREFIX + registry,
    (rows): Json | undefined => {
      const record = describeRegistry(rows, registry);
      if (record === undefined) return undefined;
      return {
        ...record,
        bucket_id: null,
        collections: listCollections(rows),
        events: listEvents(rows),
      };
    },
  );
  if (details?.value !== undefined) return details.value;
  throw invalid(`Registry ${pythonText(registry)} does not exist locally.`);
}

/** Buckets lie at Hugging Face, where this server has no account. */
export function getRegistryBuckets(env: NodeJS.ProcessEnv = process.env): Json {
  const bucket = env.TRACKIO_REGISTRY_BUCKET_ID || null;
  return { buckets: bucket === null ? [] : [bucket], default_bucket_id: bucket };
}

function refuseBucket({ bucket_id: bucket }: CallValues): void {
  if (bucket === null || bucket === undefined) return;
  const message = `This server reads registries of its own data folder, none of bucket ${pythonText(bucket)}.`;
  throw new TrackioError("conflict", message);
}

interface RegistryRecord {
  readonly [field: string]: Json;
}

/** Undefined where the registry was never made whole. */
function describeRegistry(rows: ArtifactRows, name: string): RegistryRecord | undefined {
  if (!hasColumn(rows, "project_metadata", "key")) return undefined;
  const told = (key: string) =>
    columnText(first(rows, "SELECT value FROM project_metadata WHERE key = ?", key)?.value);
  const created = told("registry_created_at");
  if (created === null) return undefined;
  return { name, description: told("registry_description"), created_at: created };
}

function listCollections(rows: ArtifactRows): Json {
  if (!hasColumn(rows, "collections") || !hasColumn(rows, "collection_links")) return [];
  const aliases = Map.groupBy(
    rows.all("SELECT alias, link_id FROM collection_aliases ORDER BY alias"),
    ({ link_id: link }) => Number(link),
  );
  const links = Map.groupBy(
    rows.all("SELECT * FROM collection_links ORDER BY collection_id, collection_version DESC"),
    ({ collection_id: collection }) => Number(collection),
  );
  const collections = rows.all(
    "SELECT id, name, type, description, created_at FROM collections ORDER BY type, name",
  );
  return collections.map((row): Json => {
    const own = (links.get(Number(row.id)) ?? []).map((link) =>
      describeLink(
        link,
        (aliases.get(Number(link.id)) ?? []).map(({ alias }) => String(alias)),
      ),
    );
    return {
      name: columnText(row.name),
      type: columnText(row.type),
      description: columnText(row.description),
      created_at: columnText(row.created_at),
      num_links: own.length,
      latest_version: own[0]?.collection_version ?? null,
      links: own,
    };
  });
}

function describeLink(row: ArtifactRow, aliases: readonly string[]) {
  return {
    collection_version: Number(row.collection_version),
    source_project: columnText(row.source_project),
    source_artifact: columnText(row.source_artifact),
    source_version: Number(row.source_version),
    source_space_id: columnText(row.source_space_id),
    source_bucket_id: columnText(row.source_bucket_id),
    source_server_base_url: columnText(row.source_server_base_url),
    aliases,
    created_at: columnText(row.created_at),
  };
}

function listEvents(rows: ArtifactRows): Json {
  if (!hasColumn(rows, "registry_events")) return [];
  const events = rows.all(
    "SELECT id, event_uid, ts, kind, payload FROM registry_events ORDER BY id",
  );
  return events.map(
    (row): Json => ({
      id: Number(row.id),
      event_uid: columnText(row.event_uid),
      ts: columnText(row.ts),
      kind: columnText(row.kind),
      payload: parseExactJson(columnText(row.payload) ?? "null") ?? null,
    }),
  );
}

function invalid(message: string): TrackioError {
  return new TrackioError("invalid_argument", message);
}
