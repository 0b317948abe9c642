import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ArtifactDatabase } from "../../artifacts/artifact-database.ts";
import { logVersion } from "../../artifacts/log-version.ts";
import { readManifest } from "../../artifacts/manifest.ts";
import { entry, TrackioServer } from "./testing/trackio-server.ts";

const PROJECT = "my.proj";
type Row = { readonly [key: string]: unknown };

test("artifacts from their blobs to their lineage", async () => {
  const server = await TrackioServer.start();
  await server.data("bulk_log", { logs: [entry({ loss: 1 })], hf_token: null });
  const bytes = "weights";
  const digest = createHash("sha256").update(bytes).digest("hex");
  const project = PROJECT;
  const check = { project, digests: [digest], hf_token: null };
  expect(await server.data("check_artifact_blobs", check)).toEqual({ present: [] });
  const version = {
    ...{ project, name: "model", type: "model", description: null, metadata: { big: 1 } },
    ...{ manifest: [{ path: "w.bin", digest, size: 7 }], aliases: ["best"] },
    ...{ run_name: "run A", run_id: "a1", hf_token: null },
  };
  expect(await server.call("artifact_log", version)).toMatchObject({
    status: 400,
    error: `Manifest references blobs not on server: ['${digest}']`,
  });
  const path = await server.upload(bytes, "w");
  const wrong = await server.upload("other", "w");
  const uploads = (from: string) => [{ project, digest, uploaded_file: { path: from } }];
  const keep = (from: string) => ({ project, uploads: uploads(from), hf_token: null });
  expect((await server.call("bulk_upload_artifact_blob", keep(wrong))).error).toMatch(
    /^Digest mismatch: claimed/,
  );
  expect((await server.call("bulk_upload_artifact_blob", keep(path))).status).toBe(200);
  expect(await server.data("check_artifact_blobs", check)).toEqual({ present: [digest] });
  const logged = await server.data<Row>("artifact_log", version);
  expect(logged).toMatchObject({ version: 0, aliases: ["latest", "best"], metadata: { big: 1 } });
  const asked = { project, name: "model", spec: "best" };
  expect(await server.data("get_artifact_manifest", asked)).toEqual(logged);
  const use = {
    project,
    version_id: logged.version_id,
    run_name: "run B",
    run_id: "b1",
    hf_token: null,
  };
  expect(await server.data("log_artifact_use", use)).toBe(null);
  const lineage = await server.data<Row>("get_artifact_lineage", {
    project,
    version_id: logged.version_id,
  });
  expect(lineage.edges).toHaveLength(2);
  const blob = await fetch(`${server.url}/artifact_blob/my.proj/${digest}`);
  expect(await blob.text()).toBe(bytes);
  expect((await fetch(`${server.url}/artifact_blob/my.proj/${"0".repeat(64)}`)).status).toBe(404);
  expect(await server.data("get_tab_availability", { project })).toMatchObject({
    ...{ metrics: true, artifacts: true, system: false, media: false },
  });
});

test("versions go on from those that Python has written in the folder, whose files stay as they are", async () => {
  const server = await TrackioServer.start();
  const file = join(server.folder.root, "local.db");
  const bytes = "local weights";
  const digest = createHash("sha256").update(bytes).digest("hex");
  const blobs = join(
    server.folder.root,
    "artifacts",
    "local",
    "blobs",
    "sha256",
    digest.slice(0, 2),
  );
  mkdirSync(blobs, { recursive: true });
  writeFileSync(join(blobs, digest), bytes);
  const manifest = [{ path: "w.bin", digest, size: bytes.length }];
  {
    const python = ArtifactDatabase.open(file);
    const run = { id: "r1", name: "train" };
    const given = { name: "model", type: "model", description: null, metadata: null, run };
    const version = { ...given, manifest: readManifest(manifest), aliases: ["best"] };
    logVersion(python, { ...version, overwrite: false }, Date.now());
    python.close();
  }
  const before = readFileSync(file);
  const best = { project: "local", name: "model", spec: "best" };
  expect(await server.data("get_artifact_manifest", best)).toMatchObject({ version: 0, manifest });
  const check = { project: "local", digests: [digest], hf_token: null };
  expect(await server.data("check_artifact_blobs", check)).toEqual({ present: [digest] });
  const logged = await server.data("artifact_log", {
    ...{ project: "local", name: "model", type: "model", description: null, metadata: null },
    ...{ manifest: [{ ...manifest[0], path: "renamed.bin" }], aliases: null },
    ...{ run_name: "run A", run_id: "a1", hf_token: null },
  });
  expect(logged).toMatchObject({ version: 1, aliases: ["latest"] });
  expect(await server.data("get_artifact_manifest", best)).toMatchObject({ version: 0 });
  const blob = await fetch(`${server.url}/artifact_blob/local/${digest}`);
  expect(await blob.text()).toBe(bytes);
  expect(readFileSync(file)).toEqual(before);
});
