/**
 * What clients do to artifacts. A manifest may name thousands of files, each to
 * be looked for, so it is done where reading is, off the event loop; several at
 * once are kept apart by the database itself.
 */

import { isoTime } from "../../../artifacts/iso-time.ts";
import { logVersion } from "../../../artifacts/log-version.ts";
import {
  blobsIn,
  checkAliases,
  checkArtifactName,
  checkDigest,
  readManifest,
} from "../../../artifacts/manifest.ts";
import { pythonText } from "../../../artifacts/python-text.ts";
import { addLink } from "../../../artifacts/run-links.ts";
import { usedByArtifacts } from "../../../artifacts/used-by-artifacts.ts";
import { freeBlobs, type UsedElsewhere } from "../../../ingest/free-blobs.ts";
import { formatExactJson } from "../../../ingest/trackio/exact-json.ts";
import { membersOf } from "../../../ingest/trackio/members-of.ts";
import { textOf } from "../../../ingest/trackio/trackio-names.ts";
import type { DataFolder } from "../../../journal/data-folder.ts";
import { statIfThere } from "../../../journal/stat-if-there.ts";
import { TrackioError } from "../../../protocol/errors.ts";
import type { Json } from "../../../protocol/json.ts";
import type { BlobHash } from "../../../protocol/media.ts";
import { decodeValue } from "../../../protocol/values.ts";
import { describeVersion, versionIdOf } from "./artifact-reads.ts";
import { changeArtifacts, pythonBlobFile } from "./open-artifacts.ts";
import { type CallValues, projectOf } from "./run-identity.ts";
import type { TrackioSource } from "./trackio-source.ts";

/** So many of what is missing are named. */
const MISSING_NAMED = 5;

export async function checkArtifactBlobs(source: TrackioSource, values: CallValues): Promise<Json> {
  projectOf(values);
  const digests = listOf(values.digests, "digests").map(checkDigest);
  return { present: digests.filter((digest) => isPresent(source, values, digest)) };
}

export async function logArtifact(source: TrackioSource, values: CallValues): Promise<Json> {
  const project = projectOf(values);
  const { type, overwrite, metadata } = values;
  const name = checkArtifactName(values.name);
  if (typeof type !== "string" || type === "") {
    throw invalid(`Artifact type must be a non-empty string, got ${pythonText(type)}`);
  }
  if (typeof overwrite !== "boolean") {
    throw invalid(`Artifact overwrite must be a boolean, got ${pythonText(overwrite)}`);
  }
  const aliases = checkAliases(plain(values.aliases));
  const manifest = readManifest(plain(values.manifest));
  const missing = blobsIn(manifest.entries).filter((digest) => !isPresent(source, values, digest));
  if (missing.length > 0) {
    const named = pythonText(missing.slice(0, MISSING_NAMED));
    const more = missing.length > MISSING_NAMED ? "..." : "";
    throw invalid(`Manifest references blobs not on server: ${named}${more}`);
  }
  const version = {
    name,
    type,
    description: textOf(values.description) ?? null,
    // An empty one is none.
    metadata: isEmpty(metadata) ? null : formatExactJson(metadata!, "text"),
    manifest,
    aliases,
    run: { id: textOf(values.run_id) ?? null, name: textOf(values.run_name) ?? null },
    overwrite,
  };
  const logged = await changeArtifacts(source.folder, project, (db) =>
    logVersion(db, version, Date.now()),
  );
  await freeBlobs(source.folder, source.store, logged.freed, usedElsewhere(source.folder));
  return describeVersion(logged.version);
}

/** What artifacts keep from being freed with a run. */
export function usedElsewhere(folder: DataFolder): UsedElsewhere {
  return (hashes) => usedByArtifacts(folder.artifactsPath, hashes);
}

export async function logArtifactUse({ folder }: TrackioSource, values: CallValues): Promise<Json> {
  const run = { id: textOf(values.run_id) ?? null, name: textOf(values.run_name) ?? null };
  const version = versionIdOf(values.version_id);
  await changeArtifacts(folder, projectOf(values), (db) => {
    const link = { run, version, direction: "input", now: isoTime(Date.now()) } as const;
    db.write(() => addLink(db, link));
  });
  return null;
}

/** As a blob of ours, or in the folder of Trackio for Python. */
function isPresent(
  { blobs, folder }: TrackioSource,
  values: CallValues,
  digest: BlobHash,
): boolean {
  const { state } = blobs.find(digest);
  if (state === "ready" || state === "given") return true;
  return statIfThere(pythonBlobFile(folder, projectOf(values), digest))?.isFile() === true;
}

function listOf(given: Json | undefined, name: string): readonly Json[] {
  if (Array.isArray(given)) return given as Json[];
  throw new TrackioError("conflict", `${name} is ${pythonText(given)}; it has to be a list.`);
}

/** As JavaScript has it. */
function plain(json: Json | undefined): unknown {
  return json === undefined ? null : decodeValue(json);
}

function isEmpty(metadata: Json | undefined): boolean {
  return !metadata || (membersOf(metadata)?.length ?? (metadata as readonly Json[]).length) === 0;
}

function invalid(message: string): TrackioError {
  return new TrackioError("invalid_argument", message);
}
