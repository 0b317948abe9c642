/**
 * The runs of one project as a Trackio folder has them. Each gets a number from
 * the same row as the runs of our own scripts, so that no two share a colour by
 * chance; a head it does not get: nobody resumes it here, and what is told of it
 * stays in the folder it came from.
 */

import { existsSync } from "node:fs";
import type { DataFolder } from "../../journal/data-folder.ts";
import { makeProject } from "../../journal/make-project.ts";
import { isMarkedDeleted, readHead } from "../../journal/run-head.ts";
import { allotRunNumber, givenRunNumbers } from "../../journal/run-number.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { RunIdentity } from "../../protocol/run.ts";
import type { RunInfo, Store } from "../../store/store.ts";

/** The project of this key, which is made where it is new; undefined where it is not to be read. */
export type FindProject = (key: ProjectKey, name: string) => ProjectRuns | undefined;

export interface NewTrackioRun {
  readonly id: RunId;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export class ProjectRuns {
  readonly key: ProjectKey;
  /** As it is shown. */
  readonly name: string;
  readonly #folder: DataFolder;
  readonly #store: Store;
  readonly #now: () => number;
  #known: Map<RunId, RunIdentity> | undefined;
  /** What was given before the store knew of it, or when another knew. */
  #givenNumbers: Map<RunId, number> | undefined;
  #lastNumber: number | undefined;

  constructor(
    folder: DataFolder,
    store: Store,
    project: { readonly key: ProjectKey; readonly name: string },
    now: () => number,
  ) {
    this.#folder = folder;
    this.#store = store;
    this.key = project.key;
    this.name = project.name;
    this.#now = now;
  }

  /** Runs that the store has. */
  async inStore(): Promise<readonly RunInfo[]> {
    return await this.#store.listRuns(this.key);
  }

  /** What the run is, as it was first told; made where it is new. */
  async identityOf(run: NewTrackioRun): Promise<RunIdentity> {
    const known = await this.#load();
    let identity = known.get(run.id);
    if (identity === undefined) {
      identity = this.#identityInHead(run.id) ?? this.#make(run);
      known.set(run.id, identity);
    }
    return identity;
  }

  /** Whether the run was deleted here, for good. */
  isDeleted(id: RunId): boolean {
    return isMarkedDeleted(this.#folder, this.key, id);
  }

  /** Whether the run may have something in the store. */
  async isKnown(id: RunId): Promise<boolean> {
    return (await this.#load()).has(id);
  }

  async #load(): Promise<Map<RunId, RunIdentity>> {
    if (this.#known === undefined) {
      const runs = await this.inStore();
      this.#known = new Map(runs.map((run) => [run.id, identityOfInfo(run)]));
    }
    return this.#known;
  }

  #identityInHead(id: RunId): RunIdentity | undefined {
    if (!existsSync(this.#folder.headFile(this.key, id))) return undefined;
    return readHead(this.#folder, this.key, id)?.run;
  }

  #make({ id, name, createdAt }: NewTrackioRun): RunIdentity {
    const { key: projectKey, name: project } = this;
    makeProject(this.#folder, { projectKey, project }, this.#now());
    const number = this.#numberOf(id);
    return { id, projectKey, project, name, number, createdAt, client: "trackio" };
  }

  #numberOf(id: RunId): number {
    const numbersFolder = this.#folder.numbersFolder(this.key);
    this.#givenNumbers ??= givenRunNumbers(numbersFolder);
    const given = this.#givenNumbers.get(id);
    if (given !== undefined) return given;
    this.#lastNumber = allotRunNumber(numbersFolder, id, this.#lastNumber);
    return this.#lastNumber;
  }
}

function identityOfInfo(run: RunInfo): RunIdentity {
  const { id, projectKey, project, name, number, createdAt, group, tags, notes, client } = run;
  return {
    id,
    projectKey,
    project,
    name,
    number,
    createdAt,
    ...(group !== undefined && { group }),
    ...(tags !== undefined && { tags }),
    ...(notes !== undefined && { notes }),
    ...(client !== undefined && { client }),
  };
}
