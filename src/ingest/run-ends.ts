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
    if (!this.#known.has(name)) await this.learn([{ key: project, id: run }]);
    return this.#known.get(name);
  }

  /** Asks the store about many runs at once. */
  async learn(runs: Iterable<{ readonly key: ProjectKey; readonly id: RunId }>): Promise<void> {
    const unknown = [...runs].filter(({ key, id }) => !this.#known.has(nameOf(key, id)));
    for (const [project, asked] of Map.groupBy(unknown, ({ key }) => key)) {
      const ids = asked.map(({ id }) => id);
      for (const id of ids) this.note(project, id, undefined);
      for (const run of await this.#store.listRuns(project, { runs: ids })) {
        if (run.state !== "running") this.note(project, run.id, run.endedAt);
      }
    }
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
