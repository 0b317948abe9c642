/** Sees what other processes did to the store: a command that deleted a run, a folder that was faster. */

import type { ProjectKey } from "../protocol/ids.ts";
import type { Store } from "../store/store.ts";

interface Seen {
  readonly runCount: number;
  readonly updatedAt: number;
}

export class CatalogueWatch {
  readonly #store: Store;
  readonly #touched = new Set<ProjectKey>();
  #seen: Map<ProjectKey, Seen> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Takes note that a change of this project has been told already. */
  touch(project: ProjectKey): void {
    this.#touched.add(project);
  }

  /** Projects that others changed since the last look; none at the first. */
  async look(): Promise<ProjectKey[]> {
    const before = this.#seen;
    const projects = await this.#store.listProjects();
    this.#seen = new Map(projects.map((project) => [project.key, project]));
    const touched = new Set(this.#touched);
    this.#touched.clear();
    if (before === undefined) return [];
    const keys = new Set([...before.keys(), ...this.#seen.keys()]);
    return [...keys].filter((key) =>
      isOthers(before.get(key), this.#seen?.get(key), touched.has(key)),
    );
  }
}

function isOthers(before: Seen | undefined, now: Seen | undefined, isTouched: boolean): boolean {
  if (before === undefined) return !isTouched;
  if (now === undefined || now.runCount < before.runCount) return true;
  return !isTouched && (now.runCount !== before.runCount || now.updatedAt !== before.updatedAt);
}
