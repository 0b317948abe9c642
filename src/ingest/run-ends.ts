/** When runs ended, as far as folders have to know to tell that one lives again. */

import type { ProjectKey, RunId } from "../protocol/ids.ts";
import type { Store } from "../store/store.ts";

export class RunEnds {
  readonly #store: Store;
  readonly #known = new Map<string, number | undefined>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Epoch milliseconds; undefined while it runs, or where the store does not know the run. */
  async endedAt(project: ProjectKey, run: RunId): Promise<number | undefined> {
    const name = nameOf(project, run);
    if (!this.#known.has(name)) {
      const [info] = await this.#store.listRuns(project, { runs: [run] });
      const endedAt = info === undefined || info.state === "running" ? undefined : info.endedAt;
      this.#known.set(name, endedAt);
    }
    return this.#known.get(name);
  }

  note(project: ProjectKey, run: RunId, endedAt: number | undefined): void {
    this.#known.set(nameOf(project, run), endedAt);
  }

  /** Asks the store the next time. */
  forget(project: ProjectKey, run: RunId): void {
    this.#known.delete(nameOf(project, run));
  }
}

function nameOf(project: ProjectKey, run: RunId): string {
  return `${project}/${run}`;
}
