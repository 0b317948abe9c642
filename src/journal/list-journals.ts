/** The journals on disk, found without reading any, and their end: removal. */

import {
  type Dirent,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { ProjectKey, RunId } from "../protocol/ids.ts";
import { type DataFolder, JOURNAL_EXTENSION } from "./data-folder.ts";
import { isMissing } from "./file-errors.ts";
import { fromFileName } from "./file-name.ts";
import { readHeadFile } from "./head-file.ts";
import { remoteMarkFile } from "./remote-mark.ts";

export interface JournalFile {
  /** The store's name for it. */
  readonly source: string;
  readonly path: string;
  readonly key: ProjectKey;
  readonly id: RunId;
  readonly sizeBytes: number;
  /** Epoch milliseconds; a living writer touches it at least every 30 s. */
  readonly modifiedMs: number;
}

/** Keys of all projects that a script has begun. */
export function listProjectKeys(folder: DataFolder): ProjectKey[] {
  return listFolders(folder.projectsPath).flatMap(
    (name) => projectKeyOf(name, join(folder.projectsPath, name)) ?? [],
  );
}

/** Every journal, runs in no order, the journals of one run in the order in which they were begun. */
export function* listJournals(folder: DataFolder): Generator<JournalFile, void, undefined> {
  for (const project of listFolders(folder.projectsPath)) {
    const projectPath = join(folder.projectsPath, project);
    const key = projectKeyOf(project, projectPath);
    if (key === undefined) continue;
    for (const run of listFolders(join(projectPath, "runs"))) {
      yield* listRunJournals(folder, key, join(projectPath, "runs", run), run);
    }
  }
}

/** The journals of one run, in the order in which they were begun. */
export function listJournalsOf(folder: DataFolder, key: ProjectKey, id: RunId): JournalFile[] {
  const path = folder.runFolder(key, id);
  return [...listRunJournals(folder, key, path, path.slice(folder.runsFolder(key).length + 1))];
}

/**
 * Deletes a journal and its mark. To be called only when nobody is to add to it, all of it is folded, and the head says
 * what it said.
 * @param sizeBytes How long it was when that was so. Whoever appended since finds either the journal, or that it is gone.
 * @returns False where it has grown since; then it stays.
 */
export function removeJournal(path: string, sizeBytes: number): boolean {
  // Out of the way first, so that nothing comes in between the look and the deletion.
  const aside = `${path}.removed`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
  if (statSync(aside).size !== sizeBytes && !existsSync(path)) {
    renameSync(aside, path);
    return false;
  }
  rmSync(aside, { force: true });
  rmSync(remoteMarkFile(path), { force: true });
  return true;
}

/** The journals in one run's folder, in the order in which they were begun. */
export function* listRunJournals(
  folder: DataFolder,
  key: ProjectKey,
  runPath: string,
  runFolderName: string,
): Generator<JournalFile, void, undefined> {
  const names = readFolder(runPath)
    .map((entry) => entry.name)
    .filter((name) => name.endsWith(JOURNAL_EXTENSION))
    .sort();
  if (names.length === 0) return;
  const id =
    (fromFileName(runFolderName) as RunId | undefined) ??
    readHeadFile(join(runPath, "head.json"))?.run.id;
  if (id === undefined) return;
  for (const name of names) {
    const path = join(runPath, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const { size: sizeBytes, mtimeMs: modifiedMs } = stats;
    yield { source: folder.sourceOf(path), path, key, id, sizeBytes, modifiedMs };
  }
}

/** Key of the project whose folder this is; undefined where it is none yet. */
export function projectKeyOf(folderName: string, path: string): ProjectKey | undefined {
  const key = fromFileName(folderName);
  if (key !== undefined) return key as ProjectKey;
  try {
    const facts = JSON.parse(readFileSync(join(path, "project.json"), "utf8")) as {
      readonly key?: unknown;
    };
    return typeof facts.key === "string" ? (facts.key as ProjectKey) : undefined;
  } catch (error) {
    // Being made at this moment, or torn by a power cut: its journals are found when it is whole.
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function listFolders(path: string): string[] {
  return readFolder(path)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function readFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
