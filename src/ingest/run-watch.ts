/** Keeps an eye on the runs that have not ended, and tells when one is lost or idle, or lives again. */

import type { DataFolder } from "../journal/data-folder.ts";
import type { ProjectKey, RunId } from "../protocol/ids.ts";
import type { RunStatus } from "../protocol/run.ts";
import type { RunInfo, Store } from "../store/store.ts";
import { runStatus } from "./run-status.ts";

/** A lost or idle run seldom lives again: it is looked at once in so many looks. */
const RESTING_LOOK_EVERY = 10;

interface Watched {
  readonly run: RunInfo;
  status: RunStatus;
}

export class RunWatch {
  readonly #folder: DataFolder;
  readonly #store: Store;
  readonly #now: () => number;
  readonly #watched = new Map<string, Watched>();
  #looks = 0;

  constructor(folder: DataFolder, store: Store, now: () => number) {
    this.#folder = folder;
    this.#store = store;
    this.#now = now;
  }

  /** Takes up all runs that have not ended, and no others. */
  async begin(): Promise<void> {
    this.#watched.clear();
    for (const project of await this.#store.listProjects()) {
      if (project.runningCount === 0) continue;
      for (const run of await this.#store.listRuns(project.key)) this.#take(run);
    }
  }

  /** Takes note that the store knows something new of a run. */
  async refresh(project: ProjectKey, id: RunId): Promise<void> {
    const [run] = await this.#store.listRuns(project, { runs: [id] });
    if (run === undefined) this.#watched.delete(`${project}/${id}`);
    else this.#take(run);
  }

  /** Whether the run was idle at the last look: data of it is then more than data. */
  isIdle(project: ProjectKey, id: RunId): boolean {
    return this.#watched.get(`${project}/${id}`)?.status === "idle";
  }

  /** Runs whose status is not what it was. */
  look(): RunInfo[] {
    const withResting = this.#looks++ % RESTING_LOOK_EVERY === 0;
    const changed: RunInfo[] = [];
    for (const watched of this.#watched.values()) {
      if (watched.status !== "running" && !withResting) continue;
      const status = runStatus(watched.run, this.#now(), this.#folder);
      if (status !== watched.status) changed.push(watched.run);
      watched.status = status;
    }
    return changed;
  }

  /** Runs that run now, by project. */
  runningCounts(): { [project: string]: number } {
    const counts: { [project: string]: number } = {};
    for (const { run, status } of this.#watched.values()) {
      if (status === "running") counts[run.projectKey] = (counts[run.projectKey] ?? 0) + 1;
    }
    return counts;
  }

  #take(run: RunInfo): void {
    const name = `${run.projectKey}/${run.id}`;
    if (run.state !== "running") this.#watched.delete(name);
    else {
      const status = runStatus(run, this.#now(), this.#folder);
      this.#watched.set(name, { run, status });
    }
  }
}
