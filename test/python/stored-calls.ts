import { Folder } from "../../src/ingest/folder.ts";
import { openStoreForFolding } from "../../src/ingest/open-store.ts";
import { parseProjectKey } from "../../src/protocol/ids.ts";
import { PROJECT } from "./endless-scripts.ts";
import type { ServerProcess } from "./server-process.ts";

/** What a server that is not running has of one endless script. */
export interface StoredCalls {
  /** The numbers that its calls logged, in order of steps; each point there is stands here once. */
  readonly calls: readonly unknown[];
  readonly steps: readonly unknown[];
}

/** Reads what is on the disk of a server that was ended, folding what it had not folded yet. */
export async function readStoredCalls(
  server: ServerProcess,
  runName: string,
): Promise<StoredCalls> {
  const { folder, store } = await openStoreForFolding(server.dir);
  try {
    await new Folder(folder, store).foldAll();
    const project = parseProjectKey(PROJECT);
    const runs = (await store.listRuns(project)).filter(({ name }) => name === runName);
    if (runs.length !== 1) throw new Error(`There are ${runs.length} runs named ${runName}.`);
    const calls: unknown[] = [];
    const steps: unknown[] = [];
    for await (const rows of store.readRows(project, runs[0]!.id)) {
      for (const row of rows) {
        calls.push(row.values.call);
        steps.push(row.step);
      }
    }
    return { calls, steps };
  } finally {
    await store.close();
  }
}
