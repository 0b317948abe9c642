/**
 * Finds new journals without looking at all runs: a new journal touches the
 * `runs` folder of its project, and the folder of its run. So an idle look
 * costs one `stat` a project, and one after a change another a run of it.
 */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DataFolder } from "../journal/data-folder.ts";
import { type JournalFile, listRunJournals, projectKeyOf } from "../journal/list-journals.ts";
import type { ProjectKey } from "../protocol/ids.ts";

/** A folder changed so shortly before it was read may change again within the same tick of its clock. */
const SETTLED_AFTER_MS = 2_000;
/** After so long every run's folder is looked at, touched or not. */
const FULL_LOOK_EVERY_MS = 60_000;

interface KnownProject {
  readonly key: ProjectKey;
  runsMtimeMs: number;
  /** Modification time of each run's folder when it was last read. */
  readonly runs: Map<string, number>;
}

export class JournalFinder {
  readonly #folder: DataFolder;
  readonly #now: () => number;
  readonly #projects = new Map<string, KnownProject>();
  #fullLookAt = 0;

  constructor(folder: DataFolder, now: () => number) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Journals in run folders that changed since the last look; all of them at the first. */
  *find(): Generator<JournalFile, void, undefined> {
    const isFull = this.#now() - this.#fullLookAt >= FULL_LOOK_EVERY_MS;
    if (isFull) this.#fullLookAt = this.#now();
    for (const name of folderNames(this.#folder.projectsPath)) {
      const path = join(this.#folder.projectsPath, name);
      const project = this.#projects.get(name) ?? this.#meet(name, path);
      if (project !== undefined) yield* this.#findIn(project, join(path, "runs"), isFull);
    }
  }

  #meet(name: string, path: string): KnownProject | undefined {
    const key = projectKeyOf(name, path);
    if (key === undefined) return undefined;
    const project = { key, runsMtimeMs: Number.NaN, runs: new Map<string, number>() };
    this.#projects.set(name, project);
    return project;
  }

  *#findIn(project: KnownProject, runsPath: string, isFull: boolean): Generator<JournalFile> {
    const mtimeMs = modifiedMs(runsPath);
    if (mtimeMs === undefined || (mtimeMs === project.runsMtimeMs && !isFull)) return;
    project.runsMtimeMs = this.#settled(mtimeMs);
    const present = new Set(folderNames(runsPath));
    for (const run of project.runs.keys()) if (!present.has(run)) project.runs.delete(run);
    for (const run of present) {
      const runPath = join(runsPath, run);
      const runMtimeMs = modifiedMs(runPath);
      if (runMtimeMs === undefined || runMtimeMs === project.runs.get(run)) continue;
      project.runs.set(run, this.#settled(runMtimeMs));
      yield* listRunJournals(this.#folder, project.key, runPath, run);
    }
  }

  #settled(mtimeMs: number): number {
    return this.#now() - mtimeMs < SETTLED_AFTER_MS ? Number.NaN : mtimeMs;
  }
}

function modifiedMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function folderNames(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
