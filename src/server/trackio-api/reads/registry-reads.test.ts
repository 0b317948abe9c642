import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { TrackioServer } from "../testing/trackio-server.ts";

/** A registry as Trackio for Python writes it. */
function writeRegistry(root: string, name: string): void {
  const db = new DatabaseSync(join(root, `registry-${name}.db`));
  db.exec(`
    CREATE TABLE project_metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    INSERT INTO project_metadata VALUES ('registry_created_at', '2026-01-01T00:00:00+00:00'), ('registry_description', 'd');
    CREATE TABLE collections (id INTEGER PRIMARY KEY, name TEXT, type TEXT, description TEXT, next_version INTEGER, created_at TEXT);
    INSERT INTO collections VALUES (1, 'c1', 'model', NULL, 2, 't1');
    CREATE TABLE collection_links (id INTEGER PRIMARY KEY, collection_id, collection_version, source_project, source_artifact,
      source_version, source_space_id, source_bucket_id, created_at);
    INSERT INTO collection_links VALUES (1, 1, 0, 'p', 'm', 0, NULL, NULL, 't2'), (2, 1, 1, 'p', 'm', 3, NULL, NULL, 't3');
    CREATE TABLE collection_aliases (collection_id, alias, link_id);
    INSERT INTO collection_aliases VALUES (1, 'prod', 2);
    CREATE TABLE registry_events (id INTEGER PRIMARY KEY, event_uid, ts, kind, payload);
    INSERT INTO registry_events VALUES (1, 'u', 't4', 'create', '{"registry":"models"}');
  `);
  db.close();
}

test("registries that Python made are read in place", async () => {
  const server = await TrackioServer.start();
  expect(await server.data("get_registries", {})).toEqual([]);
  writeRegistry(server.folder.root, "models");
  new DatabaseSync(join(server.folder.root, "registry-broken.db")).close();
  const registry = {
    ...{ name: "models", description: "d", created_at: "2026-01-01T00:00:00+00:00" },
  };
  expect(await server.data("get_registries", {})).toEqual([registry]);
  expect(await server.data("get_registry_details", { registry: "models" })).toMatchObject({
    ...registry,
    bucket_id: null,
    collections: [
      {
        ...{ name: "c1", num_links: 2, latest_version: 1 },
        links: [
          { collection_version: 1, source_version: 3, aliases: ["prod"] },
          { collection_version: 0, source_version: 0, aliases: [], source_server_base_url: null },
        ],
      },
    ],
    events: [{ id: 1, event_uid: "u", ts: "t4", kind: "create", payload: { registry: "models" } }],
  });
  const refused = await server.call("get_registry_details", { registry: "nope" });
  expect(refused).toMatchObject({
    status: 400,
    error: "Registry 'nope' does not exist locally.",
  });
  expect(await server.data("get_all_projects", {})).toContain("registry-models");
});
