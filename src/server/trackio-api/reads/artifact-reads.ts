/** What clients ask of artifacts. */

import {
  type ArtifactVersion,
  findVersion,
  listArtifactNames,
  listArtifacts,
} from "../../../artifacts/artifact-version.ts";
import { readLineage } from "../../../artifacts/lineage.ts";
import {
  countRunArtifacts,
  listConsumers,
  readRunArtifacts,
} from "../../../artifacts/run-links.ts";
import { parseExactJson } from "../../../ingest/trackio/exact-json.ts";
import { textOf } from "../../../ingest/trackio/trackio-names.ts";
import { TrackioError } from "../../../protocol/errors.ts";
import type { Json } from "../../../protocol/json.ts";
import { decodeNumber } from "../../../protocol/values.ts";
import { withArtifacts } from "./open-artifacts.ts";
import { type CallValues, findRunOfLane, givenRunId, projectOf } from "./run-identity.ts";
import type { TrackioSource } from "./trackio-source.ts";

export async function getArtifactManifest(
  { folder }: TrackioSource,
  values: CallValues,
): Promise<Json> {
  const [name, spec] = [textOf(values.name), textOf(values.spec) ?? null];
  if (name === undefined) return null;
  const found = await withArtifacts(folder, projectOf(values), (rows) => {
    return findVersion(rows, name, spec);
  });
  return found === undefined ? null : describeVersion(found);
}

export async function getArtifacts({ folder }: TrackioSource, values: CallValues): Promise<Json> {
  return toJson(await withArtifacts(folder, projectOf(values), listArtifactNames), []);
}

export async function listAllArtifacts(
  { folder }: TrackioSource,
  values: CallValues,
): Promise<Json> {
  return toJson(await withArtifacts(folder, projectOf(values), listArtifacts), []);
}

export async function getRunArtifacts(source: TrackioSource, values: CallValues): Promise<Json> {
  const project = projectOf(values);
  const asked = { id: givenRunId(values) ?? null, name: textOf(values.run) ?? null };
  const nothing = { input: [], output: [] };
  if (asked.id === null && asked.name === null) return nothing;
  const resolved = asked.id ?? (await findRunOfLane(source.store, values)) ?? null;
  const runs = await source.store.listRuns(project);
  const found = await withArtifacts(source.folder, project, (rows) => {
    return readRunArtifacts(rows, project, asked, resolved, runs);
  });
  return toJson(found, nothing);
}

export async function getRunArtifactCounts(
  { store, folder }: TrackioSource,
  values: CallValues,
): Promise<Json> {
  const project = projectOf(values);
  const runs = await store.listRuns(project);
  return toJson(
    await withArtifacts(folder, project, (rows) => countRunArtifacts(rows, project, runs)),
    [],
  );
}

export async function getArtifactConsumers(
  { folder }: TrackioSource,
  values: CallValues,
): Promise<Json> {
  const project = projectOf(values);
  const version = integerOf(values.version_id);
  if (version === undefined) return [];
  return toJson(
    await withArtifacts(folder, project, (rows) => listConsumers(rows, project, version)),
    [],
  );
}

export async function getArtifactLineage(
  { store, folder }: TrackioSource,
  values: CallValues,
): Promise<Json> {
  const project = projectOf(values);
  const version = versionIdOf(values.version_id);
  const runs = await store.listRuns(project);
  const empty = { focus: `art:${version}`, truncated: false, nodes: [], edges: [] };
  return toJson(
    await withArtifacts(folder, project, (rows) => readLineage(rows, project, version, runs)),
    empty,
  );
}

/** A version as clients read it. */
export function describeVersion(version: ArtifactVersion): Json {
  const metadata = version.metadata === null ? null : parseExactJson(version.metadata);
  return { ...version, metadata: metadata ?? null } as unknown as Json;
}

/** The id of a version. @throws {@link TrackioError} where it is no integer. */
export function versionIdOf(given: Json | undefined): number {
  const id = integerOf(given);
  if (id !== undefined) return id;
  const message = `version_id is ${JSON.stringify(given)}; it has to be the integer that artifact_log gave.`;
  throw new TrackioError("conflict", message);
}

/** Also of a text. */
function integerOf(given: Json | undefined): number | undefined {
  const number =
    typeof given === "string" && given !== "" ? Number(given) : decodeNumber(given ?? null);
  const integer = Number(number);
  return Number.isSafeInteger(integer) ? integer : undefined;
}

function toJson(found: unknown, otherwise: Json): Json {
  return found === undefined ? otherwise : (found as Json);
}
