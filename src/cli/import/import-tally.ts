import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { Store } from "../../store/store.ts";

export interface ImportedProject {
  readonly name: string;
  /** Runs that are new, or have something new. */
  readonly runCount: number;
  readonly recordCount: number;
}

/** What an import brought. */
export interface Imported {
  readonly projects: readonly ImportedProject[];
  readonly recordCount: number;
  readonly fileCount: number;
  readonly bytes: number;
  /** Sentences about what was left out. */
  readonly notes: readonly string[];
}

/** Counts what is new, by how many records each run has before and after. */
export class ImportTally {
  readonly #store: Store;
  readonly #before: ReadonlyMap<string, number>;

  static async begin(store: Store): Promise<ImportTally> {
    return new ImportTally(store, await countRecords(store));
  }

  private constructor(store: Store, before: ReadonlyMap<string, number>) {
    this.#store = store;
    this.#before = before;
  }

  async end(
    media: { readonly fileCount: number; readonly bytes: number } = { fileCount: 0, bytes: 0 },
    notes: readonly string[] = [],
  ): Promise<Imported> {
    const projects: ImportedProject[] = [];
    for (const { key, name } of await this.#store.listProjects()) {
      const runs = (await this.#store.listRuns(key)).flatMap(({ id, recordCount }) => {
        const before = this.#before.get(nameOf(key, id));
        const added = recordCount - (before ?? 0);
        return before === undefined || added > 0 ? [added] : [];
      });
      if (runs.length === 0) continue;
      projects.push({ name, runCount: runs.length, recordCount: runs.reduce((a, b) => a + b, 0) });
    }
    const recordCount = projects.reduce((sum, project) => sum + project.recordCount, 0);
    return { projects, recordCount, ...media, notes };
  }
}

async function countRecords(store: Store): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { key } of await store.listProjects()) {
    for (const { id, recordCount } of await store.listRuns(key)) {
      counts.set(nameOf(key, id), recordCount);
    }
  }
  return counts;
}

function nameOf(project: ProjectKey, run: RunId): string {
  return `${project}/${run}`;
}
