/** Reads a folder of Trackio for Python as the fold thread does, with a clock that a test can put forward. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { Lane } from "../../protocol/run.ts";
import type { Store, StoredRecord } from "../../store/store.ts";
import type { FoldChange } from "../fold-report.ts";
import { openStoreForFolding } from "../open-store.ts";
import { foldingPlace } from "../trackio-folder/follow-trackio-folder.ts";
import { TrackioFolder } from "../trackio-folder/trackio-folder.ts";

/** Longer than all that the readers wait for. */
const LONG_MS = 5_000;

export class PythonFolderReader implements AsyncDisposable {
  readonly store: Store;
  readonly folder: TrackioFolder;
  readonly changes: FoldChange[] = [];
  #aheadMs = 0;

  static async open(root: string): Promise<PythonFolderReader> {
    const { folder, store } = await openStoreForFolding(root);
    return new PythonFolderReader(store, (changes, now) => {
      const place = foldingPlace(folder, store, (change) => void changes.push(change));
      return new TrackioFolder({ ...place, now }, { root, prefix: "trackio", isImport: false });
    });
  }

  private constructor(
    store: Store,
    make: (changes: FoldChange[], now: () => number) => TrackioFolder,
  ) {
    this.store = store;
    this.folder = make(this.changes, () => Date.now() + this.#aheadMs);
  }

  /** Reads all that is there, after as long a pause as anything waits for. */
  async read(): Promise<void> {
    // What is looked for before the pause begins to be waited for then.
    await this.folder.turn(0);
    this.#aheadMs += LONG_MS;
    await this.folder.readAll();
  }

  async records(project: string, run: string, lane?: Lane): Promise<StoredRecord[]> {
    const records: StoredRecord[] = [];
    const pages = this.store.readRecords({
      project: project as ProjectKey,
      run: run as RunId,
      order: "time",
      ...(lane !== undefined && { lane }),
    });
    for await (const page of pages) records.push(...page);
    return records;
  }

  async names(project: string): Promise<string[]> {
    return (await this.store.listRuns(project as ProjectKey)).map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder.close();
    await this.store.close();
  }
}

/** What every file in the folder holds, but for ours: contents, and times of writing. */
export function fingerprint(root: string): { readonly [path: string]: string } {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(root, path).startsWith("store"))
    .sort();
  return Object.fromEntries(
    files.map((path) => {
      const hash = createHash("sha256").update(readFileSync(path)).digest("hex");
      return [relative(root, path), `${hash} ${statSync(path).mtimeMs}`];
    }),
  );
}
