import { createHash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { ArtifactDatabase } from "../../artifacts/artifact-database.ts";
import { findVersion } from "../../artifacts/artifact-version.ts";
import { logVersion } from "../../artifacts/log-version.ts";
import { readManifest } from "../../artifacts/manifest.ts";
import { DataFolder } from "../../journal/data-folder.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import { importArtifacts } from "./import-artifacts.ts";

const PROJECT = { key: "demo" as ProjectKey, name: "demo" };

function writeArtifact(path: string): void {
  const database = ArtifactDatabase.open(path);
  const digest = createHash("sha256").update("weights").digest("hex");
  const manifest = readManifest([{ path: "model.bin", digest, size: 7 }]);
  const run = { id: "a".repeat(32), name: "run a" };
  const given = { name: "model", type: "model", description: null, metadata: null, manifest };
  logVersion(database, { ...given, aliases: [], run, overwrite: false }, 0);
  database.close();
}

test("artifacts of a database that is just being written to are waited for", async () => {
  const source = temporaryFolder().root;
  const folder = new DataFolder(temporaryFolder().root);
  const path = join(source, "demo.db");
  writeArtifact(path);
  const writer = new DatabaseSync(path);
  writer.exec("PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE; UPDATE artifacts SET type = type");
  const importing = importArtifacts(folder, source, PROJECT);
  writer.exec("COMMIT");
  writer.close();
  await importing;
  const imported = ArtifactDatabase.open(folder.artifactsFile(PROJECT.key));
  expect(findVersion(imported, "model", null)).toMatchObject({ version: 0 });
  imported.close();
});
