/** Files that `save()` keeps with a project: those that we keep, and those that a Trackio client laid into its folder here. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { compareCodePoints } from "../../../artifacts/manifest.ts";
import { mediaFolderOf } from "../../../ingest/trackio/trackio-names.ts";
import type { Json } from "../../../protocol/json.ts";
import { type CallValues, projectOf } from "./run-identity.ts";
import { MEDIA_DIR } from "./settings.ts";
import type { TrackioSource } from "./trackio-source.ts";

/** More is not listed: a folder without end must not end the server. */
const MAX_FILES = 100_000;

/** By path, folder by folder. */
export async function getProjectFiles(
  { store, folder }: TrackioSource,
  values: CallValues,
): Promise<Json> {
  const project = projectOf(values);
  const name = mediaFolderOf(project);
  const files = new Map<string, number>();
  for (const file of filesBelow(join(folder.root, "media", name, "files"))) {
    files.set(file.path, file.sizeBytes);
  }
  for (const { path, bytes } of await store.listFiles(project)) files.set(path, bytes);
  return [...files]
    .sort(([a], [b]) => comparePaths(a, b))
    .map(([path, size]) => ({ name: path, path: `${MEDIA_DIR}/${name}/files/${path}`, size }));
}

/** The blob of a saved file; null where there is none of that path. */
export async function findSavedFile({ store }: TrackioSource, values: CallValues): Promise<Json> {
  const files = await store.listFiles(projectOf(values));
  return files.find(({ path }) => path === values.path)?.blob ?? null;
}

export async function hasProjectFiles(source: TrackioSource, values: CallValues): Promise<boolean> {
  if ((await source.store.listFiles(projectOf(values))).length > 0) return true;
  const name = mediaFolderOf(projectOf(values));
  return !filesBelow(join(source.folder.root, "media", name, "files")).next().done;
}

function* filesBelow(
  root: string,
): Generator<{ readonly path: string; readonly sizeBytes: number }, void, undefined> {
  const folders = [""];
  let count = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(join(root, folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      // A link may lead anywhere.
      if (!entry.isFile()) continue;
      const stats = statSync(join(root, path), { throwIfNoEntry: false });
      if (stats === undefined) continue;
      yield { path, sizeBytes: stats.size };
      if (++count >= MAX_FILES) return;
    }
  }
}

function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

/** Part by part: what is in a folder comes where the folder comes. */
function comparePaths(a: string, b: string): number {
  const [one, other] = [a.split("/"), b.split("/")];
  const at = one.findIndex((part, place) => part !== other[place]);
  if (at === -1) return one.length - other.length;
  return other[at] === undefined ? 1 : compareCodePoints(one[at]!, other[at]);
}
